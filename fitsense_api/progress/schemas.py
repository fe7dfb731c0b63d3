"""Progress as it is shown: estimates carry an error of about 10-13 percent."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from fitsense_training.domain.science.recovery import AdherenceStep
from fitsense_training.domain.vocabulary import Muscle


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class LiftView(_View):
    """One exercise: cautious one-rep max in kg, None where no set tells enough."""

    exercise_id: str
    count_workouts: int
    best_1rm_kg: float | None
    latest_1rm_kg: float | None
    latest_load_kg: float | None

    @classmethod
    def of(
        cls, exercise_id: str, estimates: Sequence[float | None], load_kg: float | None
    ) -> "LiftView":
        """An exercise by the estimates of its workouts, oldest first."""
        known = [each for each in estimates if each is not None]
        return cls(
            exercise_id=exercise_id,
            count_workouts=len(estimates),
            best_1rm_kg=round(max(known), 2) if known else None,
            latest_1rm_kg=round(known[-1], 2) if known else None,
            latest_load_kg=load_kg,
        )


class RecordView(_View):
    """An estimate 2 percent or more above the best of all earlier workouts."""

    exercise_id: str
    at: datetime
    estimate_kg: float
    before_kg: float


class WeekView(_View):
    """A week from Monday: workouts, hard sets by muscle, and what of the plan was done.

    Planned is what was up to yesterday; null where no plan was followed.
    """

    week: date
    count_workouts: int
    count_planned: int | None
    adherence_share: float | None
    sets_by_muscle: dict[Muscle, float]


class AdherenceView(_View):
    """Workouts of the last two weeks as a share of those planned, and what that asks for."""

    count_workouts: int
    count_planned: int
    share: float
    step: AdherenceStep


class WeightView(_View):
    """Body weight as a trend; the change needs 14 days and 6 weighings."""

    latest_kg: float
    trend_kg: float
    change_share_per_week: float | None


class Overview(_View):
    """Everything the log adds up to."""

    lifts: tuple[LiftView, ...]
    records: tuple[RecordView, ...]
    weeks: tuple[WeekView, ...]
    adherence: AdherenceView | None
    weight: WeightView | None
