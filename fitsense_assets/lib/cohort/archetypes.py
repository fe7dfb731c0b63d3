"""Archetypes: the plan a person follows, asked for once per kind of person.

A kind is everything a plan depends on and nothing that names a person; weekdays count only by
their number and are dealt out again to each person. The coach is asked once per kind.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.chance import Ints
from fitsense_assets.lib.cohort.habits import WEEKDAYS, weekdays_of
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.science.week import spread
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, PromptType, SessionFocus

PlanSource = Callable[[PlanRequest, int], Answer]

EXERCISES = tuple(exercise.id for exercise in load_catalogue())
FOCI = tuple(SessionFocus)
KINDS = tuple(DoseKind)
SESSIONS_MAX = 7
NO_RIR = -1
_AGE = {"13-17": 16, "18-39": 30, "40-64": 50, "65+": 70}


@dataclass(frozen=True)
class Template:
    """A plan as columns: one entry an item, in session order; `focus` has one a session."""

    focus: Ints
    session: Ints
    exercise: Ints
    sets: Ints
    kind: Ints
    low: Ints
    high: Ints
    rir: Ints
    warm_ups: Ints


REST = Template(*(np.zeros(0, dtype=np.int64) for _ in range(9)))


class Archetypes:
    """Templates by kind of person; each kind is asked for once."""

    def __init__(self, plan_source: PlanSource) -> None:
        """Ask this source for the plan of each new kind."""
        self._plan_source = plan_source
        self._codes: dict[str, int] = {}
        self.templates: list[Template] = []

    def codes(self, profiles: pl.DataFrame) -> Ints:
        """The position in `templates` for each person."""
        keys = profiles.select(_kind().alias("kind"))["kind"].to_list()
        for key in keys:
            if key not in self._codes:
                self._codes[key] = len(self.templates)
                self.templates.append(self._template(key))
        return np.array([self._codes[key] for key in keys], dtype=np.int64)

    def _template(self, key: str) -> Template:
        answer = self._plan_source(_request(json.loads(key)), 0)
        return REST if isinstance(answer, Handoff) else template_of(answer)


def _kind() -> pl.Expr:
    return pl.struct(
        pl.col("goal_type", "experience_level", "equipment", "age_band"),
        pl.col("excluded_exercises", "has_symptoms"),
        # Half an hour, three quarters, or an hour: people round, and so plans are shared.
        (pl.col("session_minutes").clip(30, 60) // 15 * 15).alias("session_minutes"),
        pl.col("weekdays").list.len().alias("count_days"),
        pl.col("profile_json").str.extract(r'"conditions":(\[.*\]),"excluded').alias("sick"),
    ).struct.json_encode()


def _request(kind: dict[str, object]) -> PlanRequest:
    conditions = json.loads(str(kind["sick"]))
    is_obese = any(record["condition"] == "obesity" for record in conditions)
    person = {
        "age": _AGE[str(kind["age_band"])],
        "sex": "unspecified",
        "height_cm": 170,
        "weight_kg": 95 if is_obese else 70,
        "activity_level": "lightly_active",
        "experience_level": kind["experience_level"],
        "goals": (kind["goal_type"],),
        "weekdays": spread(WEEKDAYS, int(str(kind["count_days"]))),
        "session_minutes": kind["session_minutes"],
        "equipment": kind["equipment"],
        "conditions": conditions,
        "excluded_exercises": kind["excluded_exercises"],
        "has_symptoms": kind["has_symptoms"],
    }
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=Profile.model_validate(person))


def template_of(plan: WorkoutPlan) -> Template:
    """The plan as columns."""
    position = {name: code for code, name in enumerate(EXERCISES)}
    order = {session.weekday: number for number, session in enumerate(plan.sessions)}
    items = [(order[session.weekday], item) for session, item in plan.items()]
    warmed = _first_lifts(items)

    def column(value: Callable[[Prescription], int]) -> Ints:
        return np.array([value(item) for _, item in items], dtype=np.int64)

    return Template(
        focus=np.array([FOCI.index(session.focus) for session in plan.sessions]),
        session=np.array([number for number, _ in items], dtype=np.int64),
        exercise=column(lambda item: position[item.exercise_id]),
        sets=column(lambda item: item.sets),
        kind=column(lambda item: KINDS.index(item.dose_kind)),
        low=column(lambda item: item.dose_low),
        high=column(lambda item: item.dose_high),
        rir=column(lambda item: NO_RIR if item.rir is None else item.rir),
        warm_ups=np.array([number in warmed for number in range(len(items))], dtype=np.int64),
    )


def _first_lifts(items: list[tuple[int, Prescription]]) -> set[int]:
    """The first compound with a load in kg of each session: the one people warm up for."""
    found: dict[int, int] = {}
    for number, (session, item) in enumerate(items):
        exercise = load_catalogue().by_id(item.exercise_id)
        if exercise.is_loadable and exercise.role is ExerciseRole.COMPOUND:
            found.setdefault(session, number)
    return set(found.values())


@functools.cache
def session_days() -> Ints:
    """[weekday mask, sessions a week, session] -> weekday order; -1 where there is none."""
    days = np.full((1 << 7, SESSIONS_MAX + 1, SESSIONS_MAX), -1, dtype=np.int64)
    for mask in range(1, 1 << 7):
        weekdays = weekdays_of(mask)
        for count in range(1, len(weekdays) + 1):
            days[mask, count, :count] = [day.order for day in spread(weekdays, count)]
    return days
