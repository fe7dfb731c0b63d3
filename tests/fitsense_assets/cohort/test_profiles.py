"""People are drawn as the recipe says, and their split is theirs for good."""

import functools

import numpy as np
import polars as pl
import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.marginals import Marginal, marginals, off_marginals
from fitsense_assets.lib.cohort.profiles import profile_chunks
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.screening import screen
from tests.builders import a_cohort


@functools.cache
def people(users: int, key: str = "c0001", seed: int = 1) -> pl.DataFrame:
    return pl.concat(profile_chunks(CohortSpec(key, make_config(users=users, seed=seed))))


def test_every_profile_is_a_possible_person():
    frame = a_cohort(users=300).profiles

    for row in frame.iter_rows(named=True):
        profile = Profile.model_validate_json(row["profile_json"])
        assert profile.model_dump_json() == row["profile_json"]
        assert profile.age_band == row["age_band"]
        assert profile.main_goal == row["goal_type"]
        assert screen(profile).state == row["screening_state"]


def test_a_split_follows_the_person_not_the_draw():
    few, many = people(200), people(400, seed=9)

    assert few["split"].to_list() == many["split"].head(200).to_list()
    assert people(200, key="c0002")["split"].to_list() != few["split"].to_list()


def test_the_recipe_comes_out_within_chance():
    config = make_config(users=4000, seed=3)

    found = list(marginals(config, people(4000, seed=3)))

    assert len(found) > 180
    assert off_marginals(found) == []


@pytest.mark.parametrize(
    ("tilt", "group"),
    [
        (pl.col("sex") != "male", "sex"),
        (pl.col("session_minutes") < 60, "minutes"),
        (pl.col("split") == "train", "split"),
        (pl.col("goals").list.first() != "fat_loss", "first goal"),
        (~pl.col("weekdays").list.contains("mon"), "weekday if novice"),
        (pl.col("excluded_exercises").list.len() == 0, "leaves exercises out"),
        (~pl.col("conditions").list.contains("hypertension"), "condition"),
        (~pl.col("condition_severities").list.contains("mild"), "severity"),
        (pl.col("has_symptoms"), "symptoms"),
        (~pl.col("allergies").list.contains("pollen"), "allergy"),
        (~pl.col("medications").list.contains("ramipril"), "medicine for hypertension"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_skewed_cohort_is_noticed(tilt: pl.Expr, group: str):
    config = make_config(users=2000)

    assert group in {
        m.group for m in off_marginals(list(marginals(config, people(2000).filter(tilt))))
    }


def test_tolerance_shrinks_with_the_number_of_people():
    few = Marginal("sex", "female", expected=0.5, found=0.6, count=50)
    many = Marginal("sex", "female", expected=0.5, found=0.6, count=5000)

    assert not few.is_off
    assert many.is_off


def test_minors_are_never_advanced_nor_asked_to_lose_weight():
    minors = people(2000).filter(pl.col("age") < 18)

    assert minors.height > 20
    assert "advanced" not in minors["experience_level"]
    assert "fat_loss" not in minors["goals"].explode(empty_as_null=False, keep_nulls=False)


def test_rare_slices_are_drawn_often_and_weighted_back():
    frame = people(4000)
    older = frame.filter(pl.col("age") >= 65)

    drawn = older.height / frame.height
    weighted = float(older["weight"].sum()) / float(frame["weight"].sum())

    assert drawn > weighted
    assert weighted == pytest.approx(0.07, abs=0.02)


def test_no_medicine_is_taken_beside_what_forbids_it():
    frame = people(4000)
    takes = pl.col("medications").list.contains
    thinned = frame.filter(pl.col("conditions").list.contains("anticoagulants"))
    expecting = frame.filter(
        pl.col("conditions").list.eval(pl.element().str.starts_with("pregnancy")).list.any()
    )

    assert thinned.height > 20
    assert expecting.height > 50
    assert thinned.select(takes("apixaban") != takes("warfarin")).to_series().all()
    assert not thinned.select(takes("ibuprofen") | takes("aspirin")).to_series().any()
    assert not expecting.select(takes("ramipril") | takes("methotrexate")).to_series().any()


def test_few_are_underweight_and_the_heavy_spread_out():
    adults = people(4000).filter(pl.col("age").is_between(18, 44), pl.col("sex") == "female")
    bmi = (adults["weight_kg"] / (adults["height_cm"] / 100) ** 2).to_numpy()
    weight = adults["weight"].to_numpy()
    low, middle, high = np.quantile(bmi, [0.05, 0.5, 0.95])

    assert 0.005 < np.average(bmi < 18.5, weights=weight) < 0.045
    assert high - middle > 1.8 * (middle - low)


def test_heavy_people_are_less_active_at_every_age():
    frame = people(4000).with_columns(
        (pl.col("weight_kg") / (pl.col("height_cm") / 100) ** 2 > 29).alias("is_heavy")
    )
    for band in ("18-39", "40-64"):
        same_age = frame.filter(pl.col("age_band") == band)
        still = dict(
            same_age.group_by("is_heavy")
            .agg((pl.col("activity_level") == "sedentary").mean())
            .rows()
        )
        assert still[True] > 1.2 * still[False]
