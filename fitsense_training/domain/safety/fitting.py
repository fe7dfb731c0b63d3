"""Fitting sessions to the person's minutes (STR02): what goes first, and what never goes."""

from collections.abc import Callable

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.safety.bounds import Bounds, may_superset
from fitsense_training.domain.safety.dose_bounds import COMPOUND_ROLES, EFFORT_ROLES
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.safety.sessions import with_items
from fitsense_training.domain.science.supersets import pair_up
from fitsense_training.domain.science.volume import item_minutes, session_minutes
from fitsense_training.domain.science.week import major_patterns, usable_minutes
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole

HOLD_ROLES = frozenset({ExerciseRole.BALANCE, ExerciseRole.MOBILITY})


def fit_time(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Sessions within the person's minutes (STR02), in the order of the domain notes (F7).

    Accessories go first, then isolation, third sets of what is no compound lift, conditioning, and
    the rests of antagonists that are paired. Warm-ups and what a condition requires never go. Where
    these alone take too long, the session stays too long, and STR02 says so.
    """
    sessions = tuple(_fit_session(session, bounds) for session in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def _fit_session(session: Session, bounds: Bounds) -> Session:
    limit = usable_minutes(bounds.profile) * (1 + bounds.rules.duration_slack_share.value)
    if session_minutes(session) <= limit:
        return session
    least = int(bounds.rules.exercises_min.value)
    for kind in (_is_accessory, _is_isolation):
        session = _drop(session, limit, least, bounds, kind)
    session = _spare_third_sets(session, limit)
    session = _drop(session, limit, least, bounds, _is_conditioning)
    session = _pair(session, limit, bounds)
    session = _drop(session, limit, least, bounds)
    session = _shrink(session, limit, bounds)
    session = _to_the_bone(session, limit, bounds)
    return _drop(session, limit, 1, bounds)


def _is_accessory(exercise: Exercise) -> bool:
    """Work beside lifts and conditioning that no major movement of the week asks for."""
    major = exercise.pattern in major_patterns()
    return not (major or _is_isolation(exercise) or _is_conditioning(exercise))


def _is_isolation(exercise: Exercise) -> bool:
    return exercise.role is ExerciseRole.ISOLATION


def _is_conditioning(exercise: Exercise) -> bool:
    """Aerobic work: it keeps its minutes of the week, on a day of its own or between sessions."""
    return exercise.role is ExerciseRole.CONDITIONING


def _any(_: Exercise) -> bool:
    return True


def _drop(
    session: Session,
    limit: float,
    least: int,
    bounds: Bounds,
    is_kind: Callable[[Exercise], bool] = _any,
) -> Session:
    """The session without its last lines of a kind that nothing requires, down to so many lines."""
    while session_minutes(session) > limit and len(session.prescriptions) > least:
        victim = _least_needed(session.prescriptions, bounds, is_kind)
        if victim is None:
            break
        items = session.prescriptions
        session = with_items(session, (*items[:victim], *items[victim + 1 :]))
    return session


def _least_needed(
    items: tuple[Prescription, ...], bounds: Bounds, is_kind: Callable[[Exercise], bool]
) -> int | None:
    catalogue = load_catalogue()
    required = required_inclusions(bounds)
    for index in reversed(range(len(items))):
        exercise = catalogue.by_id(items[index].exercise_id)
        if is_kind(exercise) and not any(meets(code, exercise) for code in required):
            return index
    return None


def _spare_third_sets(session: Session, limit: float) -> Session:
    """The session with two sets at most of what is no compound lift, the last line first."""
    items = list(session.prescriptions)
    for index in reversed(range(len(items))):
        role = load_catalogue().by_id(items[index].exercise_id).role
        while items[index].sets > 2 and role not in COMPOUND_ROLES:
            if session_minutes(with_items(session, tuple(items))) <= limit:
                break
            items[index] = _smaller(items[index])
    return with_items(session, tuple(items))


def _pair(session: Session, limit: float, bounds: Bounds) -> Session:
    """The session with antagonists paired until it fits, where the person may do so."""
    while may_superset(bounds) and session_minutes(session) > limit:
        paired = pair_up(session.prescriptions)
        if paired is None:
            break
        session = with_items(session, paired)
    return session


def _shrink(session: Session, limit: float, bounds: Bounds) -> Session:
    """The session with fewer sets, and with half of long doses, the longest line first."""
    while session_minutes(session) > limit:
        items = list(session.prescriptions)
        long = [item for item in items if _can_shrink(item, bounds)]
        if not long:
            break
        index = items.index(max(long, key=item_minutes))
        items[index] = _smaller(items[index])
        session = with_items(session, tuple(items))
    return session


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
