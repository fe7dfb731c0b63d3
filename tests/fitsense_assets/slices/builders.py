"""Small marts, and lakes with a real little cohort."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import write_manifest
from fitsense_assets.lib.release.spec import add_release
from fitsense_assets.lib.release.splits import write_splits
from fitsense_assets.lib.slices.measures import DIMENSIONS
from fitsense_assets.lib.teacher import stages as teacher_stages
from fitsense_assets.lib.teacher.reference import ReferenceTeacher
from fitsense_training.domain.coach.reference import coach

ANOMALY_SCHEMA = {
    **dict.fromkeys(("kind", "table_name", "column_name", "dimension", "slice_value"), pl.String),
    "count_rows": pl.Int64,
    "count_anomalies": pl.Int64,
    "anomaly_share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def an_anomaly(count: int, of: int = 1000, **changes: Any) -> dict[str, Any]:
    """So many missing ages among everybody."""
    row = {
        "kind": "missing",
        "table_name": "profiles",
        "column_name": "age_years",
        "dimension": "all",
        "slice_value": "all",
        "count_rows": of,
        "count_anomalies": count,
        "anomaly_share": count / of,
        "low": None,
        "high": None,
    }
    return {**row, **changes}


def anomalies_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """The mart."""
    return pl.DataFrame(list(rows), schema=ANOMALY_SCHEMA)


def distributions_of(**counts: Sequence[int]) -> pl.DataFrame:
    """`slice_distributions` of people: per variable the counts of its bins."""
    rows = [
        ("people", variable, f"bin {place}", count)
        for variable, bins in counts.items()
        for place, count in enumerate(bins)
        if count
    ]
    schema = {**dict.fromkeys(("population", "variable", "bin_label"), pl.String)}
    return pl.DataFrame(rows, schema={**schema, "count_rows": pl.Int64}, orient="row")


def answers_of(*groups: tuple[int, int, dict[str, Any]], a_person: int = 1) -> pl.DataFrame:
    """`answers`: (rows, good ones, what is special about them); bad ones break a BLOCK rule.

    `a_person` rows in a row come from one person.
    """
    frames = [_group(place, *group, a_person) for place, group in enumerate(groups)]
    return pl.concat(frames, how="vertical_relaxed")


def _group(
    place: int, rows: int, good: int, special: dict[str, Any], a_person: int
) -> pl.DataFrame:
    is_good = pl.int_range(rows) < good
    columns: dict[str, Any] = {
        **dict.fromkeys(DIMENSIONS, "alike"),
        "split": "train",
        "sampling_weight": 1.0,
        "plan_chars": 900,
        "is_handoff": False,
        "is_failed": False,
        **special,
    }
    fixed = {name: pl.lit(value) for name, value in columns.items()}
    number = pl.int_range(rows)
    return (
        pl.select(
            query_id=pl.format("g{}-q{}", pl.lit(place), number),
            user_id=pl.format("g{}-u{}", pl.lit(place), number // a_person),
            is_accepted=is_good,
            is_task_success=is_good,
            has_block=~is_good,
            has_finding=~is_good,
        )
        .with_columns(**fixed)
        .cast({"plan_chars": pl.Int64})
    )


def counts_of(*slices: tuple[str, str, int, float], **more: int) -> pl.DataFrame:
    """`slice_counts`: (dimension, value, training rows, part of the population)."""
    return pl.DataFrame(
        [
            {
                "count_dimensions": 0 if dimension == "all" else 1,
                "dimension": dimension,
                "slice_value": value,
                "second_dimension": "all",
                "second_value": "all",
                "count_queries": more.get("count_queries", count),
                "count_train": count,
                "population_share": share,
            }
            for dimension, value, count, share in slices
        ]
    )


def write_little_cohort(lake: Lake, key: str, seed: int) -> None:
    """Forty real people: what they are, logged, asked and were told."""
    add_cohort(lake, key, make_config(users=40, seed=seed, lookback_days=30))
    stages.write_profiles(lake, key)
    stages.write_workouts(lake, key, coach)
    stages.write_daily_logs(lake, key)
    stages.write_queries(lake, key)
    teacher_stages.write_responses(lake, key, ReferenceTeacher(coach))
    teacher_stages.write_reviews(lake, key)


def write_little_release(lake: Lake, key: str, cohorts: Sequence[str]) -> None:
    """Pin cohorts and split them."""
    add_release(lake, key, cohorts, "a test")
    write_manifest(lake, key)
    write_splits(lake, key)
