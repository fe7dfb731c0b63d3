"""Everything one person has here, table by table."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, select

from fitsense_api.db.portable import (
    owner_column,
    portable_columns,
    portable_row,
    portable_tables,
    schema_of,
)
from fitsense_api.db.unit import Unit

ROWS_AT_ONCE: Final = 500


class Shelf:
    """One table of a person, read in parts so that memory stays the same however long it is."""

    def __init__(self, table: Table, unit: Unit, owner_id: UUID) -> None:
        self._table, self._unit, self._owner_id = table, unit, owner_id
        self.name = table.name
        self.columns = [column.name for column in portable_columns(table)]

    async def parts(self) -> AsyncIterator[list[list[Any]]]:
        """The rows by their keys, some hundreds at a time."""
        keys = self._table.primary_key.columns
        query = select(*portable_columns(self._table))
        query = query.where(owner_column(self._table) == self._owner_id).order_by(*keys)
        result = await self._unit.session.stream(query.execution_options(yield_per=ROWS_AT_ONCE))
        async for rows in result.partitions():
            yield [portable_row(row) for row in rows]


class Belongings:
    """All tables of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    def shelves(self) -> list[Shelf]:
        """The tables, parents before children."""
        return [Shelf(table, self._unit, self._owner_id) for table in portable_tables()]


def schemas_of_tables() -> dict[str, dict[str, Any]]:
    """The JSON Schema of the rows of every table."""
    return {table.name: schema_of(table) for table in portable_tables()}
