"""The one way to a person's rows: a repository that cannot be made without their id.

class MedicationRepository(Owned[Medication]):
    model_type = Medication

medications = MedicationRepository(unit, current.user_id)
await medications.add(Medication(medication_name="ibuprofen"))

Ids, owner and times are filled in here. Rows of others do not exist: NotFound, never Forbidden.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, inspect, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from fitsense_api.db.base import Base, Deletable
from fitsense_api.db.unit import Unit
from fitsense_api.paging import Page, Place
from fitsense_training.domain.errors import UnknownName

Row = TypeVar("Row", bound=Base)


class Owned(Generic[Row]):
    """The rows of one person in one table."""

    model_type: ClassVar[type[Any]]
    what: ClassVar[str] = "entry"

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self.unit, self.owner_id = unit, owner_id

    def mine(self) -> Select[tuple[Row]]:
        """All living rows of the owner; narrow it further, never start from `select`."""
        model = self.model_type
        return select(model).where(model.user_id == self.owner_id, self._is_alive())

    async def get(self, row_id: UUID) -> Row:
        """The row of this id; UnknownName where the owner has none."""
        found = await self.find(self.model_type.id == row_id)
        if found is None:
            raise UnknownName(f"there is no such {self.what}")
        return found

    async def find(self, *where: ColumnElement[bool]) -> Row | None:
        """The one row of which this holds."""
        return cast("Row | None", await self.unit.session.scalar(self.mine().where(*where)))

    async def all(self, *where: ColumnElement[bool], order_by: Any = None) -> Sequence[Row]:
        """Every row of which this holds; for lists that are short by nature."""
        query = self.mine().where(*where)
        query = query if order_by is None else query.order_by(order_by)
        return await self._read(query)

    async def page(
        self, place: Place, by: InstrumentedAttribute[Any], *where: ColumnElement[bool]
    ) -> Page[Row]:
        """A page of rows, newest first, from a place on."""
        row_id = self.model_type.id
        query = self.mine().where(*where).order_by(by.desc(), row_id.desc())
        if place.after is not None:
            query = query.where(tuple_(by, row_id) < tuple_(*place.after_as(by.type, row_id.type)))
        found = await self._read(query.limit(place.limit + 1))
        return place.cut(found, lambda row: (getattr(row, by.key), cast("Any", row).id))

    async def add(self, row: Row) -> Row:
        """Keep a new row as the owner's."""
        self._stamp(row)
        self.unit.session.add(row)
        await self.unit.session.flush()
        return row

    async def add_all(self, rows: Sequence[Row]) -> None:
        """Keep new rows as the owner's."""
        for row in rows:
            self._stamp(row)
        self.unit.session.add_all(rows)
        await self.unit.session.flush()

    async def update(self, row: Row, **values: Any) -> Row:
        """Change a row that was read here."""
        self._refuse_strangers(row)
        for name, value in values.items():
            setattr(row, name, value)
        cast("Any", row).updated_at = self.unit.now
        await self.unit.session.flush()
        return row

    async def remove(self, row: Row) -> None:
        """Delete a row: softly where its table keeps what was deleted."""
        self._refuse_strangers(row)
        if isinstance(row, Deletable):
            row.deleted_at = self.unit.now
            await self.update(row)
            return
        await self.unit.session.delete(row)
        await self.unit.session.flush()

    async def find_kept(self, *where: ColumnElement[bool]) -> Row | None:
        """The one row of which this holds, deleted softly or not."""
        query = select(self.model_type).where(self.model_type.user_id == self.owner_id, *where)
        return cast("Row | None", await self.unit.session.scalar(query))

    async def binned(self, since: datetime) -> Sequence[Row]:
        """What was deleted softly after a moment, the last first."""
        model = self.model_type
        query = select(model).where(model.user_id == self.owner_id, model.deleted_at > since)
        return await self._read(query.order_by(model.deleted_at.desc()))

    async def clear(self) -> None:
        """Delete every row of the owner for good."""
        model = self.model_type
        await self.unit.session.execute(delete(model).where(model.user_id == self.owner_id))

    async def _read(self, query: Select[tuple[Row]]) -> Sequence[Row]:
        found = await self.unit.session.scalars(query)
        return cast("Sequence[Row]", found.all())

    def _is_alive(self) -> ColumnElement[bool]:
        is_kept = issubclass(self.model_type, Deletable)
        return self.model_type.deleted_at.is_(None) if is_kept else true()

    def _stamp(self, row: Row) -> None:
        named = cast("Any", row)
        named.user_id = self.owner_id
        named.created_at = named.updated_at = self.unit.now
        if "id" in inspect(self.model_type).columns and named.id is None:
            named.id = self.unit.next_id()

    def _refuse_strangers(self, row: Row) -> None:
        assert cast("Any", row).user_id == self.owner_id, "this row is somebody else's"
