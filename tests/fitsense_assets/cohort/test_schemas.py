"""The schemas let whole cohorts pass, and notice every kind of rot."""

from datetime import date

import pandera.errors as pa_errors
import pandera.polars as pa
import polars as pl
import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.roll import Roll
from fitsense_assets.lib.cohort.schemas import (
    daily_log_schema,
    profile_schema,
    query_schema,
    workout_schema,
)
from tests.builders import a_cohort

RULES = make_config(users=300)
SCHEMAS = {
    "profiles": profile_schema("c0001"),
    "workouts": workout_schema(RULES),
    "daily_logs": daily_log_schema(RULES),
    "queries": query_schema("c0001"),
}


def table(name: str) -> pl.DataFrame:
    return getattr(a_cohort(users=300), name)


def cases(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> str:
    """What the schema has to say, all of it."""
    with pytest.raises(pa_errors.SchemaErrors) as found:
        schema.validate(frame, lazy=True)
    return str(found.value.failure_cases.select("column", "check").unique().to_dicts())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_whole_cohort_passes(name: str):
    assert SCHEMAS[name].validate(table(name), lazy=True).height == table(name).height


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("profiles", "age", 12),
        ("profiles", "sex", "robot"),
        ("profiles", "weight_kg", 20.0),
        ("profiles", "weight", 0.0),
        ("profiles", "cohort", "c0002"),
        ("profiles", "user_id", "somebody"),
        ("profiles", "split", "holdout"),
        ("profiles", "goals", ["bulk"]),
        ("profiles", "weekdays", []),
        ("profiles", "excluded_exercises", ["moon_walk"]),
        ("profiles", "condition_flag", "cold"),
        ("workouts", "exercise_id", "moon_walk"),
        ("workouts", "weekday", "someday"),
        ("workouts", "set_number", 0),
        ("workouts", "load_kg", -1.0),
        ("workouts", "rir", 11),
        ("workouts", "pain_level", 11),
        ("workouts", "entered_unit", "stone"),
        ("daily_logs", "calories", -1),
        ("daily_logs", "sleep_hours", 25.0),
        ("daily_logs", "day", date(2020, 1, 1)),
        ("queries", "prompt", ""),
        ("queries", "prompt_type", "poem"),
        ("queries", "equipment_band", "boat"),
        ("queries", "query_id", "c0001-u000001"),
        ("queries", "user_id", "c0001-u999999"),
    ],
)
def test_a_value_out_of_range_is_noticed(name: str, column: str, value: object):
    frame = table(name)
    rotten = pl.lit(value, dtype=frame.schema[column])
    first = pl.int_range(pl.len()) == frame.height // 2
    broken = frame.with_columns(pl.when(first).then(rotten).otherwise(column).alias(column))

    assert cases(SCHEMAS[name], broken)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_row_that_stands_twice_is_noticed(name: str):
    frame = table(name)

    assert cases(SCHEMAS[name], pl.concat([frame, frame.tail(1)]))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_missing_or_unknown_column_is_noticed(name: str):
    frame = table(name)

    assert cases(SCHEMAS[name], frame.drop(frame.columns[3]))
    assert cases(SCHEMAS[name], frame.with_columns(pl.lit(1).alias("surprise")))


@pytest.mark.parametrize("column", ["user_id", "is_deload", "session_at"])
def test_a_gap_is_noticed(column: str):
    frame = table("workouts")
    first = pl.int_range(pl.len()) == 0

    assert cases(
        SCHEMAS["workouts"],
        frame.with_columns(pl.when(~first).then(column).alias(column)),
    )


def test_slices_that_disagree_with_their_source_are_noticed():
    frame = table("profiles")

    assert "the age band is the band of the age" in cases(
        SCHEMAS["profiles"], frame.with_columns(pl.lit("65+").alias("age_band"))
    )
    assert "the flag names the one condition" in cases(
        SCHEMAS["profiles"], frame.with_columns(pl.lit("multiple").alias("condition_flag"))
    )


def test_a_missing_day_is_noticed():
    assert "every day is there" in cases(SCHEMAS["daily_logs"], table("daily_logs").tail(-1))


def test_a_set_that_counts_nothing_is_noticed():
    broken = table("workouts").with_columns(pl.lit(None, dtype=pl.Int16).alias("reps"))

    assert "a set is counted in reps, seconds or metres" in cases(SCHEMAS["workouts"], broken)


def test_a_person_in_two_splits_is_noticed():
    frame = table("queries")
    other = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("held")).otherwise("split")

    assert "a person is in one split" in cases(
        SCHEMAS["queries"], frame.with_columns(other.alias("split"))
    )


def test_the_roll_knows_strangers_repeats_and_the_absent():
    roll = Roll(["a", "b", "c", "d"])

    assert roll.strangers(["a", "x"]) == ["x"]
    assert roll.call(["a", "b", "x"]) == []
    assert roll.call(["b", "c"]) == ["b"]
    assert roll.absent == ["d"]
