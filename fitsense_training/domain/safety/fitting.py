"""Fitting sessions to the person's minutes (STR02): what goes first, and what never goes."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.safety.sessions import with_items
from fitsense_training.domain.science.volume import item_minutes, session_minutes
from fitsense_training.domain.science.week import usable_minutes
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole

HOLD_ROLES = frozenset({ExerciseRole.BALANCE, ExerciseRole.MOBILITY})


def fit_time(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Sessions within the person's minutes (STR02): smallest work goes first.

    Warm-ups and what a condition requires never go. Where these alone take too long, the session
    stays too long, and STR02 says so.
    """
    sessions = tuple(_fit_session(session, bounds) for session in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def _fit_session(session: Session, bounds: Bounds) -> Session:
    limit = usable_minutes(bounds.profile) * (1 + bounds.rules.duration_slack_share.value)
    if session_minutes(session) <= limit:
        return session
    session = _drop(session, limit, int(bounds.rules.exercises_min.value), bounds)
    session = _shrink(session, limit, bounds)
    session = _to_the_bone(session, limit, bounds)
    return _drop(session, limit, 1, bounds)


def _drop(session: Session, limit: float, least: int, bounds: Bounds) -> Session:
    """The session without its last lines that nothing requires, down to so many lines."""
    items, minutes = list(session.prescriptions), session_minutes(session)
    while minutes > limit and len(items) > least:
        victim = _least_needed(items, bounds)
        if victim is None:
            break
        minutes -= item_minutes(items.pop(victim))
    return with_items(session, tuple(items))


def _least_needed(items: list[Prescription], bounds: Bounds) -> int | None:
    catalogue = load_catalogue()
    required = required_inclusions(bounds)
    for index in reversed(range(len(items))):
        exercise = catalogue.by_id(items[index].exercise_id)
        if not any(meets(code, exercise) for code in required):
            return index
    return None


def _shrink(session: Session, limit: float, bounds: Bounds) -> Session:
    """The session with fewer sets, and with half of long doses, the longest line first."""
    items, minutes = list(session.prescriptions), session_minutes(session)
    while minutes > limit and (long := [i for i in items if _can_shrink(i, bounds)]):
        index = items.index(max(long, key=item_minutes))
        minutes -= item_minutes(items[index])
        items[index] = _smaller(items[index])
        minutes += item_minutes(items[index])
    return with_items(session, tuple(items))


def _can_shrink(item: Prescription, bounds: Bounds) -> bool:
    return item.sets > 1 or item.dose_low >= bounds.rules.seconds_to_halve.value


def _smaller(item: Prescription) -> Prescription:
    if item.sets > 1:
        return item.model_copy(update={"sets": item.sets - 1})
    return _halved(item)


def _halved(item: Prescription) -> Prescription:
    low = max(1, item.dose_low // 2)
    return item.model_copy(update={"dose_low": low, "dose_high": max(low, item.dose_high // 2)})


def _to_the_bone(session: Session, limit: float, bounds: Bounds) -> Session:
    """The session with single sets of light work without rest, then with shorter holds."""
    items = list(session.prescriptions)
    for spare in (_without_rest, _held_shorter):
        for index in range(len(items)):
            while session_minutes(with_items(session, tuple(items))) > limit:
                less = spare(items[index], bounds)
                if less == items[index]:
                    break
                items[index] = less
    return with_items(session, tuple(items))


def _without_rest(item: Prescription, bounds: Bounds) -> Prescription:
    del bounds
    is_light = load_catalogue().by_id(item.exercise_id).role in EFFORT_ROLES
    return item.model_copy(update={"rest_s": 0}) if is_light and item.sets == 1 else item


def _held_shorter(item: Prescription, bounds: Bounds) -> Prescription:
    """Half of a hold for balance or mobility, down to the shortest; a cool-down stays whole."""
    is_hold = load_catalogue().by_id(item.exercise_id).role in HOLD_ROLES
    is_hold = is_hold and item.dose_kind is DoseKind.SECONDS and item.sets == 1
    is_long = item.dose_low >= 2 * bounds.rules.light_hold_least_s.value
    if not is_hold:
        return item
    return _halved(item) if is_long else item.model_copy(update={"dose_high": item.dose_low})
