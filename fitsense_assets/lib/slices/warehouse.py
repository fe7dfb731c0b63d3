"""The warehouse: read after dbt, and given the figures of reports for people who ask in SQL.

dbt owns the models; the tables of reports stand beside them, one set of rows a release. Who
writes here holds the same Dagster pool as dbt, for one process may have the file open.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from fitsense_training.domain.errors import BadInput

if TYPE_CHECKING:
    import duckdb


@contextmanager
def open_warehouse(path: Path) -> Generator["duckdb.DuckDBPyConnection"]:
    """The warehouse, to read; BadInput when there is none or another program holds it."""
    if not path.exists():
        raise BadInput(f"there is no warehouse at {path}: materialize the dbt models first")
    with _connected(path, read_only=True) as connection:
        # The same order of additions and rows, whatever the machine.
        connection.execute("set threads = 1")
        yield connection


def _connected(path: Path, *, read_only: bool) -> "duckdb.DuckDBPyConnection":
    import duckdb

    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error):
            message = f"{path} is open in another program: close it there and try again"
        else:
            message = f"{path} cannot be opened: delete it and materialize the dbt models again"
        raise BadInput(message) from error


def publish_rows(warehouse: Path, release: str, frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """Replace the rows of a release in each named table; all of them, or none.

    Raises:
        BadInput: another program has the warehouse open, or it is damaged.
    """
    with _connected(warehouse, read_only=False) as connection:
        connection.execute("begin")
        for name, frame in frames.items():
            _replace(connection, name, release, frame)
        connection.execute("commit")
    return sorted(frames)


def _replace(
    connection: "duckdb.DuckDBPyConnection", name: str, release: str, frame: pl.DataFrame
) -> None:
    connection.register("new_rows", frame.to_arrow())
    connection.execute(f'create table if not exists "{name}" as from new_rows limit 0')
    known = {row[0] for row in connection.execute(f'describe "{name}"').fetchall()}
    for column, kind, *_ in connection.execute("describe new_rows").fetchall():
        if column not in known:
            # Rows of older releases have no such figure.
            connection.execute(f'alter table "{name}" add column "{column}" {kind}')
    connection.execute(f'delete from "{name}" where release = ?', [release])  # noqa: S608 - ours
    connection.execute(f'insert into "{name}" by name from new_rows')
    connection.unregister("new_rows")
