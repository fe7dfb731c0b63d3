"""Logs look like people who train: they get stronger, miss sessions, and now and then mistype."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from fitsense_assets.lib.cohort.attendance import draw_attendance
from fitsense_assets.lib.cohort.config import make_config, parse_config
from fitsense_assets.lib.cohort.plans import plan_chunks
from fitsense_assets.lib.cohort.profiles import profile_chunks
from fitsense_assets.lib.cohort.set_log import POUNDS_PER_KG
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_assets.lib.cohort.standards import load_standards
from fitsense_assets.lib.cohort.strength import Lifters, Lifts, inventory, true_max_kg
from fitsense_assets.lib.cohort.templates import EXERCISES
from fitsense_assets.lib.cohort.workouts import workout_chunks
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import KG_RANGE
from fitsense_training.domain.vocabulary import Pattern
from tests.builders import a_cohort

LEGS = {Pattern.SQUAT, Pattern.HINGE, Pattern.LUNGE, Pattern.CALF}
UPPER = {Pattern.H_PUSH, Pattern.V_PUSH, Pattern.H_PULL, Pattern.V_PULL}


def patterns(frame: pl.DataFrame) -> set[Pattern]:
    return {load_catalogue().by_id(name).pattern for name in frame["exercise_id"].unique()}


def test_loads_progress_over_the_weeks():
    sets = a_cohort(users=300).workouts.filter(
        pl.col("target_load_kg").is_not_null() & ~pl.col("is_warm_up") & ~pl.col("is_deload")
    )
    lift = ["user_id", "exercise_id"]
    relative = pl.col("target_load_kg") / pl.col("target_load_kg").mean().over(lift)
    table = sets.select(relative.alias("load"), pl.col("session_at").dt.epoch("d").alias("day"))

    assert float(np.corrcoef(table["load"], table["day"])[0, 1]) > 0.3


def test_legs_are_trained_on_leg_days():
    sets = a_cohort(users=300).workouts
    lower = patterns(sets.filter(pl.col("focus") == "lower"))
    upper = patterns(sets.filter(pl.col("focus") == "upper"))

    assert lower & LEGS
    assert not lower & UPPER
    assert upper & UPPER
    assert not upper & LEGS


def test_sessions_are_missed_within_the_configured_band():
    logs = make_config().logs
    certain = logs.model_copy(update={"illness_week_share": 0.0, "gap_share": 0.0})
    days = np.full((400, 7), -1)
    days[:, :3] = [0, 2, 4]

    came = draw_attendance(
        np.random.default_rng(1), certain, days, np.zeros(400, dtype=np.int64), (364, 0)
    ).came[:, :, :3]
    missed = 1 - came.mean(axis=(1, 2))

    low, high = logs.missed_share
    assert missed.mean() == pytest.approx((low + high) / 2, abs=0.02)
    assert missed.min() > low - 0.08
    assert missed.max() < high + 0.08


def test_nobody_comes_on_a_day_they_do_not_have():
    cohort = a_cohort(users=300)
    both = cohort.workouts.join(cohort.profiles.select("user_id", "weekdays"), on="user_id")

    assert both.select(pl.col("weekday").is_in(pl.col("weekdays")).all()).item()
    assert (both["session_at"].dt.date() <= date(2026, 1, 31)).all()


def test_units_are_mistaken_at_the_configured_rate():
    fields = make_config(users=300).model_dump(mode="json")
    fields["logs"] |= {"unit_mistake_users_share": 0.5, "unit_mistake_sessions_share": 0.2}
    spec = CohortSpec("c0001", parse_config(fields))
    people = pl.concat(profile_chunks(spec))
    plans = pl.concat(plan_chunks([people], coach))
    sets = pl.concat(workout_chunks(spec, [(people, plans)])).drop_nulls("load_kg")

    factor = sets["load_kg"] / sets["target_load_kg"]
    wrong = sets.with_columns(((factor - 1).abs() > 0.2).alias("is_wrong"))
    sessions = wrong.group_by("user_id", "session_at").agg(pl.col("is_wrong").any())

    assert sessions["is_wrong"].mean() == pytest.approx(0.1, abs=0.02)
    odd = factor.filter(wrong["is_wrong"])
    assert ((odd - POUNDS_PER_KG).abs() < 0.02).any()
    assert ((odd - 1 / POUNDS_PER_KG).abs() < 0.02).any()


def test_a_light_week_is_lighter():
    sets = a_cohort(users=300).workouts.filter(~pl.col("is_warm_up"))
    people = sets.filter("is_deload").select("user_id").unique()  # novices have no light weeks
    lines = sets.join(people, on="user_id", how="semi").group_by(
        "is_deload", "user_id", "session_at", "exercise_id"
    )
    table = lines.agg(pl.len().alias("sets"), pl.col("target_load_kg").max().alias("load"))
    means = table.group_by("is_deload").agg(pl.col("sets").mean(), pl.col("load").mean())
    light, usual = means.sort("is_deload", descending=True).select("sets", "load").rows()

    assert light[0] < 0.85 * usual[0]
    assert light[1] < usual[1]


def test_sessions_begin_when_people_have_time():
    sets = a_cohort(users=300).workouts
    started = (
        sets.select("user_id", "session_at")
        .unique()
        .with_columns(
            (pl.col("session_at").dt.hour() + pl.col("session_at").dt.minute() / 60).alias("hour")
        )
    )
    own = started.group_by("user_id").agg(pl.col("hour").std(), pl.len()).filter(pl.col("len") > 9)
    is_busy = pl.col("hour").is_between(16, 20) | pl.col("hour").is_between(5.5, 8.5)

    assert started.select(is_busy.mean()).item() > 0.6
    assert 0.2 < own.select(pl.col("hour").median()).item() < 0.6
    assert (sets["session_at"].dt.strftime("%a").str.to_lowercase() == sets["weekday"]).all()


def true_kg(exercise: str, lifters: Lifters) -> list[float]:
    """What these people can lift once, with no chance in it."""
    count = len(lifters.age)
    own = [np.full(count, number) for number in (EXERCISES.index(exercise), 8, 12, 2, 3)]
    even = make_config().strength.model_copy(update={"spread": 0.0})
    return true_max_kg(
        np.random.default_rng(1), even, lifters, Lifts(np.arange(count), *own)
    ).tolist()


def trained(ages: list[int], female_share: list[float]) -> Lifters:
    count = len(ages)
    return Lifters(np.full(count, 75.0), np.full(count, 1), np.array(female_share), np.array(ages))


@pytest.mark.parametrize(
    ("heavier", "lighter"),
    [
        ("leg_press", "barbell_back_squat"),
        ("barbell_calf_raise", "barbell_overhead_press"),
        ("barbell_shrug", "barbell_curl"),
        ("barbell_deadlift", "barbell_good_morning"),
        ("dumbbell_romanian_deadlift", "dumbbell_single_leg_deadlift"),
        ("barbell_romanian_deadlift", "cable_pull_through"),
        ("dumbbell_pullover", "dumbbell_front_raise"),
    ],
)
def test_loads_stand_to_each_other_as_those_of_people_do(heavier: str, lighter: str):
    person = trained([30], [0.0])

    assert true_kg(heavier, person)[0] > 1.4 * true_kg(lighter, person)[0]


def test_strength_grows_up_and_differs_by_sex():
    people = trained([30, 30, 30, 13, 70], [0.0, 0.5, 1.0, 0.0, 0.0])

    man, unsaid, woman, boy, elder = true_kg("barbell_deadlift", people)

    assert man > unsaid > woman
    assert unsaid == pytest.approx((man + woman) / 2)
    assert boy == pytest.approx(0.7 * man)
    assert 0.7 * man < elder < 0.8 * man


def test_no_load_is_beyond_what_anybody_lifts():
    heaviest = np.full(len(EXERCISES), 1e4)
    every = np.arange(len(EXERCISES))

    assert inventory().down(heaviest, every).max() <= KG_RANGE[1]
    assert set(load_standards().exercises.shares) <= set(EXERCISES)
