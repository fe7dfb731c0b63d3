"""Queries: what each person asks the coach, about four requests each, in the words of the prompt.

The plan that changes start from is the answer of the plan source to the person's own request with
the loads of their logs.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.archetypes import PlanSource
from fitsense_assets.lib.cohort.asking import Asked, Person
from fitsense_assets.lib.cohort.chance import stream
from fitsense_assets.lib.cohort.dice import Dice
from fitsense_assets.lib.cohort.history import History, read_histories
from fitsense_assets.lib.cohort.profiles import condition_flag
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.vocabulary import Equipment, PromptType, ScreeningState

VERSION = "1"
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
Chunk = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def query_chunks(
    spec: CohortSpec, chunks: Iterable[Chunk], plan_source: PlanSource
) -> Iterator[pl.DataFrame]:
    """The queries of a cohort; a chunk is profiles, workouts and daily logs of some people."""
    for number, (profiles, workouts, daily_logs) in enumerate(chunks):
        histories = read_histories(spec.config, workouts, daily_logs)
        draws = stream(spec, "queries", number).random((profiles.height, DRAWS_PER_PERSON))
        rows: list[dict[str, Any]] = []
        people = profiles.select("user_id", "cohort", "split", "profile_json").rows()
        for (user_id, cohort, split, profile_json), numbers in zip(people, draws, strict=True):
            profile = Profile.model_validate_json(profile_json)
            history = histories.get(user_id, History())
            plan = _current_plan(profile, history, plan_source)
            person = Person(spec.config, profile, history, plan, Dice(numbers))
            for place, asked in enumerate(person.asks(), start=1):
                who = {"user_id": user_id, "cohort": cohort, "split": split}
                rows.append({"query_id": f"{user_id}-q{place}", **who, **query_row(asked)})
        yield pl.DataFrame(rows, schema=SCHEMA)


def _current_plan(
    profile: Profile, history: History, plan_source: PlanSource
) -> WorkoutPlan | None:
    request = PlanRequest(
        prompt_type=PromptType.PLAN_CREATION, profile=profile, lifts=history.lifts
    )
    answer = plan_source(request, 0)
    return None if isinstance(answer, Handoff) else answer


def query_row(asked: Asked) -> dict[str, Any]:
    """The columns of one query that follow from the request."""
    request = asked.request
    return {
        "prompt_type": str(request.prompt_type),
        "prompt": render_prompt(request),
        "request_json": request.model_dump_json(exclude_defaults=True),
        "expected_constraints": expected_constraints(asked),
        **slices_of(request.profile),
    }


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
