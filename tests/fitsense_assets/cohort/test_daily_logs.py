"""Days look like those of people: they weigh what they eat, sleep in, and grow when they should."""

import functools

import polars as pl
import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.daily_logs import daily_log_chunks, expenditure_kcal
from fitsense_assets.lib.cohort.profiles import profile_chunks
from fitsense_assets.lib.cohort.spec import CohortSpec

USERS = 1500
SPEC = CohortSpec("c0001", make_config(users=USERS))


@functools.cache
def days() -> pl.DataFrame:
    """Every day beside the person whose it is."""
    people = pl.concat(profile_chunks(SPEC))
    known = people.select(
        "user_id",
        "goal_type",
        pl.col("conditions").list.join(" ").alias("sick"),
        pl.col("weight_kg").alias("last_kg"),
        pl.Series("formula_kcal", expenditure_kcal(people)),
    )
    return pl.concat(daily_log_chunks(SPEC, [people])).join(known, on="user_id")


def gains() -> pl.DataFrame:
    """Kilograms gained by each person from the first to the last week."""
    weighed = days().drop_nulls("weight_kg").sort("user_id", "day")
    ends = pl.col("weight_kg").tail(6).mean() - pl.col("weight_kg").head(6).mean()
    return weighed.group_by("user_id").agg(
        ends.alias("kg"), pl.col("goal_type").first(), pl.col("sick").first()
    )


def mean_of(frame: pl.DataFrame, name: str) -> float:
    return float(frame.select(pl.col(name).cast(pl.Float64).mean()).item())


def test_weight_follows_the_goal():
    kg = {
        goal: mean_of(gains().filter(pl.col("goal_type") == goal, pl.col("sick") == ""), "kg")
        for goal in ("fat_loss", "endurance", "hypertrophy")
    }

    assert kg["fat_loss"] < -1.5
    assert kg["endurance"] == pytest.approx(0, abs=0.4)
    assert kg["hypertrophy"] > 0.5


def test_the_last_days_weigh_what_the_profile_says():
    last = days().filter(pl.col("day") == SPEC.config.end_date).drop_nulls("weight_kg")
    off = (last["weight_kg"] / last["last_kg"] - 1).abs().to_numpy()

    assert off.max() < 5 * SPEC.config.logs.weight_noise_share


def test_pregnancies_grow_whatever_else_a_person_has_or_wants():
    expecting = gains().filter(pl.col("sick").str.contains("pregnancy_t[23]"))
    many = expecting.filter(pl.col("sick").str.contains(" "))

    assert many.height > 4
    assert mean_of(expecting, "kg") == pytest.approx(0.4 * 12, abs=1.5)
    assert mean_of(many, "kg") > 2


def test_weekends_bring_sleep_and_food_and_the_mean_stays():
    by_part = (
        days()
        .group_by(pl.col("day").dt.weekday() > 5)
        .agg(pl.col("sleep_hours").mean(), pl.col("calories").cast(pl.Float64).mean())
    )
    week, weekend = by_part.sort("day").rows()

    assert 0.6 < weekend[1] - week[1] < 0.95
    assert 1.01 < weekend[2] / week[2] < 1.06
    assert mean_of(days(), "sleep_hours") == pytest.approx(SPEC.config.logs.sleep_h.mean, abs=0.1)


def test_needs_differ_from_the_formula_and_little_of_it_is_written_down():
    person = (
        days()
        .group_by("user_id")
        .agg(pl.col("calories").cast(pl.Float64).mean(), pl.col("formula_kcal").first())
    )
    share = (person["calories"] / person["formula_kcal"]).to_numpy()
    low, high = SPEC.config.logs.under_report

    assert share.mean() == pytest.approx(1 - (low + high) / 2, abs=0.05)
    assert share.std() > SPEC.config.logs.tdee_bias_sd * 0.75
