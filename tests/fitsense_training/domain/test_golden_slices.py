"""Golden slices: over the whole grid the coach keeps the rules, or gives the right fixed text."""

import functools
import itertools

import pytest

from fitsense_assets.lib.golden import (
    BIRTH,
    GoldenCase,
    condition_sets,
    golden_cases,
    grid,
    judge_golden,
)
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.vocabulary import Condition, PromptType, Severity, Sex

SAMPLE = 400
MANY = 20_000


@functools.cache
def cases() -> tuple[GoldenCase, ...]:
    return tuple(golden_cases(SAMPLE, seed=5))


def test_the_coach_breaks_no_blocking_rule_on_a_sample():
    figures = judge_golden(cases())

    assert figures.count == SAMPLE
    assert figures.blocked == []
    assert figures.refused == 0
    assert figures.by_severity(Severity.FIX) <= SAMPLE // 100
    assert 0 < figures.handoffs < SAMPLE // 2


@pytest.mark.slow
def test_the_coach_breaks_no_blocking_rule_on_twenty_thousand_people():
    figures = judge_golden(golden_cases(MANY, seed=1))

    assert figures.blocked == []
    assert figures.refused == 0
    assert figures.by_severity(Severity.FIX) <= MANY // 500
    assert len(figures.cells) == len(grid())
    assert len(figures.conditions) >= len(condition_sets()) - 1


def test_a_fixed_text_comes_exactly_where_one_is_due():
    for case in cases():
        answer, due = coach(case.request), template_for(case.request)
        assert (answer.template if isinstance(answer, Handoff) else None) is due


def test_the_same_seed_gives_the_same_people():
    assert tuple(golden_cases(60, seed=5)) == cases()[:60]
    assert tuple(golden_cases(60, seed=6)) != cases()[:60]


def test_every_cell_comes_once_before_any_comes_twice():
    base = grid()
    drawn = [
        (c.cell.goal, c.cell.level, c.cell.sex, c.cell.age_band, c.cell.equipment, c.cell.task)
        for c in cases()
    ]

    assert len(base) == 6 * 3 * 3 * 4 * 3 * 4
    assert len(set(drawn)) == SAMPLE
    assert {case.request.prompt_type for case in cases()} == set(PromptType)
    assert all(case.request.prompt_type is case.cell.task for case in cases())


def test_people_are_those_their_cell_names():
    for case in cases():
        person = case.request.profile
        assert person.age_band is case.cell.age_band
        assert person.experience_level is case.cell.level
        assert {r.condition for r in person.conditions} == set(case.cell.conditions)
        assert person.sex is not Sex.MALE or not BIRTH.intersection(case.cell.conditions)


def test_conditions_come_none_one_and_two_at_a_time():
    sets = condition_sets()

    assert sets[0] == ()
    assert {one for (one,) in sets[1 : len(Condition) + 1]} == set(Condition)
    births = len(list(itertools.combinations(BIRTH, 2)))
    assert len(sets) == 1 + 29 + 29 * 28 // 2 - births
