"""Progression: loads rise when earned, by small steps, and come down on a stall."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.science.progression import (
    Lift,
    SetDone,
    StallStep,
    Step,
    Target,
    after_stall_kg,
    double_progression,
    increment_kg,
    is_stalled,
    may_minor_raise,
    next_reps,
    next_set_load_kg,
    raised_load_kg,
    stall_step,
    two_for_two,
)
from fitsense_training.domain.vocabulary import ExperienceLevel

TARGET = Target(load_kg=50, sets=3, reps_low=8, reps_high=12, rir=2)
NOVICE, ADVANCED = ExperienceLevel.NOVICE, ExperienceLevel.ADVANCED


def sets(*reps: int, load: float = 50, rir: int | None = 2) -> list[SetDone]:
    return [SetDone(load, count, rir) for count in reps]


def test_all_sets_at_the_top_raise_the_load_and_start_again_low():
    done = sets(12, 12, 12)

    assert double_progression(TARGET, done) is Step.RAISE
    assert next_reps(TARGET, done) == (8, 8, 8)


@pytest.mark.parametrize(
    "done",
    [
        sets(12, 12, 12, load=47.5),
        sets(12, 12),
        sets(12, 12, 12, rir=1),
        sets(12, 12, 12, rir=None),
    ],
    ids=["less weight", "a set short", "no reserve", "no report"],
)
def test_what_was_not_earned_is_not_raised(done):
    assert double_progression(TARGET, done) is Step.HOLD


def test_half_a_rep_of_reserve_may_be_missing():
    mixed = [SetDone(50, 12, 2), SetDone(50, 12, 1), SetDone(50, 12, 2)]

    assert double_progression(TARGET, mixed) is Step.RAISE


def test_otherwise_the_weakest_set_gets_a_rep():
    done = sets(11, 9, 10)

    assert double_progression(TARGET, done) is Step.ADD_REP
    assert next_reps(TARGET, done) == (11, 10, 10)


def test_without_a_log_all_holds():
    assert double_progression(TARGET, []) is Step.HOLD
    assert next_reps(TARGET, []) == (8, 8, 8)


@pytest.mark.parametrize(
    ("last_sets", "expected"),
    [([12, 12], True), ([9, 12, 12], True), ([12], False), ([12, 11], False), ([12, 12, 9], False)],
)
def test_two_for_two_wants_two_reps_in_two_sessions(last_sets, expected):
    assert two_for_two(10, last_sets) is expected


@pytest.mark.parametrize(
    ("lift", "step"),
    [
        (Lift(40, NOVICE, False, 0.5), 2.0),  # 10 percent is 4, the arms of a novice take 2
        (Lift(40, NOVICE, True, 0.5), 4.0),
        (Lift(100, ADVANCED, False, 2.5), 2.5),  # 5 percent is 5, upper body takes 4
        (Lift(140, ADVANCED, True, 2.5), 5.0),
        (Lift(40, ADVANCED, False, 2.5), 2.5),  # one step, 6.25 percent
        (Lift(20, ADVANCED, False, 2.5), None),  # 12.5 percent is too big a step
        (Lift(100, ADVANCED, False, 2.5, cap_share=0.0), None),
        (Lift(60, ADVANCED, False, 5, cap_share=0.05), None),
        (Lift(20, NOVICE, True, 0), None),
    ],
)
def test_increments_follow_level_body_part_and_inventory(lift, step):
    assert increment_kg(lift) == step


@settings(max_examples=200, database=None, derandomize=True, deadline=None)
@given(
    load=st.floats(0.5, 500),
    level=st.sampled_from(ExperienceLevel),
    lower=st.booleans(),
    step=st.sampled_from([0, 0.5, 1, 1.25, 2, 2.5, 5, 10]),
)
def test_no_load_ever_rises_by_more_than_ten_percent(load, level, lower, step):
    raised = raised_load_kg(Lift(load, level, lower, step))

    assert raised is None or load < raised <= min(load * 1.1 + 0.01, 500)


def test_nothing_goes_above_500_kg():
    assert raised_load_kg(Lift(499, ADVANCED, True, 2.5)) is None


def test_minors_raise_after_fifteen_clean_reps():
    assert may_minor_raise(sets(15, 15))
    assert not may_minor_raise(sets(15, 14))
    assert not may_minor_raise([])


@pytest.mark.parametrize(
    ("target", "reported", "load"),
    [(2, 2, 100), (2, 1, 96), (2, 3, 104), (4, 0, 90), (1, 4, 110), (2, 6, 108)],
)
def test_the_next_set_follows_the_reserve(target, reported, load):
    """The last: six in reserve is a vague report and counts half, 16 percent becomes 8."""
    assert next_set_load_kg(100, target, reported) == load


def test_uncertain_reports_count_half():
    assert next_set_load_kg(100, 2, 1, is_uncertain=True) == 98


def test_a_reserve_off_its_scale_is_refused():
    with pytest.raises(BadInput, match="between 0 and 10"):
        next_set_load_kg(100, 2, 11)


@pytest.mark.parametrize(
    ("exposures", "expected"),
    [
        ([[8, 6], [6, 8]], True),
        ([[8, 6]], False),
        ([[6, 6], [8, 8]], False),
        ([[8, 7], [7, 8]], False),
        ([[8, 8], [6], [6]], True),
    ],
)
def test_two_missed_exposures_are_a_stall(exposures, expected):
    assert is_stalled(8, exposures) is expected


def test_stalls_hold_then_reduce_then_change():
    assert [stall_step(n) for n in (1, 2, 3, 4)] == [
        StallStep.HOLD,
        StallStep.REDUCE,
        StallStep.CHANGE,
        StallStep.CHANGE,
    ]
    with pytest.raises(BadInput, match="from 1"):
        stall_step(0)


@pytest.mark.parametrize(
    ("load", "step", "lighter"), [(100, 2.5, 90), (47.5, 2.5, 45), (20, 2, 18), (2.5, 2.5, 2.5)]
)
def test_after_a_stall_five_to_ten_percent_come_off(load, step, lighter):
    assert after_stall_kg(load, step) == lighter
