"""Pushing against pulling over a week."""

from fitsense_training.domain.catalogue import Catalogue
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.vocabulary import Pattern

PUSH = frozenset({Pattern.H_PUSH, Pattern.V_PUSH})
PULL = frozenset({Pattern.H_PULL, Pattern.V_PULL})


def push_and_pull_sets(plan: WorkoutPlan, catalogue: Catalogue) -> tuple[int, int]:
    """Sets of pushing and of pulling a week."""
    push = pull = 0
    for _, item in plan.items():
        pattern = catalogue.by_id(item.exercise_id).pattern
        push += item.sets * (pattern in PUSH)
        pull += item.sets * (pattern in PULL)
    return push, pull


def side_ahead(
    plan: WorkoutPlan, bounds: Bounds, catalogue: Catalogue
) -> frozenset[Pattern] | None:
    """The patterns of the side with too many sets, or None when both are in balance.

    Too few sets to judge, or a side without any allowed exercise, count as balanced.
    """
    push, pull = push_and_pull_sets(plan, catalogue)
    can_both = all(any(bounds.exercises(p) for p in side) for side in (PUSH, PULL))
    if not can_both or push + pull < bounds.rules.sets_to_judge.value:
        return None
    ratio, allowed = push / max(pull, 1), bounds.rules.push_pull_ratio
    if allowed.low <= ratio <= allowed.high:
        return None
    return PUSH if ratio > allowed.high else PULL
