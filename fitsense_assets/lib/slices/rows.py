"""Frozen dataclasses as a table, for Parquet and the warehouse; none of them is a table as well."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TYPES = {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}
PLACES = 9


def table_of(
    release: str,
    kind: "type[DataclassInstance]",
    rows: Iterable[Any],
    more: Mapping[str, type] | None = None,
) -> pl.DataFrame:
    """One row per instance with the release in front; `more` are properties to keep, with types.

    Words of enums are written as text, and what is no number and no truth value as well.
    """
    schema: dict[str, Any] = {"release": pl.String()}
    schema |= {each.name: _TYPES.get(each.type, pl.String()) for each in fields(kind)}  # type: ignore[arg-type]
    extra = more or {}
    schema |= {name: _TYPES.get(type_, pl.String()) for name, type_ in extra.items()}
    body = [
        {"release": release, **asdict(row), **{name: getattr(row, name) for name in extra}}
        for row in rows
    ]
    plain = [{name: _plain(value) for name, value in row.items()} for row in body]
    return pl.DataFrame(plain, schema=schema)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return str(value)
    return round(value, PLACES) if isinstance(value, float) else value
