"""Weight trends, and the sanity of what people log."""

import math

import pytest

from fitsense_training.domain.errors import BadInput, UnknownName
from fitsense_training.domain.science.daily_log import (
    CHECK_IN,
    Field,
    Known,
    LogVerdict,
    check_log,
    verdict,
)
from fitsense_training.domain.science.energy_target import floor_kcal
from fitsense_training.domain.science.landmarks import landmarks, most_next_week
from fitsense_training.domain.science.weight_trend import (
    WeighIn,
    WeightStep,
    change_share_per_week,
    next_intake_kcal,
    trend_kg,
    weight_step,
)
from fitsense_training.domain.vocabulary import ExperienceLevel
from tests.builders import a_profile

MAN = a_profile(sex="male", age=30, height_cm=180, weight_kg=80)


def test_the_trend_moves_a_tenth_of_the_way_a_day():
    daily = trend_kg([WeighIn(0, 80), WeighIn(1, 81), WeighIn(2, 81)])
    gap = trend_kg([WeighIn(0, 80), WeighIn(2, 81)])

    assert daily == pytest.approx((80, 80.1, 80.19))
    assert gap[-1] == pytest.approx(80.19)
    assert trend_kg([]) == ()


def test_half_of_a_change_is_seen_after_about_six_and_a_half_days():
    half = [0.5, 0.478]  # what is left of the gap after 6.6 and after 7 days
    assert half == pytest.approx([0.9**6.6, 0.9**7], abs=0.002)
    assert trend_kg([WeighIn(0, 80), WeighIn(7, 82)])[-1] == pytest.approx(81.04, abs=0.01)


def test_weigh_ins_come_oldest_first():
    with pytest.raises(BadInput, match="oldest first"):
        trend_kg([WeighIn(3, 80), WeighIn(3, 81)])


def test_a_trend_decides_nothing_before_fourteen_days_and_six_weigh_ins():
    week = [WeighIn(day, 80 - 0.1 * day) for day in range(14)]

    assert change_share_per_week(week) is None
    assert change_share_per_week([*week[:4], WeighIn(20, 78)]) is None
    share = change_share_per_week([*week, WeighIn(14, 78.6)])
    assert share is not None
    assert -0.0088 < share < 0


@pytest.mark.parametrize(
    ("shares", "is_intended", "expected"),
    [
        ((-0.005, -0.005), True, WeightStep.NOTHING),
        ((-0.011, -0.005), True, WeightStep.NOTHING),
        ((-0.011, -0.011), True, WeightStep.EAT_MORE),
        ((-0.015,), True, WeightStep.SEE_CLINICIAN),
        ((-0.013, -0.013, -0.012, -0.012), False, WeightStep.SEE_CLINICIAN),
        ((), False, WeightStep.NOTHING),
    ],
)
def test_fast_losses_ask_for_food_or_a_clinician(shares, is_intended, expected):
    assert weight_step(MAN, shares, is_intended=is_intended) is expected


def test_intake_moves_by_125_kcal_and_never_below_the_floor():
    assert next_intake_kcal(MAN, 2400, -0.005, 0.0) == 2275
    assert next_intake_kcal(MAN, 2400, -0.005, -0.009) == 2525
    assert next_intake_kcal(MAN, 2400, -0.005, -0.0055) == 2400
    assert next_intake_kcal(MAN, floor_kcal(MAN) + 50, -0.005, 0.0) == floor_kcal(MAN)
    assert next_intake_kcal(MAN, 1600, -0.005, 0.0) == 1600


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (Field.AGE, 13, LogVerdict.ACCEPT),
        (Field.AGE, 12, LogVerdict.REFUSE),
        (Field.HEIGHT_CM, 119, LogVerdict.REFUSE),
        (Field.WEIGHT_KG, 301, LogVerdict.REFUSE),
        (Field.SLEEP_H, 3.9, LogVerdict.CONFIRM),
        (Field.SLEEP_H, 14.1, LogVerdict.CONFIRM),
        (Field.SLEEP_H, 24.5, LogVerdict.REFUSE),
        (Field.KCAL, 999, LogVerdict.CONFIRM),
        (Field.KCAL, 6001, LogVerdict.CONFIRM),
        (Field.KCAL, 10_001, LogVerdict.REFUSE),
        (Field.LOAD_KG, 500.5, LogVerdict.REFUSE),
        (Field.LOAD_KG, -5, LogVerdict.REFUSE),
        (Field.REPS, 101, LogVerdict.REFUSE),
        (Field.RIR, 11, LogVerdict.REFUSE),
        (Field.SYSTOLIC, 261, LogVerdict.REFUSE),
        (Field.DIASTOLIC, 29, LogVerdict.REFUSE),
        (Field.WEIGHT_KG, math.nan, LogVerdict.REFUSE),
        (Field.REPS, math.inf, LogVerdict.REFUSE),
    ],
)
def test_a_logged_value_is_accepted_confirmed_or_refused(field, value, expected):
    findings = check_log({field: value})

    assert verdict(findings) is expected
    assert all(finding.field is field and finding.sentence for finding in findings)


def test_a_weight_off_the_trend_and_a_load_off_the_best_are_confirmed():
    known = Known(trend_weight_kg=80, estimate_1rm_kg=100)

    assert verdict(check_log({Field.WEIGHT_KG: 82.4}, known)) is LogVerdict.ACCEPT
    assert verdict(check_log({Field.WEIGHT_KG: 82.5}, known)) is LogVerdict.CONFIRM
    assert verdict(check_log({Field.LOAD_KG: 120}, known)) is LogVerdict.ACCEPT
    assert verdict(check_log({Field.LOAD_KG: 121}, known)) is LogVerdict.CONFIRM


def test_very_little_food_on_three_days_asks_how_one_is_without_a_number():
    known = Known(kcal_of_last_days=(2000, 700, 2000, 750, 2000, 2000))

    found = check_log({Field.KCAL: 600}, known)

    assert found == (CHECK_IN,)
    assert not any(char.isdigit() for char in CHECK_IN.sentence)
    assert verdict(check_log({Field.KCAL: 900}, known)) is LogVerdict.CONFIRM


def test_days_before_the_week_do_not_count():
    known = Known(kcal_of_last_days=(700, 700, 2000, 2000, 2000, 2000, 2000, 2000))

    assert CHECK_IN not in check_log({Field.KCAL: 600}, known)


def test_landmarks_are_smaller_for_less_trained_people():
    assert landmarks("chest", ExperienceLevel.ADVANCED) == (10, 12, 20, 22)
    assert landmarks("chest", ExperienceLevel.NOVICE) == (5, 6, 10, 11)
    with pytest.raises(UnknownName, match="use one of chest"):
        landmarks("wings", ExperienceLevel.NOVICE)


def test_sets_grow_by_twenty_percent_or_two():
    assert most_next_week(4) == 6
    assert most_next_week(20) == 24
