"""History: what the logs of each person add up to, as a coach would read them.

Working loads of the last 28 days, how the last two exposures of each exercise went, how long ago
and how often they came, how they slept, and whether a lighter week is due.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.science.strength import round_down
from fitsense_training.domain.vocabulary import LiftStatus, Readiness

SET_COLUMNS = [
    "user_id",
    "session_at",
    "exercise_id",
    "is_warm_up",
    "is_deload",
    "target_reps_low",
    "target_reps_high",
    "target_rir",
    "reps",
    "rir",
    "load_kg",
    "pain_level",
]
DAY_COLUMNS = ["user_id", "day", "sleep_hours"]
LOG_DAYS = 28
ADHERENCE_DAYS = 14
DELOAD_DUE_DAYS = 42
SHORT_SLEEP_H, SHORT_NIGHT_H = 6.0, 5.0
PAIN_LEVEL = 4


@dataclass(frozen=True)
class History:
    """One person's logs; `gap_days` is None for somebody who never came."""

    lifts: tuple[tuple[str, float], ...] = ()
    statuses: dict[str, LiftStatus] = field(default_factory=dict[str, LiftStatus])
    gap_days: int | None = None
    count_recent_sessions: int = 0
    days_since_deload: int = 0
    readiness: Readiness = Readiness.OK


def read_histories(
    rules: CohortConfig, workouts: pl.DataFrame, daily_logs: pl.DataFrame
) -> dict[str, History]:
    """The history of everybody in these logs, by user id."""
    day = pl.col("session_at").dt.date()
    visits = _visits(workouts.with_columns(day.alias("day")), rules)
    lifts = _lifts(workouts.with_columns(day.alias("day")), rules.end_date)
    tired = _tired(daily_logs, rules.end_date)
    by_user: dict[str, tuple[list[tuple[str, float]], dict[str, LiftStatus]]] = {}
    for user, exercise, load_kg, status in lifts:
        loads, statuses = by_user.setdefault(user, ([], {}))
        statuses[exercise] = LiftStatus(status)
        if load_kg is not None:
            loads.append((exercise, inventory_load_kg(exercise, load_kg)))
    found: dict[str, History] = {}
    for user, gap_days, recent, since in visits:
        loads, statuses = by_user.get(user, ([], {}))
        readiness = Readiness.POOR if user in tired else Readiness.OK
        found[user] = History(tuple(loads), statuses, gap_days, recent, since, readiness)
    return found


def inventory_load_kg(exercise_id: str, load_kg: float) -> float:
    """The load rounded down to the inventory, at least the lightest there is."""
    exercise = load_catalogue().by_id(exercise_id)
    return max(round_down(load_kg, exercise.load_step_kg), exercise.min_load_kg)


def _visits(workouts: pl.DataFrame, rules: CohortConfig) -> Iterator[tuple[str, int, int, int]]:
    end = rules.end_date
    recent = pl.col("day") > end - timedelta(days=ADHERENCE_DAYS)
    last_light = pl.col("day").filter("is_deload").max().fill_null(rules.first_day)
    table = workouts.group_by("user_id", maintain_order=True).agg(
        (pl.lit(end) - pl.col("day").max()).dt.total_days().alias("gap_days"),
        pl.col("day").filter(recent).n_unique().alias("recent"),
        (pl.lit(end) - last_light).dt.total_days().alias("since"),
    )
    return iter(table.rows())


def _lifts(workouts: pl.DataFrame, end: date) -> list[tuple[str, str, float | None, str]]:
    """User, exercise, working load and status, in order of user and exercise."""
    sets = workouts.filter(
        (pl.col("day") > end - timedelta(days=LOG_DAYS))
        & ~pl.col("is_warm_up")
        & ~pl.col("is_deload")
        & (pl.col("reps").is_not_null() | pl.col("load_kg").is_not_null())
    )
    exposures = sets.group_by("user_id", "exercise_id", "session_at").agg(
        pl.col("load_kg").median(),
        # Timed sets have no reps and stay in the middle.
        (pl.col("reps") >= pl.col("target_reps_high")).min().fill_null(value=False).alias("is_top"),
        (pl.col("reps").min() <= pl.col("target_reps_low").min() - 2).alias("is_missed"),
        (pl.col("rir").mean() >= pl.col("target_rir").mean() - 0.5).alias("is_in_reserve"),
        pl.col("pain_level").max(),
    )
    by_time = exposures.sort("user_id", "exercise_id", "session_at")
    lifts = by_time.group_by("user_id", "exercise_id", maintain_order=True).agg(
        # The median of three outlives one load entered in the wrong unit.
        pl.col("load_kg").tail(3).median(),
        (pl.col("is_top") & pl.col("is_in_reserve").fill_null(value=True)).last().alias("is_top"),
        (pl.col("is_missed").tail(2).sum() == 2).fill_null(value=False).alias("is_stalled"),
        (pl.col("pain_level").last() >= PAIN_LEVEL).alias("is_painful"),
    )
    status = (
        pl.when("is_painful")
        .then(pl.lit(LiftStatus.PAIN.value))
        .when("is_stalled")
        .then(pl.lit(LiftStatus.STALL.value))
        .when("is_top")
        .then(pl.lit(LiftStatus.TOP.value))
        .otherwise(pl.lit(LiftStatus.MID.value))
    )
    return lifts.select("user_id", "exercise_id", "load_kg", status.alias("status")).rows()


def _tired(daily_logs: pl.DataFrame, end: date) -> set[str]:
    """Who slept badly: under six hours over three nights, or under five in the last."""
    nights = daily_logs.filter(pl.col("day") > end - timedelta(days=3))
    table = nights.group_by("user_id").agg(
        pl.col("sleep_hours").mean().alias("mean"), pl.col("sleep_hours").last().alias("last")
    )
    short = (pl.col("mean") < SHORT_SLEEP_H) | (pl.col("last") < SHORT_NIGHT_H)
    return set(table.filter(short)["user_id"])
