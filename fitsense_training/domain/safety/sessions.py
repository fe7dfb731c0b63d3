"""Small steps on sessions and prescriptions that coach and repair share."""

from collections.abc import Iterable

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import (
    RIR_MAX,
    Load,
    Prescription,
    Session,
    WorkoutPlan,
    load_of_reserve,
)
from fitsense_training.domain.request import Operation
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.science.strength import percent_1rm
from fitsense_training.domain.vocabulary import LoadKind


def replace_session(plan: WorkoutPlan, session: Session) -> WorkoutPlan:
    """The plan with the session of that weekday replaced."""
    sessions = tuple(session if s.weekday is session.weekday else s for s in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def with_items(session: Session, items: tuple[Prescription, ...]) -> Session:
    """The session with other prescriptions."""
    return session.model_copy(update={"prescriptions": items})


def with_moves(plan: WorkoutPlan, operations: Iterable[Operation]) -> WorkoutPlan:
    """The plan with sessions on other days, as operations ask; its sessions in order of days."""
    for source, target in (move for operation in operations if (move := operation.move)):
        plan = plan.model_copy(
            update={
                "sessions": tuple(
                    s.model_copy(update={"weekday": target}) if s.weekday is source else s
                    for s in plan.sessions
                )
            }
        )
    ordered = tuple(sorted(plan.sessions, key=lambda session: session.weekday.order))
    return plan.model_copy(update={"sessions": ordered})


def in_order(items: tuple[Prescription, ...]) -> tuple[Prescription, ...]:
    """Prescriptions from big to small (STR05), otherwise as they stood."""
    catalogue = load_catalogue()
    return tuple(sorted(items, key=lambda item: catalogue.by_id(item.exercise_id).role.order))


def effort(item: Prescription, rir: int, bounds: Bounds, sets: int = 0) -> Prescription:
    """The prescription with reps in reserve and sets moved, never below the floor of either."""
    if item.rir is None:
        return item
    floor = bounds.dose(load_catalogue().by_id(item.exercise_id)).rir_min
    reserve = min(max(item.rir + rir, floor), RIR_MAX)
    load = item.load
    if load.kind is LoadKind.RPE:
        load = load_of_reserve(reserve)
    return item.model_copy(update={"rir": reserve, "sets": max(1, item.sets + sets), "load": load})


def clamp(item: Prescription, bounds: Bounds) -> Prescription:
    """One prescription inside the bounds of its exercise."""
    exercise = load_catalogue().by_id(item.exercise_id)
    if exercise.role in EFFORT_ROLES:
        return _gentle(item, exercise, bounds)
    dose = bounds.dose(exercise)
    low = min(max(item.dose_low, dose.low_min), dose.high_max)
    rir = item.rir if item.rir is None else max(item.rir, dose.rir_min)
    load = item.load
    if load.kind is LoadKind.RPE and rir is not None:
        load = load_of_reserve(rir)
    elif load.kind is LoadKind.KG and not exercise.is_loadable:
        load = load_of_reserve(dose.rir_min if rir is None else rir)
    high = min(max(item.dose_high, low), dose.high_max)
    if load.kind is LoadKind.PERCENT_1RM:
        load = _fitting_percent(load, percent_1rm((low + high) // 2, rir or 0), bounds, exercise)
    return item.model_copy(
        update={
            "sets": min(item.sets, dose.sets_max),
            "dose_low": low,
            "dose_high": high,
            "rir": rir,
            "rest_s": min(max(item.rest_s, dose.rest_min_s), dose.rest_max_s),
            "load": load,
        }
    )


def _fitting_percent(load: Load, fits: float | None, bounds: Bounds, exercise: Exercise) -> Load:
    """A percent of 1RM that agrees with reps and reserve (INT01), and with goal and caps."""
    value, slack = load.value or 0.0, bounds.rules.percent_1rm_tolerance.value
    if fits is not None:
        value = min(max(value, fits - slack), fits + slack)
    value = round(min(value, bounds.dose(exercise).percent_max), 2)
    return load if value == load.value else Load(kind=LoadKind.PERCENT_1RM, value=value)


def _gentle(item: Prescription, exercise: Exercise, bounds: Bounds) -> Prescription:
    """A line of conditioning, balance or mobility no harder than a condition allows."""
    load, most = item.load, bounds.limits.caps.rpe_max
    if load.kind is LoadKind.KG and not exercise.is_loadable:
        load = bounds.load(exercise, None, None)
    if load.kind is LoadKind.RPE and most is not None and (load.value or 0) > most:
        load = Load(kind=LoadKind.RPE, value=most)
    return item if load is item.load else item.model_copy(update={"load": load})


def prescribe(exercise_id: str, bounds: Bounds, known_kg: float | None = None) -> Prescription:
    """The usual dose of an exercise for this person."""
    exercise = load_catalogue().by_id(exercise_id)
    dose = bounds.dose(exercise)
    return Prescription.model_construct(
        exercise_id=exercise_id,
        sets=dose.sets,
        dose_kind=dose.kind,
        dose_low=dose.low,
        dose_high=dose.high,
        load=bounds.load(exercise, dose.rir, known_kg),
        rir=dose.rir,
        rest_s=dose.rest_s,
        superset=None,
        tempo=None,
        reason=None,
    )
