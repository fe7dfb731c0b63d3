"""Rules against maximal tests (INT04) and on the limited mode for minors (MIN01)."""

from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise
from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.science.strength import load_strength_rules, may_test_max
from fitsense_training.domain.vocabulary import (
    AgeBand,
    DoseKind,
    Goal,
    LoadKind,
    RiskTag,
    Severity,
)


def is_max_test(item: Prescription, exercise: Exercise) -> bool:
    """Whether a line asks for a maximum: by its exercise, its load, or its repetitions."""
    if RiskTag.MAX_EFFORT in exercise.tags:
        return True
    if exercise.role in EFFORT_ROLES:
        return False
    rules = load_strength_rules()
    if item.load.kind is LoadKind.PERCENT_1RM:
        return (item.load.value or 0) >= rules.max_test_percent.value
    if item.dose_kind is not DoseKind.REPS or item.rir is None:
        return False
    return item.dose_low + item.rir <= rules.max_test_reps_to_failure.value


def nobody_is_tested_who_must_not_be(case: Case) -> Iterator[Broken]:
    """INT04: no maximal test for novices, minors, older people, conditions, or with pain."""
    if may_test_max(case.profile, is_in_pain=case.request.pain is not None):
        return
    for session, item, exercise in case.exercises():
        if is_max_test(item, exercise):
            yield place(session, item), "asks for a maximum"


def minors_train_in_limited_mode(case: Case) -> Iterator[Broken]:
    """MIN01: under 18 no plan for weight loss, no maximum and no Olympic lift.

    Sets and reps are held by CON02 and INT05, energy targets by the rule of the same name on them.
    """
    if case.profile.age_band is not AgeBand.MINOR:
        return
    if case.plan.goal is Goal.FAT_LOSS:
        yield "plan", "weight loss is no goal for people under 18"
    for session, item, exercise in case.exercises():
        if is_max_test(item, exercise) or RiskTag.OLYMPIC_LIFT in exercise.tags:
            yield place(session, item), "is not for people under 18"


MAX_TEST_RULES = (
    Rule("INT04", Severity.BLOCK, "Nobody is tested to the maximum who must not be.",
         nobody_is_tested_who_must_not_be),
    Rule("MIN01", Severity.BLOCK, "Minors train in a limited mode, without maxima or weight loss.",
         minors_train_in_limited_mode),
)  # fmt: skip
