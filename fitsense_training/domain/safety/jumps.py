"""Repairing aerobic sessions that jump over the longest of the last 30 days (RUN01, RUN04)."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.sessions import with_items
from fitsense_training.domain.science.endurance import longest_next_min
from fitsense_training.domain.science.volume import set_seconds
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole


def shorten_jumps(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """The plan with aerobic work no longer than 110 percent of the longest of 30 days.

    Where nobody knows what was done, the plan stays as it is.
    """
    if bounds.longest_aerobic_min is None:
        return plan
    most_s = 60 * longest_next_min(bounds.longest_aerobic_min)
    sessions = tuple(_shortened(session, most_s) for session in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def jumps(session: Session, bounds: Bounds) -> bool:
    """Whether a session is longer than `shorten_jumps` leaves it."""
    if bounds.longest_aerobic_min is None:
        return False
    return _shortened(session, 60 * longest_next_min(bounds.longest_aerobic_min)) != session


def _shortened(session: Session, most_s: float) -> Session:
    spent_s = sum(_seconds(item) for item in session.prescriptions)
    if spent_s <= most_s:
        return session
    items = (_scaled(item, most_s / spent_s) for item in session.prescriptions)
    return with_items(session, tuple(items))


def _seconds(item: Prescription) -> float:
    exercise = load_catalogue().by_id(item.exercise_id)
    is_aerobic = exercise.role is ExerciseRole.CONDITIONING
    return item.sets * set_seconds(item) if is_aerobic else 0.0


def _scaled(item: Prescription, share: float) -> Prescription:
    """An aerobic line at a share of its length, in whole minutes where it lasts for some."""
    if not _seconds(item) or item.dose_kind is DoseKind.REPS:
        return item
    step = 60 if item.dose_kind is DoseKind.SECONDS and item.dose_low * share > 60 else 1
    low = max(1, int(item.dose_low * share) // step * step)
    high = max(low, int(item.dose_high * share) // step * step)
    return item.model_copy(update={"dose_low": low, "dose_high": high})
