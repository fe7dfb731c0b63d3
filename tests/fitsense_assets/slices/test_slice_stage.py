"""The whole stage on little real cohorts: dbt with all its tests, then Dagster around it."""

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.anomaly_report import read_findings
from fitsense_assets.lib.slices.marts import MARTS, SCHEMAS, export_marts, read_mart, row_counts
from fitsense_assets.lib.slices.project import (
    PROJECT,
    dbt_command,
    dbt_environment,
    dbt_vars,
    run_folder,
)
from fitsense_assets.lib.slices.warehouse import open_warehouse
from fitsense_training.settings import Settings
from tests.fitsense_assets.slices.builders import write_little_cohort, write_little_release

if TYPE_CHECKING:
    import dagster as dg


def build(settings: Settings, lake: Lake, release: str, cohorts: list[str], *more: str) -> str:
    """Run dbt as a person would; what it says."""
    done = run_dbt(settings, lake, release, cohorts, *more)
    assert done.returncode == 0, done.stdout
    return done.stdout


def told_by_dbt(
    settings: Settings, lake: Lake, release: str, cohorts: list[str], *more: str
) -> str:
    """What dbt says where it cannot go on."""
    done = run_dbt(settings, lake, release, cohorts, *more)
    assert done.returncode != 0, done.stdout
    return done.stdout


def run_dbt(
    settings: Settings, lake: Lake, release: str, cohorts: list[str], *more: str
) -> subprocess.CompletedProcess[str]:
    """dbt in a process of its own, as the stage starts it."""
    args = (*more, "--vars", dbt_vars(lake, release, cohorts))
    return subprocess.run(
        dbt_command(*args),
        env=dbt_environment(settings, run_folder(settings, release)),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_marts_are_the_same_again_and_stay_when_another_release_comes(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    lake, warehouse = Lake(settings.lake_root), settings.warehouse_path
    for seed, cohort in enumerate(("c0001", "c0002"), start=1):
        write_little_cohort(lake, cohort, seed)
    write_little_release(lake, "r0001", ["c0001"])
    write_little_release(lake, "r0002", ["c0001", "c0002"])

    # With the unit tests of the SQL, once.
    told = build(settings, lake, "r0001", ["c0001"], "build")
    first = export_marts(lake, "r0001", ["c0001"], warehouse)
    assert "ERROR=0" in told
    assert "9 unit tests" in told

    only_data = ("build", "--exclude-resource-type", "unit_test")
    build(settings, lake, "r0001", ["c0001"], *only_data)
    again = export_marts(lake, "r0001", ["c0001"], warehouse)
    assert again.version == first.version

    build(settings, lake, "r0002", ["c0001", "c0002"], *only_data)
    second = export_marts(lake, "r0002", ["c0001", "c0002"], warehouse)
    beside = export_marts(lake, "r0001", ["c0001"], warehouse)
    assert beside.version == first.version
    assert second.version != first.version
    counts = [row_counts(warehouse, MARTS, key) for key in ("r0001", "r0002")]
    # A view shows the rows of another table, so it is not counted.
    assert all({*MARTS} - {*each} == {"answers"} and all(each.values()) for each in counts)
    assert_whole(lake, "r0002", ["c0001", "c0002"])

    build(settings, lake, "r0002", ["c0001", "c0002"], "docs", "generate")
    assert (run_folder(settings, "r0002") / "catalog.json").exists()


def assert_whole(lake: Lake, release: str, cohorts: list[str]) -> None:
    """The marts count what the lake holds."""
    asked = sum(lake.manifest("queries", cohort).count_rows for cohort in cohorts)
    people = sum(lake.manifest("profiles", cohort).count_rows for cohort in cohorts)
    whole = read_mart(lake, release, "slice_counts").row(0, named=True)
    assert (whole["dimension"], whole["count_queries"]) == ("all", asked)
    splits = whole["count_train"] + whole["count_val"] + whole["count_test"]
    assert splits == lake.manifest("sft_splits", release).count_rows
    statistics = read_mart(lake, release, "feature_statistics")
    assert set(statistics.filter(statistics["dimension"] == "all")["count_rows"]) == {people}


@pytest.mark.slow
# Dagster calls partitioned checks and backfill policies previews, and reads pydantic's old fields;
# dagster_dbt brings an SQL parser that complains of its own speed-up.
@pytest.mark.filterwarnings(
    "ignore::dagster.PreviewWarning",
    "ignore::dagster.BetaWarning",
    "ignore::pydantic.PydanticDeprecatedSince20",
    "ignore:sqlglotrs is deprecated:DeprecationWarning",
)
def test_dagster_runs_the_stage_and_stops_at_what_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    from fitsense_assets.defs.resources import Home
    from fitsense_assets.defs.slices import assets, checks

    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    lake = Lake(str(tmp_path / "lake"))
    write_little_cohort(lake, "c0001", seed=1)
    write_little_release(lake, "r0001", ["c0001"])
    write_little_release(lake, "r0002", ["c0001"])
    stage = [
        assets.slice_models,
        assets.slice_marts,
        assets.anomaly_report,
        assets.bias_report,
        checks.no_anomaly_blocks,
        checks.no_bias_blocks,
        checks.no_slice_is_worse_off,
        checks.no_slice_is_left_out,
    ]

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("release", ["r0001", "r0002"])

        def run(release: str, *only: str) -> dg.ExecuteInProcessResult:
            return dg.materialize(
                stage,
                partition_key=release,
                instance=instance,
                resources={"home": Home()},
                selection=dg.AssetSelection.assets(*only) if only else None,
                raise_on_error=False,
            )

        first = run("r0001")
        assert first.success
        told = metadata_of(first)
        assert int(str(told["slice_quality"]["dagster/row_count"].value)) > 100
        assert "| reference |" in str(told["slice_quality"]["least_accepted"].value)
        assert str(told["bias_report"]["disparities"].value).startswith("![disparities](data:")
        checked = {e.check_name: e.passed for e in first.get_asset_check_evaluations()}
        assert checked["nothing_rejected_is_learned"]
        assert checked["no_anomaly_blocks"]
        assert checked["no_bias_blocks"]
        with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
            figures = connection.sql("select distinct release from bias_disparities").fetchall()
        assert figures == [("r0001",)]

        a_column_was_there_before(lake, "r0001")
        second = run("r0002")
        found = {(f.level, f.place) for f in read_findings(lake, "r0002")}
        assert ("BLOCK", "profiles.gone") in found
        (check,) = (
            e for e in second.get_asset_check_evaluations() if e.check_name == "no_anomaly_blocks"
        )
        assert not check.passed

        # One mart alone, of the release before: the views are put back to it first.
        alone = run("r0001", "coverage")
        assert alone.success
        assert set(metadata_of(alone)) == {"coverage"}
        assert (
            metadata_of(alone)["coverage"]["dagster/row_count"].value
            == told["coverage"]["dagster/row_count"].value
        )


def metadata_of(
    result: "dg.ExecuteInProcessResult",
) -> "dict[str, dict[str, dg.MetadataValue]]":
    made = [
        e.step_materialization_data.materialization
        for e in result.get_asset_materialization_events()
    ]
    return {m.asset_key.to_user_string(): dict(m.metadata) for m in made}


def a_column_was_there_before(lake: Lake, release: str) -> None:
    """Write the marts of a release again as if a table had had one column more."""
    frames = {mart: read_mart(lake, release, mart) for mart in MARTS}
    schemas = json.loads(lake.read_text("slice_marts", release, SCHEMAS))
    schemas["profiles"]["gone"] = "String"
    with lake.write("slice_marts", release) as draft:
        for mart, frame in frames.items():
            draft.write_frame(f"{mart}.parquet", frame)
        draft.write_text(SCHEMAS, json.dumps(schemas))
