"""Short ways to write people, plans and requests down in tests; every field can be changed."""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.request import Operation, Pain, PlanRequest, Progress
from fitsense_training.domain.text.wire import parse_plan
from fitsense_training.domain.vocabulary import (
    Condition,
    ConditionSeverity,
    LiftStatus,
    OperationKind,
    PromptType,
)

# ---------- people


def a_profile(**changes: object) -> Profile:
    """A woman of 34 who lifts three times a week at home; changes name fields of `Profile`."""
    fields: dict[str, object] = {
        "age": 34,
        "sex": "female",
        "height_cm": 168,
        "weight_kg": 64,
        "activity_level": "lightly_active",
        "experience_level": "intermediate",
        "goals": ["hypertrophy"],
        "weekdays": ["mon", "wed", "fri"],
        "session_minutes": 60,
        "equipment": ["dumbbells", "bench", "bands"],
    }
    return Profile.model_validate(fields | changes)


def has(
    condition: str, severity: str = ConditionSeverity.MILD, *, is_cleared: bool = False
) -> ConditionRecord:
    """A condition a person has."""
    return ConditionRecord(
        condition=Condition(condition),
        severity=ConditionSeverity(severity),
        is_cleared=is_cleared,
    )


# ---------- plans


def a_plan(sessions: Mapping[str, Sequence[str]] | None = None, **changes: object) -> WorkoutPlan:
    """A plan of lines such as `goblet_squat 3x8-12 r2 90s rpe8`, by weekday.

    A weekday may carry its focus: `{"mon upper": [...]}`. Changes name fields of `WorkoutPlan`.
    """
    rows = sessions or {"mon": ["goblet_squat 3x8-12 r2 90s rpe8"]}
    wire = {
        "g": "hypertrophy",
        "s": [_session(day, lines) for day, lines in rows.items()],
        "a": "60 moderate",
        "p": "double_progression",
        "x": ["chest_pain", "fainting", "severe_breathlessness", "sharp_pain"],
        "w": ["new_plan"],
    }
    plan = parse_plan(json.dumps(wire))
    return WorkoutPlan.model_validate(dict(plan) | changes)


def _session(day: str, lines: Sequence[str]) -> list[object]:
    weekday, _, focus = day.partition(" ")
    return [weekday, focus or "full_body", 8, [line.split(" ", 1) for line in lines]]


def coached(request: PlanRequest, seed: int = 0) -> WorkoutPlan:
    """The reference coach's plan, where a plan may stand."""
    answer = coach(request, seed)
    assert isinstance(answer, WorkoutPlan)
    return answer


def edit(plan: WorkoutPlan, change: Callable[[Prescription], Prescription]) -> WorkoutPlan:
    """The plan with every line changed."""
    sessions = tuple(
        s.model_copy(update={"prescriptions": tuple(change(i) for i in s.prescriptions)})
        for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})


# ---------- requests


def a_creation(profile: Profile | None = None, **changes: object) -> PlanRequest:
    """A request for a first plan."""
    fields = {"prompt_type": PromptType.PLAN_CREATION, "profile": profile or a_profile()}
    return PlanRequest.model_validate(fields | changes)


def a_modification(
    kind: str, plan: WorkoutPlan | None = None, profile: Profile | None = None, **argument: object
) -> PlanRequest:
    """A request to change a plan, such as a_modification("swap", exercise_id="dumbbell_row")."""
    operation = Operation.model_validate({"kind": OperationKind(kind), **argument})
    return _change(PromptType.PLAN_MODIFICATION, plan, profile, operations=(operation,))


def a_pain(
    region: str, level: int, plan: WorkoutPlan | None = None, profile: Profile | None = None
) -> PlanRequest:
    """A request of somebody who hurts somewhere, 0-10."""
    pain = Pain.model_validate({"region": region, "level": level})
    return _change(PromptType.SAFETY_ADJUSTMENT, plan, profile, pain=pain)


def a_new_condition(
    condition: str, plan: WorkoutPlan | None = None, profile: Profile | None = None
) -> PlanRequest:
    """A request of somebody who was found to have a condition."""
    before = profile or a_profile()
    records = (*before.conditions, has(condition))
    after = Profile.model_validate(dict(before) | {"conditions": records})
    plan = plan or coached(a_creation(before))
    added = {"condition_added": Condition(condition)}
    return _change(PromptType.SAFETY_ADJUSTMENT, plan, after, **added)


def an_adaptation(
    statuses: Mapping[str, str] | None = None,
    plan: WorkoutPlan | None = None,
    profile: Profile | None = None,
    **progress: object,
) -> PlanRequest:
    """A request for the next weeks; statuses by exercise, the rest are fields of `Progress`."""
    logged = tuple((name, LiftStatus(status)) for name, status in (statuses or {}).items())
    told = Progress.model_validate({"statuses": logged, **progress})
    return _change(PromptType.PROGRESS_ADAPTATION, plan, profile, progress=told)


def _change(
    kind: PromptType, plan: WorkoutPlan | None, profile: Profile | None, **fields: object
) -> PlanRequest:
    person = profile or a_profile()
    plan = plan or coached(a_creation(person))
    return PlanRequest.model_validate(
        {"prompt_type": kind, "profile": person, "current_plan": plan, **fields}
    )


# ---------- cohorts


@dataclass(frozen=True)
class SmallCohort:
    """A cohort in memory, as the lake would hold it."""

    profiles: pl.DataFrame
    workouts: pl.DataFrame
    daily_logs: pl.DataFrame
    queries: pl.DataFrame

    def requests(self) -> list[PlanRequest]:
        """What its people ask."""
        return [PlanRequest.model_validate_json(text) for text in self.queries["request_json"]]


@functools.cache
def a_cohort(users: int = 100, seed: int = 1, key: str = "c0001") -> SmallCohort:
    """A cohort of the default recipe, drawn once per test process."""
    from fitsense_assets.lib.cohort.config import make_config
    from fitsense_assets.lib.cohort.daily_logs import daily_log_chunks
    from fitsense_assets.lib.cohort.plans import CHUNK_USERS, plan_chunks
    from fitsense_assets.lib.cohort.profiles import profile_chunks
    from fitsense_assets.lib.cohort.queries import query_chunks
    from fitsense_assets.lib.cohort.spec import CohortSpec
    from fitsense_assets.lib.cohort.workouts import workout_chunks

    assert users <= CHUNK_USERS, "a small cohort is one chunk"
    spec = CohortSpec(key, make_config(users=users, seed=seed))
    people = pl.concat(profile_chunks(spec))
    plans = pl.concat(plan_chunks([people], coach))
    sets = pl.concat(workout_chunks(spec, [(people, plans)]))
    logs = pl.concat(daily_log_chunks(spec, [people]))
    asked = pl.concat(query_chunks(spec, [(people, plans, sets, logs)]))
    return SmallCohort(people, sets, logs, asked)
