"""Templates: a plan as columns of numbers, and the weekdays its sessions fall on."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fitsense_assets.lib.cohort.chance import Ints
from fitsense_assets.lib.cohort.habits import weekdays_of
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.science.week import spread
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, SessionFocus

EXERCISES = tuple(exercise.id for exercise in load_catalogue())
FOCI = tuple(SessionFocus)
KINDS = tuple(DoseKind)
SESSIONS_MAX = 7
NO_RIR = -1
TEMPLATES_KEPT = 4096
_POSITION = {name: code for code, name in enumerate(EXERCISES)}


@dataclass(frozen=True)
class Template:
    """A plan as columns: one entry an item, in session order; `focus` has one a session.

    `place` is the position of an item within its session.
    """

    focus: Ints
    session: Ints
    place: Ints
    exercise: Ints
    sets: Ints
    kind: Ints
    low: Ints
    high: Ints
    rir: Ints
    rest_s: Ints
    warm_ups: Ints


REST = Template(*(np.zeros(0, dtype=np.int64) for _ in range(11)))


@functools.lru_cache(maxsize=TEMPLATES_KEPT)
def plan_of(plan_json: str) -> WorkoutPlan:
    """A plan from its JSON; many people follow the same one."""
    return WorkoutPlan.model_validate_json(plan_json)


@functools.lru_cache(maxsize=TEMPLATES_KEPT)
def template_of(plan_json: str | None) -> Template:
    """The plan as columns; no plan has none."""
    if plan_json is None:
        return REST
    plan = plan_of(plan_json)
    items = [
        (number, place, item)
        for number, session in enumerate(plan.sessions)
        for place, item in enumerate(session.prescriptions)
    ]
    warmed = _first_lifts([(number, item) for number, _, item in items])

    def column(value: Callable[[Prescription], int]) -> Ints:
        return np.array([value(item) for _, _, item in items], dtype=np.int64)

    return Template(
        focus=np.array([FOCI.index(session.focus) for session in plan.sessions]),
        session=np.array([number for number, _, _ in items], dtype=np.int64),
        place=np.array([place for _, place, _ in items], dtype=np.int64),
        exercise=column(lambda item: _POSITION[item.exercise_id]),
        sets=column(lambda item: item.sets),
        kind=column(lambda item: KINDS.index(item.dose_kind)),
        low=column(lambda item: item.dose_low),
        high=column(lambda item: item.dose_high),
        rir=column(lambda item: NO_RIR if item.rir is None else item.rir),
        rest_s=column(lambda item: item.rest_s),
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
