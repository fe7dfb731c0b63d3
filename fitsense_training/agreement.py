"""How near one answer is to another: the same kind, the same days, exercises and sets.

A student may be right and differ from its teacher, so agreement is shown and never judged.
"""

from collections import Counter
from dataclasses import dataclass

from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import WorkoutPlan


@dataclass(frozen=True)
class Agreement:
    """Two answers to one request, compared; the shares are None where a fixed text stands."""

    is_same_kind: bool
    is_same_days: bool | None = None
    exercise_overlap: float | None = None
    set_overlap: float | None = None
    sets_ratio: float | None = None


def agreement(ours: Answer, theirs: Answer) -> Agreement:
    """Ours beside theirs.

    `exercise_overlap` is the Jaccard share of the exercises of the week, `set_overlap` the same
    over its sets one by one, `sets_ratio` our sets over theirs.
    """
    if isinstance(ours, Handoff) or isinstance(theirs, Handoff):
        return Agreement(is_same_kind=ours == theirs)
    our_sets, their_sets = sets_by_exercise(ours), sets_by_exercise(theirs)
    return Agreement(
        is_same_kind=True,
        is_same_days=_days(ours) == _days(theirs),
        exercise_overlap=jaccard(frozenset(our_sets), frozenset(their_sets)),
        set_overlap=(our_sets & their_sets).total() / max(1, (our_sets | their_sets).total()),
        sets_ratio=our_sets.total() / max(1, their_sets.total()),
    )


def sets_by_exercise(plan: WorkoutPlan) -> Counter[str]:
    """The sets of a week, exercise by exercise."""
    sets: Counter[str] = Counter()
    for _, item in plan.items():
        sets[item.exercise_id] += item.sets
    return sets


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of what either holds that both hold; 1 for two empty sets."""
    either = one | other
    return len(one & other) / len(either) if either else 1.0


def _days(plan: WorkoutPlan) -> list[str]:
    return [session.weekday for session in plan.sessions]
