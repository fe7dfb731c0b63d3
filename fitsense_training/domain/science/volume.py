"""Counting work: minutes of a session, fractional hard sets per muscle."""

from collections import defaultdict

from fitsense_training.domain.catalogue import Catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, Muscle

METRES_PER_SECOND = 1.0
RESISTANCE_ROLES = frozenset(
    {ExerciseRole.POWER, ExerciseRole.COMPOUND, ExerciseRole.ISOLATION, ExerciseRole.CORE}
)


def set_seconds(item: Prescription) -> float:
    """Seconds one set takes at the middle of its dose."""
    middle = (item.dose_low + item.dose_high) / 2
    if item.dose_kind is DoseKind.REPS:
        return middle * load_rulebook().limits.seconds_per_rep.value
    return middle / METRES_PER_SECOND if item.dose_kind is DoseKind.DISTANCE else middle


def item_minutes(item: Prescription) -> float:
    """Minutes one prescription takes, with rest and set-up."""
    setup_s = load_rulebook().limits.setup_s_per_exercise.value
    return (item.sets * (set_seconds(item) + item.rest_s) + setup_s) / 60


def session_minutes(session: Session) -> float:
    """Estimated minutes of a session, warm-up included."""
    return session.warm_up_min + sum(item_minutes(item) for item in session.prescriptions)


def hard_sets(item: Prescription, catalogue: Catalogue) -> int:
    """Sets that count as hard: resistance work; conditioning, balance and mobility do not."""
    return item.sets if catalogue.by_id(item.exercise_id).role in RESISTANCE_ROLES else 0


def session_sets_by_muscle(session: Session, catalogue: Catalogue) -> dict[Muscle, float]:
    """Fractional hard sets per muscle: direct work counts 1, indirect 0.5 (Pelland 2024)."""
    total: dict[Muscle, float] = defaultdict(float)
    for item in session.prescriptions:
        sets = hard_sets(item, catalogue)
        if sets:
            for muscle, weight in catalogue.by_id(item.exercise_id).muscles.items():
                total[muscle] += sets * weight
    return dict(total)


def weekly_sets_by_muscle(plan: WorkoutPlan, catalogue: Catalogue) -> dict[Muscle, float]:
    """Fractional hard sets per muscle over the week."""
    total: dict[Muscle, float] = defaultdict(float)
    for session in plan.sessions:
        for muscle, sets in session_sets_by_muscle(session, catalogue).items():
            total[muscle] += sets
    return dict(total)
