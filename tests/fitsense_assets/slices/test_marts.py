"""Marts leave the warehouse release by release, in one order, and are told apart from damage."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.marts import (
    COHORT_TABLES,
    MARTS,
    export_marts,
    previous_release,
    read_mart,
    read_schemas,
    row_counts,
    table_schemas,
)
from fitsense_assets.lib.slices.warehouse import open_warehouse
from fitsense_training.domain.errors import BadInput, UnknownName


def a_lake(tmp_path: Path, **types: pl.DataType) -> Lake:
    """Each cohort has all tables with one column `x` of its type."""
    lake = Lake(str(tmp_path / "lake"))
    for cohort, dtype in types.items():
        for table in COHORT_TABLES:
            with lake.write(table, cohort) as draft:
                frame = pl.DataFrame({"x": [1], cohort: ["only here"]})
                draft.write_frame("part-00000.parquet", frame.cast({"x": dtype}))
    return lake


def a_warehouse(tmp_path: Path, order: str = "asc") -> Path:
    import duckdb

    path = tmp_path / f"{order}.duckdb"
    with duckdb.connect(str(path)) as connection:
        for mart in MARTS:
            connection.execute(
                f"create table {mart} as select * from (values ('r0001', 2), ('r0001', 1), "
                f"('r0002', 3)) as t(release, n) order by n {order}"
            )
        connection.execute("create view stg_profiles as select 'r0001' as release")
    return path


def test_only_the_release_asked_for_is_exported_in_order(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())

    manifest = export_marts(lake, "r0001", ["c1"], a_warehouse(tmp_path))

    assert read_mart(lake, "r0001", "coverage")["n"].to_list() == [1, 2]
    assert manifest.count_rows == 2 * len(MARTS)


def test_the_order_of_rows_in_the_warehouse_does_not_matter(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())

    versions = {
        export_marts(lake, "r0001", ["c1"], a_warehouse(tmp_path, order)).version
        for order in ("asc", "desc")
    }

    assert len(versions) == 1


def test_a_release_the_warehouse_does_not_hold_is_refused_and_nothing_written(
    tmp_path: Path,
) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())

    with pytest.raises(BadInput, match="holds no row of r0009"):
        export_marts(lake, "r0009", ["c1"], a_warehouse(tmp_path))
    assert not lake.exists("slice_marts", "r0009")


def test_a_warehouse_that_is_missing_or_held_elsewhere_is_told(tmp_path: Path) -> None:
    import subprocess
    import sys

    with (
        pytest.raises(BadInput, match="materialize the dbt models first"),
        open_warehouse(tmp_path / "none.duckdb"),
    ):
        pass
    path = a_warehouse(tmp_path)
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BadInput, match="open in another program"), open_warehouse(path):
            pass
        holder.communicate("done\n")


def test_tables_are_counted_by_release_and_views_are_not(tmp_path: Path) -> None:
    counts = row_counts(a_warehouse(tmp_path), ["coverage", "stg_profiles", "unknown"], "r0001")

    assert counts == {"coverage": 2}


def test_schemas_tell_where_cohorts_differ(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64(), c2=pl.Float64())

    schemas = table_schemas(lake, ["c1", "c2"])

    assert schemas["workouts"] == {
        "x": "Float64, Int64",
        "c1": "String, absent",
        "c2": "String, absent",
    }


def test_the_schemas_of_a_release_stay_with_its_marts(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())
    export_marts(lake, "r0001", ["c1"], a_warehouse(tmp_path))

    assert read_schemas(lake, "r0001")["profiles"] == {"c1": "String", "x": "Int64"}


def test_the_release_before_is_the_last_one_with_marts(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())
    warehouse = a_warehouse(tmp_path)
    for key in ("r0001", "r0002"):
        export_marts(lake, key, ["c1"], warehouse)

    assert previous_release(lake, "r0001") is None
    assert previous_release(lake, "r0005") == "r0002"


def test_an_unknown_mart_is_named(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, c1=pl.Int64())
    export_marts(lake, "r0001", ["c1"], a_warehouse(tmp_path))

    with pytest.raises(UnknownName, match="no mart 'nonsense'"):
        read_mart(lake, "r0001", "nonsense")
