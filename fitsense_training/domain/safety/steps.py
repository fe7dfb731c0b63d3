"""How far a load in kg may rise at once: what PRG01 allows, and what the coach takes of it."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.vocabulary import AgeBand, ExerciseRole, LoadKind


def load_most_kg(before: Prescription, bounds: Bounds) -> float:
    """The heaviest load in kg that may follow a line in kg.

    10 percent more, 5 at 65 and over and with a condition; a whole step of the inventory for
    isolation work of everybody else; nothing more under 18 before 15 clean reps (NSCA 2009).
    """
    now = before.load.value or 0.0
    is_minor = bounds.profile.age_band is AgeBand.MINOR
    if is_minor and before.dose_high < load_progression_rules().minor_clean_reps.value:
        return now
    most = now * (1 + bounds.step_share_max)
    exercise = load_catalogue().by_id(before.exercise_id)
    is_special = bounds.step_share_max < bounds.rules.load_step_share.value
    if exercise.role is ExerciseRole.ISOLATION and not is_special:
        most = max(most, now + exercise.load_step_kg)
    return most


def next_load_kg(before: Prescription, bounds: Bounds) -> float | None:
    """The load one step of the inventory up, in kg; None where reps are to be added first.

    A step of more than 10 percent, which only isolation work may take, waits until some reps above
    the usual range are done.
    """
    exercise = load_catalogue().by_id(before.exercise_id)
    now = before.load.value
    if before.load.kind is not LoadKind.KG or not now or not exercise.is_loadable:
        return None
    heavier = now + exercise.load_step_kg
    if heavier > load_most_kg(before, bounds) + 1e-9:
        return None
    is_big = heavier > now * (1 + bounds.step_share_max) + 1e-9
    wanted = bounds.dose(exercise).high + bounds.rules.reps_spread.value
    return None if is_big and before.dose_high < wanted else heavier
