"""What the UI is told of each partition that an asset writes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.writing import write_each
from fitsense_assets.lib.lake import Lake, Manifest

BOTH = {
    "dagster/asset_partition_range_start": "c0001",
    "dagster/asset_partition_range_end": "c0002",
}


@dg.asset(partitions_def=cohorts, backfill_policy=dg.BackfillPolicy.single_run())
def sets(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """A table whose second cohort has a column more."""

    def write(key: str) -> Manifest:
        frame = pl.DataFrame({"user_id": ["a"], "reps": [8]})
        if key == "c0002":
            frame = frame.with_columns(load_kg=pl.lit(2.5))
        with home.lake.write("sets", key) as draft:
            draft.write_frame("part-00000.parquet", frame)
        return draft.sealed

    return write_each(context, write)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Mapping[str, Any]]:
    """The metadata of each cohort after one run over both."""
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("cohort", ["c0001", "c0002"])
        result = dg.materialize([sets], instance=instance, tags=BOTH, resources={"home": Home()})
        made = result.asset_materializations_for_node("sets")
    return {str(each.partition): each.metadata for each in made}


def columns(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    schema = metadata["dagster/column_schema"].schema
    return [(column.name, column.type) for column in schema.columns]


def test_each_cohort_shows_the_columns_its_files_have(told: Mapping[str, Mapping[str, Any]]):
    assert columns(told["c0001"]) == [("user_id", "String"), ("reps", "Int64")]
    assert columns(told["c0002"]) == [*columns(told["c0001"]), ("load_kg", "Float64")]


def test_each_cohort_of_a_range_tells_its_own_version(
    told: Mapping[str, Mapping[str, Any]], tmp_path: Path
):
    lake = Lake(str(tmp_path / "lake"))

    assert {key: facts["data_version"].value for key, facts in told.items()} == {
        key: lake.manifest("sets", key).version for key in ("c0001", "c0002")
    }
