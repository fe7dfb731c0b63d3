"""What every row of a cohort's tables must be: types, ranges, closed words, keys.

The schemas validate whole parts in memory; whether a person or a query is known at all is for
`roll.py`. Importing this module costs seconds (pandera), so checks import it when they run.
"""

from collections.abc import Iterable

import pandera.polars as pa
import polars as pl

from fitsense_assets.lib.cohort import queries
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.medical import injury_words
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    PromptType,
    ScreeningState,
    SessionFocus,
    Sex,
    Weekday,
)

SPLITS = ("train", "val", "test")
FLAGS = ("none", *Condition, "multiple")
USER_ID = r"^[a-z][a-z0-9]{1,15}-u\d{6,8}$"
PLAN_ID = r"^p-[0-9a-f]{12}$"
REPS = ("target_reps_low", "target_reps_high", "reps")


def one_of(words: Iterable[str], *, nullable: bool = False) -> pa.Column:
    """A text column of closed words."""
    return pa.Column(pl.String, pa.Check.isin([str(word) for word in words]), nullable=nullable)


def list_of(words: Iterable[str], low: int = 0, high: int = 32) -> pa.Column:
    """A column of lists of closed words, each between low and high words long."""
    known = [str(word) for word in words]

    def are_known(column: pa.PolarsData) -> pl.LazyFrame:
        items = pl.col(column.key)
        fits = items.list.len().is_between(low, high)
        return column.lazyframe.select(items.list.eval(pl.element().is_in(known)).list.all() & fits)

    return pa.Column(pl.List(pl.String), pa.Check(are_known, error=f"{low}-{high} known words"))


def between(
    kind: type[pl.DataType], low: float, high: float, *, nullable: bool = False
) -> pa.Column:
    """A column of numbers within a closed range."""
    return pa.Column(kind, pa.Check.in_range(low, high), nullable=nullable)


def holds(truth: pl.Expr, sentence: str) -> pa.Check:
    """A check that every row satisfies an expression; the sentence says what it asks for."""

    def looked_at(rows: pa.PolarsData) -> pl.LazyFrame:
        return rows.lazyframe.select(truth.alias("holds"))

    return pa.Check(looked_at, error=sentence)


def profile_schema(key: str) -> pa.DataFrameSchema:
    """One possible person a row."""
    flag = (
        pl.when(pl.col("conditions").list.len() == 0)
        .then(pl.lit("none"))
        .when(pl.col("conditions").list.len() == 1)
        .then(pl.col("conditions").list.first())
        .otherwise(pl.lit("multiple"))
    )
    band_of = {age: str(AgeBand.of(age)) for age in range(13, 101)}
    band = pl.col("age").replace_strict(band_of, default=None, return_dtype=pl.String)
    return pa.DataFrameSchema(
        {
            "user_id": pa.Column(pl.String, pa.Check.str_matches(USER_ID), unique=True),
            "cohort": one_of([key]),
            "weight": between(pl.Float64, 0.01, 1),
            "split": one_of(SPLITS),
            "age": between(pl.Int64, 13, 100),
            "sex": one_of(Sex),
            "height_cm": between(pl.Float64, 120, 230),
            "weight_kg": between(pl.Float64, 30, 300),
            "activity_level": one_of(ActivityLevel),
            "experience_level": one_of(ExperienceLevel),
            "goals": list_of(Goal, 1, 3),
            "weekdays": list_of(Weekday, 1, 6),
            "session_minutes": between(pl.Int64, 15, 120),
            "equipment": list_of(Equipment),
            "conditions": list_of(Condition),
            "condition_severities": list_of(ConditionSeverity),
            "excluded_exercises": list_of(exercise.id for exercise in load_catalogue()),
            "has_symptoms": pa.Column(pl.Boolean),
            "medications": pa.Column(pl.List(pl.String)),
            "allergies": pa.Column(pl.List(pl.String)),
            "age_band": one_of(AgeBand),
            "condition_flag": one_of(FLAGS),
            "screening_state": one_of(ScreeningState),
            "goal_type": one_of(Goal),
            "profile_json": pa.Column(pl.String, pa.Check.str_startswith("{")),
            "injuries": list_of(injury_words()),
            "has_guardian_consent": pa.Column(pl.Boolean, nullable=True),
            "screening_json": pa.Column(pl.String, pa.Check.str_startswith("{")),
        },
        checks=[
            holds(pl.col("age_band") == band, "the age band is the band of the age"),
            holds(pl.col("condition_flag") == flag, "the flag names the one condition"),
            holds(pl.col("goal_type") == pl.col("goals").list.first(), "goal_type is goals[0]"),
            holds(
                pl.col("conditions").list.len() == pl.col("condition_severities").list.len(),
                "every condition has a severity",
            ),
            holds(
                pl.col("has_guardian_consent").eq_missing(
                    pl.when(pl.col("age") < 18).then(pl.lit(value=True))
                ),
                "minors, and only they, have the consent of a guardian",
            ),
        ],
        strict=True,
    )


def workout_schema(rules: CohortConfig) -> pa.DataFrameSchema:
    """One logged set a row, counted in reps, seconds or metres."""
    day = pl.col("session_at").dt.date()
    counted = [pl.col("reps"), pl.col("duration_s"), pl.col("distance_m")]
    is_counted_once = pl.sum_horizontal(c.is_not_null() for c in counted) == 1
    return pa.DataFrameSchema(
        {
            "user_id": pa.Column(pl.String),
            "plan_id": pa.Column(pl.String, pa.Check.str_matches(PLAN_ID)),
            "session_at": pa.Column(pl.Datetime("us", "UTC")),
            "session_index": between(pl.Int16, 0, 366),
            "weekday": one_of(Weekday),
            "focus": one_of(SessionFocus),
            "exercise_id": one_of(exercise.id for exercise in load_catalogue()),
            "exercise_position": between(pl.Int16, 0, 15),
            "set_number": between(pl.Int16, 1, 12),
            "is_warm_up": pa.Column(pl.Boolean),
            "is_deload": pa.Column(pl.Boolean),
            **{name: between(pl.Int16, 1, 40, nullable=True) for name in REPS},
            "target_rir": between(pl.Int16, 0, 10, nullable=True),
            "rir": between(pl.Int16, 0, 10, nullable=True),
            "target_load_kg": between(pl.Float64, 0.5, 500, nullable=True),
            # Pounds entered as kg make a load 2.2 times what it was.
            "load_kg": between(pl.Float64, 0.2, 1200, nullable=True),
            "entered_unit": one_of(["kg", "lb"]),
            "duration_s": between(pl.Int16, 1, 7200, nullable=True),
            "distance_m": between(pl.Int16, 1, 7200, nullable=True),
            "target_rest_s": between(pl.Int16, 0, 600),
            "pain_level": between(pl.Int8, 0, 10),
        },
        checks=[
            holds(is_counted_once, "a set is counted in reps, seconds or metres"),
            holds(day.is_between(rules.first_day, rules.end_date), "sets lie in the window"),
            holds(
                pl.col("target_reps_low").is_null()
                | (pl.col("target_reps_low") <= pl.col("target_reps_high")),
                "targets run from low to high",
            ),
        ],
        unique=["user_id", "session_at", "exercise_id", "set_number"],
        strict=True,
    )


def daily_log_schema(rules: CohortConfig) -> pa.DataFrameSchema:
    """One day of one person a row."""
    is_in_window = pl.col("day").is_between(rules.first_day, rules.end_date)
    return pa.DataFrameSchema(
        {
            "user_id": pa.Column(pl.String),
            "day": pa.Column(pl.Date),
            "calories": between(pl.Int16, 0, 10_000),
            "sleep_hours": between(pl.Float32, 0, 24),
            "weight_kg": between(pl.Float64, 30, 300, nullable=True),
        },
        checks=[
            holds(is_in_window, "days lie in the window"),
            holds(pl.len().over("user_id") == rules.lookback_days, "every day is there"),
        ],
        unique=["user_id", "day"],
        strict=True,
    )


def query_schema(key: str) -> pa.DataFrameSchema:
    """One question a row; its slices are closed words."""
    texts = {
        name: pa.Column(pl.String, pa.Check.str_length(min_value=1)) for name in queries.SCHEMA
    }
    is_own = pl.col("query_id").str.starts_with(pl.col("user_id"))
    return pa.DataFrameSchema(
        {
            **texts,
            "query_id": pa.Column(pl.String, pa.Check.str_contains(r"-q\d+$"), unique=True),
            "cohort": one_of([key]),
            "expected_constraints": pa.Column(pl.List(pl.String)),
            **slice_columns(),
        },
        checks=[
            holds(is_own, "a query's id begins with its user's"),
            holds(pl.col("split").n_unique().over("user_id") == 1, "a person is in one split"),
        ],
        strict=True,
    )


def slice_columns() -> dict[str, pa.Column]:
    """What queries are sliced and split by."""
    return {
        "split": one_of(SPLITS),
        "prompt_type": one_of(PromptType),
        "goal_type": one_of(Goal),
        "activity_level": one_of(ActivityLevel),
        "condition_flag": one_of(FLAGS),
        "age_band": one_of(AgeBand),
        "sex": one_of(Sex),
        "experience_level": one_of(ExperienceLevel),
        "equipment_band": one_of(["none", "some", "gym"]),
    }
