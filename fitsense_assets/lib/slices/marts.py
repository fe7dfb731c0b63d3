"""The marts of a release: out of the warehouse into the lake, and read from there.

The DuckDB file is compute and may be deleted; what follows reads the Parquet of `slice_marts`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from fitsense_assets.lib import markdown
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.slices.warehouse import open_warehouse
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName

if TYPE_CHECKING:
    import duckdb

VERSION = "2"
TABLE = "slice_marts"
SCHEMAS = "schemas.json"
MARTS = (
    "answers",
    "anomalies",
    "coverage",
    "feature_statistics",
    "slice_counts",
    "slice_distributions",
    "slice_quality",
)
COHORT_TABLES = ("profiles", "workouts", "daily_logs", "queries", "reviewed_responses")
Schemas = dict[str, dict[str, str]]


def row_counts(warehouse: Path, names: Sequence[str], release: str) -> dict[str, int]:
    """How many rows of a release each table of the warehouse holds; views are not counted."""
    with open_warehouse(warehouse) as connection:
        tables = {row[0] for row in connection.execute(_TABLES_WITH_RELEASE).fetchall()}
        return {
            name: connection.execute(
                f'select count(*) from "{name}" where release = ?',  # noqa: S608 - a known table
                [release],
            ).fetchall()[0][0]
            for name in names
            if name in tables
        }


_TABLES_WITH_RELEASE = """
select t.table_name
from information_schema.tables as t
inner join information_schema.columns as c on t.table_name = c.table_name
where t.table_type = 'BASE TABLE' and c.column_name = 'release'
"""


def worst_slices(warehouse: Path, release: str) -> str:
    """The slices whose answers are accepted least often, as a Markdown table."""
    with open_warehouse(warehouse) as connection:
        found: pl.DataFrame = connection.sql(_WORST_SLICES, params=[release]).pl()
    return markdown.table(found.columns, found.rows())


_WORST_SLICES = """
select teacher, dimension, slice_value, count_responses, accept_share, task_success_share,
    count_with_block, count_with_fix, count_with_warn
from slice_quality
where release = ? and count_dimensions < 2
order by accept_share, teacher, dimension, slice_value
limit 15
"""


def export_marts(lake: Lake, release: str, cohorts: Sequence[str], warehouse: Path) -> Manifest:
    """Write the marts of a release as one lake partition; equal marts give equal bytes.

    Raises:
        BadInput: the warehouse holds nothing of this release.
    """
    schemas = table_schemas(lake, cohorts)
    with lake.write(TABLE, release) as draft:
        with open_warehouse(warehouse) as connection:
            for mart in MARTS:
                draft.write_frame(f"{mart}.parquet", _mart(connection, mart, release))
        draft.write_text(SCHEMAS, json.dumps(schemas, indent=1, sort_keys=True))
        draft.facts.update(code_version=VERSION)
    return draft.sealed


def _mart(connection: "duckdb.DuckDBPyConnection", mart: str, release: str) -> pl.DataFrame:
    query = f"select * from {mart} where release = ? order by all"  # noqa: S608 - a known mart
    frame: pl.DataFrame = connection.sql(query, params=[release]).pl()
    if frame.is_empty():
        raise BadInput(f"{mart} holds no row of {release}: materialize the dbt models of {release}")
    return frame


def table_schemas(lake: Lake, cohorts: Sequence[str]) -> Schemas:
    """Per table its columns and their types; where cohorts differ, all types, or `absent`."""
    found: Schemas = {}
    for table in COHORT_TABLES:
        each = [_parquet_schema(lake, table, cohort) for cohort in cohorts]
        columns = sorted({column for schema in each for column in schema})
        found[table] = {
            column: ", ".join(sorted({schema.get(column, "absent") for schema in each}))
            for column in columns
        }
    return found


def _parquet_schema(lake: Lake, table: str, cohort: str) -> dict[str, str]:
    names = [entry.name for entry in lake.manifest(table, cohort).files]
    first = next((name for name in names if name.endswith(".parquet")), None)
    if first is None:
        raise CorruptArtifact(f"{table} {cohort} holds no Parquet file: materialize it again")
    with (lake.folder(table, cohort) / first).open("rb") as source:
        return {name: str(dtype) for name, dtype in pl.read_parquet_schema(source).items()}


def read_mart(lake: Lake, release: str, mart: str) -> pl.DataFrame:
    """One mart of a release, verified."""
    name = f"{mart}.parquet"
    if name not in {entry.name for entry in lake.verify(TABLE, release).files}:
        if mart in MARTS:
            raise UnknownName(f"{TABLE} {release} is older than {mart}: materialize it again")
        raise UnknownName(f"{TABLE} {release} holds no mart {mart!r}: there are {', '.join(MARTS)}")
    with (lake.folder(TABLE, release) / name).open("rb") as source:
        return pl.read_parquet(source)


def read_schemas(lake: Lake, release: str) -> Schemas:
    """The columns of the cohort tables as they were when the marts were made."""
    return json.loads(lake.read_text(TABLE, release, SCHEMAS))


def previous_release(lake: Lake, release: str) -> str | None:
    """The release before this one that has marts, by name; None for the first."""
    return max((key for key in lake.keys(TABLE) if key < release), default=None)
