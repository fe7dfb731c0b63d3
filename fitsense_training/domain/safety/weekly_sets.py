"""Rules on the sets of a week (VOL04, VOL05): enough for what is trained, and no sudden growth."""

import functools
from collections.abc import Iterator

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.safety.case import Broken, Case, Rule
from fitsense_training.domain.safety.change import is_laid_out
from fitsense_training.domain.safety.structure import compounds_that_fit
from fitsense_training.domain.science.landmarks import load_volume_rules, most_next_week
from fitsense_training.domain.science.volume import weekly_sets_by_muscle
from fitsense_training.domain.science.week import is_resistance, load_splits
from fitsense_training.domain.vocabulary import Muscle, OperationKind, Severity


@functools.lru_cache(maxsize=4096)
def _trainable(allowed: frozenset[str]) -> frozenset[Muscle]:
    """Muscles that some allowed exercise trains directly."""
    return frozenset(muscle for name in allowed for muscle in load_catalogue().by_id(name).direct)


def sets_are_enough(case: Case) -> Iterator[Broken]:
    """VOL04: every major group gets half the goal's lower bound, as far as the time has room."""
    if not is_laid_out(case.request):
        return
    rules, splits = load_volume_rules(), load_splits()
    lifting = sum(is_resistance(session.focus) for session in case.plan.sessions)
    least = case.rules_of_goal.sets_per_muscle[case.profile.experience_level][0]
    room = lifting * compounds_that_fit(case) * rules.sets_that_fit.value
    needed = min(least * rules.weekly_sets_min_share.value, room // len(splits.major_patterns))
    done = weekly_sets_by_muscle(case.plan, case.counter)
    possible = _trainable(case.bounds.allowed)
    for group, muscles in rules.target_groups.groups.items():
        sets = max(done.get(muscle, 0.0) for muscle in muscles)
        if possible.intersection(muscles) and sets < needed - 1e-9:
            words = group.replace("_", " ")
            yield "plan", f"{sets:g} sets a week for {words}, at least {needed:g}"


def sets_grow_slowly(case: Case) -> Iterator[Broken]:
    """VOL05: from one plan to the next the sets of a muscle grow by at most 20 percent or two.

    Judged where a plan grows by itself: after a log, or when somebody asks for more. A swap or a
    week laid out anew moves sets between muscles because the person asked.
    """
    before_plan, kinds = case.request.current_plan, {op.kind for op in case.request.operations}
    is_growing = case.request.progress is not None or kinds == {OperationKind.HARDER}
    if before_plan is None or not is_growing:
        return
    if any(item.exercise_id not in case.catalogue for _, item in before_plan.items()):
        return
    before = weekly_sets_by_muscle(before_plan, case.counter)
    for muscle, sets in weekly_sets_by_muscle(case.plan, case.counter).items():
        most = most_next_week(before.get(muscle, 0.0))
        if sets > most + 1e-9:
            yield "plan", f"{sets:g} sets of {muscle} a week, at most {most:g} after this plan"


WEEKLY_SETS_RULES = (
    Rule("VOL04", Severity.WARN, "What is trained gets enough sets.", sets_are_enough),
    Rule("VOL05", Severity.WARN, "Weekly sets grow slowly.", sets_grow_slowly),
)
