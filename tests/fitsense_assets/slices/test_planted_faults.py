"""Faults planted in a lake, each caught by the check that is meant for it, through real dbt."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import verify_release
from fitsense_assets.lib.slices.anomaly_report import assess
from fitsense_assets.lib.slices.marts import export_marts
from fitsense_assets.lib.slices.policy import AnomalyPolicy, load_anomaly_policy
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings
from tests.fitsense_assets.slices.builders import write_little_cohort, write_little_release
from tests.fitsense_assets.slices.test_slice_stage import build, told_by_dbt

FIRST, SECOND = ("r0001", ["c0001"]), ("r0002", ["c0002"])
ONLY_MODELS = ("build", "--exclude-resource-types", "unit_test", "test")
LABELS = ("test", "--select", "nothing_rejected_is_learned")
BREAKS = ("run", "--select", "stg_profiles", "stg_workouts")


def a_strict_policy() -> AnomalyPolicy:
    """The shipped policy for forty people instead of hundreds."""
    policy = load_anomaly_policy()
    shift = policy.shift.model_copy(update={"minimum_n": 10})
    return policy.model_copy(update={"minimum_n": 10, "shift": shift})


def rewrite(lake: Lake, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write a table of the second cohort again, changed."""
    frame = change(lake.read_frame(table, "c0002"))
    with lake.write(table, "c0002") as draft:
        draft.write_frame("part-00000.parquet", frame)


def odd_profiles(profiles: pl.DataFrame) -> pl.DataFrame:
    """Holes, impossible bodies, far-off sessions, everybody old, and a column by another name."""
    row = pl.int_range(pl.len())
    return profiles.with_columns(
        height_cm=pl.when(row < 4).then(None).otherwise("height_cm"),
        weight_kg=pl.when(row < 3).then(500.0).otherwise("weight_kg"),
        session_minutes=pl.when(row < 6).then(179).otherwise(30 + 5 * (row % 3)).cast(pl.Int64),
        age=pl.lit(95, pl.Int64),
    ).rename({"allergies": "allergens"})


def plant(lake: Lake) -> None:
    rewrite(lake, "profiles", odd_profiles)
    rewrite(lake, "daily_logs", lambda logs: pl.concat([logs, logs.head(1)]))
    rewrite(
        lake, "queries", lambda asked: asked.with_columns(pl.col("sex").replace("female", "male"))
    )
    every_tenth = pl.int_range(pl.len()) % 10 == 0
    rewrite(
        lake,
        "reviewed_responses",
        lambda seen: seen.with_columns(is_accepted=pl.col("is_accepted") ^ every_tenth),
    )


@pytest.mark.slow
def test_each_planted_fault_is_caught_by_the_check_meant_for_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    lake, warehouse = Lake(settings.lake_root), settings.warehouse_path
    for seed, (release, (cohort,)) in enumerate((FIRST, SECOND), start=1):
        write_little_cohort(lake, cohort, seed)
        write_little_release(lake, release, [cohort])
    plant(lake)
    for release, cohorts in (FIRST, SECOND):
        build(settings, lake, release, cohorts, *ONLY_MODELS)
        export_marts(lake, release, cohorts, warehouse)

    found = {
        (finding.kind, finding.place, finding.slice_name, finding.level.value)
        for finding in assess(lake, "r0002", a_strict_policy()).findings
    }

    assert found >= {
        ("missing", "profiles.height_cm", "all", "BLOCK"),
        ("range", "profiles.weight_kg", "all", "BLOCK"),
        ("outlier_iqr", "profiles.session_minutes", "all", "WARN"),
        ("duplicate", "daily_logs.user_id, day", "all", "BLOCK"),
        ("schema", "profiles.allergies", "all", "BLOCK"),
        ("schema", "profiles.allergens", "all", "WARN"),
        ("slice", "queries.sex", "sex=female", "BLOCK"),
        ("shift", "people.age_years", "all", "BLOCK"),
    }
    # A table that is not the pinned one is told before dbt is even started.
    with pytest.raises(BadInput, match=r"c0002 .* differs"):
        verify_release(lake, "r0002")

    # dbt itself names labels that are wrong, a file whose footer is cut, and a column that is gone.
    assert "FAIL" in told_by_dbt(settings, lake, *SECOND, *LABELS)
    (part,) = lake.folder("profiles", "c0002").glob("*.parquet")
    part.write_bytes(part.read_bytes()[:-20])
    rewrite(lake, "workouts", lambda logged: logged.rename({"reps": "repetitions"}))
    told = told_by_dbt(settings, lake, *SECOND, *BREAKS)
    assert part.name in told
    assert '"reps" not found' in told
    assert "ERROR=2" in told
