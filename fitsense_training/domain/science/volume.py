"""Counting work: minutes of a session, fractional hard sets per muscle."""

import functools
from collections import defaultdict
from dataclasses import dataclass

from fitsense_training.domain.catalogue import Catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.science.landmarks import load_volume_rules
from fitsense_training.domain.science.supersets import saved_minutes
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, ExperienceLevel, Muscle

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
    """Estimated minutes of a session, warm-up included; supersets share a rest."""
    items = session.prescriptions
    return session.warm_up_min + sum(map(item_minutes, items)) - saved_minutes(items)


@dataclass(frozen=True)
class SetCounter:
    """Counts the hard sets of somebody of a level.

    A hard set is resistance work with at most four reps in reserve, five for novices; warm-ups,
    conditioning, balance and mobility do not count (domain notes B2).
    """

    catalogue: Catalogue
    level: ExperienceLevel

    def sets(self, item: Prescription) -> int:
        """Sets of resistance work, however easy."""
        is_lift = self.catalogue.by_id(item.exercise_id).role in RESISTANCE_ROLES
        return item.sets if is_lift else 0

    def hard_sets(self, item: Prescription) -> int:
        """Sets of a line that count as hard; work without a stated reserve counts whole."""
        is_easy = item.rir is not None and item.rir > _hard_rir_max(self.level)
        return 0 if is_easy else self.sets(item)


@functools.cache
def _hard_rir_max(level: ExperienceLevel) -> int:
    return load_volume_rules().hard_set_rir_max.at(level)


def session_sets_by_muscle(session: Session, counter: SetCounter) -> dict[Muscle, float]:
    """Fractional hard sets per muscle: direct work counts 1, indirect 0.5 (Pelland 2024)."""
    total: dict[Muscle, float] = defaultdict(float)
    for item in session.prescriptions:
        sets = counter.hard_sets(item)
        if sets:
            for muscle, weight in counter.catalogue.by_id(item.exercise_id).muscles.items():
                total[muscle] += sets * weight
    return dict(total)


def weekly_sets_by_muscle(plan: WorkoutPlan, counter: SetCounter) -> dict[Muscle, float]:
    """Fractional hard sets per muscle over the week."""
    total: dict[Muscle, float] = defaultdict(float)
    for session in plan.sessions:
        for muscle, sets in session_sets_by_muscle(session, counter).items():
            total[muscle] += sets
    return dict(total)
