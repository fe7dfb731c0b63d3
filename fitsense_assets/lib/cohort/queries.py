"""Queries: what each person asks the coach, about four requests each, in the words of the prompt.

The plan that changes start from is the one the person follows, with the loads of their log and
with what they have changed in it since.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.asking import Asked, Person
from fitsense_assets.lib.cohort.chance import stream
from fitsense_assets.lib.cohort.collector import paused_collector
from fitsense_assets.lib.cohort.dice import Dice
from fitsense_assets.lib.cohort.history import History, read_histories
from fitsense_assets.lib.cohort.own_changes import DRAWS, with_own_changes
from fitsense_assets.lib.cohort.plans import own_plan
from fitsense_assets.lib.cohort.profiles import condition_flag
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_plan
from fitsense_training.domain.vocabulary import Equipment, ScreeningState

VERSION = "4"
DRAWS_PER_PERSON = 48
SLICES = (
    "goal_type",
    "activity_level",
    "condition_flag",
    "age_band",
    "sex",
    "experience_level",
    "equipment_band",
)
SCHEMA = {
    "query_id": pl.String,
    "user_id": pl.String,
    "cohort": pl.String,
    "split": pl.String,
    "prompt_type": pl.String,
    "prompt": pl.String,
    "request_json": pl.String,
    "expected_constraints": pl.List(pl.String),
    **dict.fromkeys(SLICES, pl.String),
}
# A request with a plan holds no lifts: the plan has the loads.
_BEFORE_WHAT_IS_TOLD = {"prompt_type", "profile", "lifts", "current_plan"}
Chunk = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class WrittenPlan:
    """A plan as the prompt and the request hold it, written once for all that is asked of it."""

    line: str | None
    json: str | None

    @staticmethod
    def of(plan: WorkoutPlan | None) -> "WrittenPlan":
        """The texts of a plan."""
        if plan is None:
            return WrittenPlan(None, None)
        return WrittenPlan(write_plan(plan), plan.model_dump_json(exclude_defaults=True))


def query_chunks(spec: CohortSpec, chunks: Iterable[Chunk]) -> Iterator[pl.DataFrame]:
    """The queries of a cohort; a chunk is profiles, plans, workouts and daily logs of some."""
    for number, chunk in enumerate(chunks):
        with paused_collector():
            columns = zip(*_rows(spec, number, chunk), strict=True)
            frame = pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema=SCHEMA)
        yield frame


def _rows(spec: CohortSpec, number: int, chunk: Chunk) -> Iterator[tuple[Any, ...]]:
    """The rows of one chunk, in the order of SCHEMA."""
    profiles, plans, workouts, daily_logs = chunk
    histories = read_histories(spec.config, workouts, daily_logs)
    draws = stream(spec, "queries", number).random((profiles.height, DRAWS_PER_PERSON))
    lucks = stream(spec, "own changes", number).random((profiles.height, DRAWS))
    people = profiles.select("user_id", "cohort", "split", "profile_json").rows()
    for who, plan_json, numbers, luck in zip(people, plans["plan_json"], draws, lucks, strict=True):
        user_id, cohort, split, profile_json = who
        profile = Profile.model_validate_json(profile_json)
        history = histories.get(user_id, History())
        plan = own_plan(plan_json, profile, dict(history.lifts)) if plan_json else None
        if plan is not None:
            plan = with_own_changes(plan, profile, spec.config.own_changes, Dice(luck))
        person = Person(spec.config, profile, history, plan, Dice(numbers))
        written = WrittenPlan.of(plan)
        for place, asked in enumerate(person.asks(), start=1):
            yield (f"{user_id}-q{place}", user_id, cohort, split, *query_row(asked, written))


def query_row(asked: Asked, written: WrittenPlan) -> tuple[Any, ...]:
    """The columns of one query that follow from the request: from the prompt type to the slices."""
    request = asked.request
    return (
        str(request.prompt_type),
        render_prompt(request, written.line),
        request_json(request, written),
        expected_constraints(asked),
        *slices_of(request.profile).values(),
    )


def request_json(request: PlanRequest, written: WrittenPlan) -> str:
    """`request.model_dump_json(exclude_defaults=True)`, with the plan from where it is written."""
    if request.current_plan is None:
        return request.model_dump_json(exclude_defaults=True)
    head = request.model_dump_json(exclude_defaults=True, include={"prompt_type", "profile"})
    told = request.model_dump_json(exclude_defaults=True, exclude=_BEFORE_WHAT_IS_TOLD)
    rest = "" if told == "{}" else f",{told[1:-1]}"
    return f'{head[:-1]},"current_plan":{written.json}{rest}}}'


def slices_of(profile: Profile) -> dict[str, str]:
    """The slices a request belongs to, by the person it is asked for."""
    return {
        "goal_type": str(profile.main_goal),
        "activity_level": str(profile.activity_level),
        "condition_flag": condition_flag(profile.conditions),
        "age_band": str(profile.age_band),
        "sex": str(profile.sex),
        "experience_level": str(profile.experience_level),
        "equipment_band": equipment_band(profile.equipment),
    }


def equipment_band(equipment: tuple[Equipment, ...]) -> str:
    """`none`, `some`, or `gym` where machines or a bar with a bench are at hand."""
    if not equipment:
        return "none"
    owned = set(equipment)
    if Equipment.MACHINES in owned or {Equipment.BARBELL, Equipment.BENCH} <= owned:
        return "gym"
    return "some"


def expected_constraints(asked: Asked) -> list[str]:
    """What the answer has to respect, as `kind:value`."""
    request, profile = asked.request, asked.request.profile
    screening = screen(profile)
    if screening.state.rank >= ScreeningState.BLOCKED.rank:
        return [f"handoff:{screening.state}", *(f"note:{label}" for label in asked.labels)]
    return [
        f"days:{' '.join(profile.weekdays)}",
        f"minutes:{profile.session_minutes}",
        f"equipment:{' '.join(profile.equipment) or 'none'}",
        *(f"avoid:{tag}" for tag in sorted(screening.limits.avoid)),
        *(f"exclude:{name}" for name in profile.excluded_exercises),
        *(f"do:{operation.kind}" for operation in request.operations),
        *(f"note:{label}" for label in asked.labels),
    ]
