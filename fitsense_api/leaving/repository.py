"""Removing a person: every row of every table that names them, and then themselves."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from fitsense_api.db.models.accounts import User
from fitsense_api.db.tables import owned_tables
from fitsense_api.db.unit import Unit


class Everything:
    """All rows of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    async def remove(self) -> int:
        """Remove them all for good, children before parents; returns how many there were.

        Table by table, though the foreign keys would do it: what is counted here is what is gone.
        """
        count = 0
        for table in reversed(owned_tables()):
            count += await self._count(delete(table).where(table.c.user_id == self._owner_id))
        return count + await self._count(delete(User).where(User.id == self._owner_id))

    async def _count(self, statement: Any) -> int:
        found: Any = await self._unit.session.execute(statement)
        return int(found.rowcount)
