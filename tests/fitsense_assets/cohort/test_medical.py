"""What people answered and what they hurt before fits the rest of them."""

import polars as pl
import pytest

from fitsense_assets.lib.cohort.medical import injury_words, load_medical
from fitsense_training.domain.safety.screening_answers import ScreeningAnswers, screen_answers
from fitsense_training.domain.vocabulary import ScreeningState
from tests.builders import a_cohort

PEOPLE = a_cohort(users=500).profiles


def answers() -> list[ScreeningAnswers]:
    return [ScreeningAnswers.model_validate_json(text) for text in PEOPLE["screening_json"]]


def test_answers_are_canonical():
    texts = [found.model_dump_json(exclude_defaults=True) for found in answers()]

    assert texts == PEOPLE["screening_json"].to_list()


def test_answers_fit_the_person():
    for row, found in zip(PEOPLE.iter_rows(named=True), answers(), strict=True):
        held = set(row["conditions"])
        assert found.age == row["age"]
        assert found.is_pregnant == any(name.startswith("pregnancy") for name in held)
        assert bool(found.symptoms) == row["has_symptoms"]
        assert found.has_heart_condition_or_pressure >= ("hypertension" in held)
        assert not found.takes_prescribed_medicine or row["medications"]
        assert (found.follow_up_yes is None) is not found.any_yes


def test_nobody_with_a_plan_gave_answers_that_forbid_it():
    plan = PEOPLE["screening_state"].is_in(["clear", "clear_light"])

    for may, found in zip(plan, answers(), strict=True):
        state = screen_answers(found, found.answered_on).state
        assert not may or state.rank < ScreeningState.BLOCKED.rank


def test_injuries_follow_activity_and_come_with_conditions():
    big = pl.concat([a_cohort(users=500, seed=seed).profiles for seed in (1, 2, 3)])
    hurt = big.with_columns(pl.col("injuries").list.len().alias("count"))
    means = dict(hurt.group_by("activity_level").agg(pl.col("count").mean()).rows())
    back = hurt.with_columns(
        pl.col("conditions").list.contains("low_back_pain").alias("sore"),
        pl.col("injuries").list.contains("back_strain").alias("strained"),
    )
    rates = dict(back.group_by("sore").agg(pl.col("strained").mean()).rows())

    assert means["very_active"] > 1.5 * means["sedentary"]
    assert rates[True] > 3 * rates[False]


def test_minors_have_consent_and_nobody_else_needs_it():
    minors = PEOPLE["age"] < 18

    assert PEOPLE.filter(minors)["has_guardian_consent"].all()
    assert PEOPLE.filter(~minors)["has_guardian_consent"].null_count() == (~minors).sum()


@pytest.mark.parametrize("block", ["injuries", "old_injuries", "pressure", "heart_rate"])
def test_every_table_names_its_source(block: str):
    assert len(getattr(load_medical(), block).source) > 10
    assert injury_words() == sorted(set(injury_words()))
