"""Easing: readiness, deloads, pauses, adherence."""

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.science.recovery import (
    AdherenceStep,
    DeloadAdvice,
    Ease,
    FatigueSigns,
    Illness,
    Today,
    adherence_step,
    deload_advice,
    ease_for,
    is_gentle_first_week,
    load_after_fever_kg,
    load_after_gap_kg,
    readiness,
    sets_after_gap,
)
from fitsense_training.domain.vocabulary import ExperienceLevel, Readiness

NO_SIGNS = FatigueSigns()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (Today(), Ease.NOTHING),
        (Today(nights_h=(7, 7, 7)), Ease.NOTHING),
        (Today(nights_h=(5.5, 6, 6)), Ease.HOLD),
        (Today(nights_h=(8, 8, 4.5)), Ease.HOLD),
        (Today(nights_h=(5.5, 5.5)), Ease.NOTHING),
        (Today(soreness=4), Ease.HOLD),
        (Today(illness=Illness.ABOVE_NECK, soreness=4), Ease.EASY),
        (Today(pain=4, illness=Illness.ABOVE_NECK), Ease.STOP_EXERCISE),
        (Today(pain=9, illness=Illness.SYSTEMIC), Ease.NO_TRAINING),
    ],
)
def test_the_gravest_report_decides(today, expected):
    assert ease_for(today) is expected
    assert (readiness(today) is Readiness.OK) == (expected is Ease.NOTHING)


TWO_SIGNS = FatigueSigns(rpe_rise=1.5, mean_sleep_h=5.9)


@pytest.mark.parametrize(
    ("weeks", "level", "signs", "expected"),
    [
        (3, "intermediate", NO_SIGNS, DeloadAdvice.NONE),
        (4, "intermediate", NO_SIGNS, DeloadAdvice.OFFER),
        (8, "advanced", NO_SIGNS, DeloadAdvice.DUE),
        (7, "novice", NO_SIGNS, DeloadAdvice.NONE),
        (12, "novice", NO_SIGNS, DeloadAdvice.OFFER),
        (2, "novice", TWO_SIGNS, DeloadAdvice.DUE),
        (2, "advanced", FatigueSigns(joint_ache=5), DeloadAdvice.NONE),
    ],
)
def test_deloads_come_by_weeks_or_by_signs(weeks, level, signs, expected):
    assert deload_advice(weeks, ExperienceLevel(level), signs) is expected


def test_all_five_signs_are_counted():
    signs = FatigueSigns((0.05, 0.06), 2, 5, 3, 2)

    assert signs.count() == 5
    assert FatigueSigns((0.05, 0.04), 1.4, 6, 2, 1).count() == 0


@pytest.mark.parametrize(
    ("gap", "load", "sets"),
    [(7, 100, 4), (8, 90, 3), (14, 90, 3), (15, 80, 2), (28, 80, 2), (29, 55, 2), (365, 55, 2)],
)
def test_a_pause_is_paid_back_in_load_and_sets(gap, load, sets):
    assert load_after_gap_kg(100, gap, 2.5) == load
    assert sets_after_gap(4, gap) == sets


def test_a_pause_of_less_than_no_days_is_refused():
    with pytest.raises(BadInput, match="no days"):
        load_after_gap_kg(100, -1, 2.5)


def test_after_a_fever_one_starts_at_half():
    assert load_after_fever_kg(45, 2.5) == 22.5
    assert load_after_fever_kg(4, 4) == 4


def test_a_first_week_is_eight_sets_a_region_with_three_in_reserve():
    assert is_gentle_first_week(8, 3)
    assert not is_gentle_first_week(9, 3)
    assert not is_gentle_first_week(8, 2)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.59, AdherenceStep.SIMPLIFY),
        (0.6, AdherenceStep.KEEP),
        (0.9, AdherenceStep.MAY_PROGRESS),
    ],
)
def test_adherence_makes_plans_smaller_or_lets_them_grow(share, expected):
    assert adherence_step(share) is expected
    with pytest.raises(BadInput, match="between 0 and 1"):
        adherence_step(share + 1)
