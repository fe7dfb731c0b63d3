"""Keeping a whole person at once."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import insert, inspect

from fitsense_api.db.base import Base
from fitsense_api.db.tables import METADATA
from fitsense_api.db.unit import Unit

_PLACE = {table.name: place for place, table in enumerate(METADATA.sorted_tables)}


class PersonRows:
    """The rows of one person of a unit, written in bulk: a cohort is hundreds of thousands."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    async def keep(self, rows: Iterable[Base]) -> int:
        """Insert rows, table by table, parents before children; returns how many."""
        ordered = sorted(rows, key=lambda row: _PLACE[str(row.__tablename__)])
        count = 0
        for model, group in groupby(ordered, key=type):
            values = [self._values(model, row) for row in group]
            await self._unit.session.execute(insert(model), values)
            count += len(values)
        return count

    def _values(self, model: type[Base], row: Base) -> dict[str, Any]:
        columns = inspect(model).column_attrs.keys()
        values = {name: getattr(row, name) for name in columns}
        values |= {
            "user_id": self._owner_id,
            "created_at": self._unit.now,
            "updated_at": self._unit.now,
        }
        if "id" in values and values["id"] is None:
            values["id"] = self._unit.next_id()
        return values
