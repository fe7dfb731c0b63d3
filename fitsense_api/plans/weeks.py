"""The weeks of a plan: its block of four loading weeks and a lighter one, as they are shown."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.plans.answers import rows_of
from fitsense_api.plans.schemas import CurrentPlan, Person, PlanRow
from fitsense_training.domain.coach.mesocycle import MesocycleWeek, WeekKind, mesocycle
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.text.explain import NOT_REVIEWED, week_sentence


class AskWeeks(BaseModel):
    """Whose plan is to be laid out over the weeks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Person
    current_plan: CurrentPlan
    has_deload: bool = Field(default=True, description="Whether a lighter week ends the block.")


class WeekView(BaseModel):
    """One week of a block, counted from 1."""

    model_config = ConfigDict(frozen=True)

    number: Annotated[int, Field(ge=1)]
    kind: WeekKind
    summary: str
    plan: WorkoutPlan
    table: tuple[PlanRow, ...]


class WeeksView(BaseModel):
    """A block of weeks. What is logged goes before it: adapt the plan, and ask again."""

    model_config = ConfigDict(frozen=True)

    weeks: tuple[WeekView, ...]
    notice: str


def weeks_of(profile: Profile, plan: WorkoutPlan, *, has_deload: bool = True) -> WeeksView:
    """The weeks of a plan; BadInput where it is not safe for the person."""
    weeks = mesocycle(profile, plan, has_deload=has_deload)
    return WeeksView(weeks=tuple(map(_view, weeks)), notice=NOT_REVIEWED)


def _view(week: MesocycleWeek) -> WeekView:
    return WeekView(
        number=week.number,
        kind=week.kind,
        summary=f"Week {week.number}: {week_sentence(week.plan)}",
        plan=week.plan,
        table=tuple(rows_of(week.plan)),
    )
