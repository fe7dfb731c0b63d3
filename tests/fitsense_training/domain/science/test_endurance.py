"""Aerobic work: spikes, ramps, the way back, who has a base."""

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.science.endurance import (
    Spike,
    has_aerobic_base,
    next_minutes,
    returning_share,
    spike,
    starting_minutes,
    target_minutes,
)
from fitsense_training.domain.vocabulary import ExperienceLevel, Goal
from tests.builders import a_profile, has


@pytest.mark.parametrize(
    ("session", "longest", "expected"),
    [
        (66, 60, Spike.NONE),
        (66.1, 60, Spike.WARN),
        (78, 60, Spike.WARN),
        (78.1, 60, Spike.BLOCK),
        (30, 0, Spike.NONE),
        (31, 0, Spike.BLOCK),
    ],
)
def test_a_session_may_not_jump_over_the_longest(session, longest, expected):
    assert spike(session, longest) is expected


def test_negative_minutes_are_refused():
    with pytest.raises(BadInput, match="negative"):
        spike(-1, 10)


def test_minutes_start_where_one_is():
    assert starting_minutes(0, ExperienceLevel.NOVICE) == 30
    assert starting_minutes(0, ExperienceLevel.ADVANCED) == 60
    assert starting_minutes(140, ExperienceLevel.NOVICE) == 140


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [(30, 150, 40), (100, 150, 115), (145, 150, 150), (200, 150, 200)],
)
def test_minutes_grow_by_ten_or_fifteen_percent_to_the_target(current, target, expected):
    assert next_minutes(current, target) == pytest.approx(expected)


def test_losing_fat_has_a_target_of_its_own():
    assert target_minutes(Goal.FAT_LOSS, 300) == 250
    assert target_minutes(Goal.STRENGTH, 150) == 150


def test_conditioning_comes_back_in_four_weeks():
    assert [returning_share(week, 14) for week in (1, 2, 3, 4, 5)] == [0.5, 0.7, 0.8, 0.9, 1.0]
    assert returning_share(1, 13) == 1.0
    with pytest.raises(BadInput, match="from 1"):
        returning_share(0, 14)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"experience_level": "novice"}, False),
        ({"activity_level": "sedentary"}, False),
        ({"conditions": [has("asthma", is_cleared=True)]}, False),
        ({"has_symptoms": True}, False),
    ],
)
def test_intervals_need_a_base(changes, expected):
    assert has_aerobic_base(a_profile(**changes)) is expected
