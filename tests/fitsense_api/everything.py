"""A person with a row in every table there is, made from the tables themselves.

A table that is new tomorrow is filled without a line being changed here.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Enum,
    ForeignKeyConstraint,
    LargeBinary,
    Table,
    Uuid,
    select,
)
from sqlalchemy import insert as insert_into
from sqlalchemy.types import Boolean, DateTime, Integer, Numeric, TypeDecorator

from fitsense_api.db.tables import METADATA, owned_tables
from tests.fitsense_api.kit import KitService, User

CANARY = "canary-in-the-mine"
NUMBERS = {"entered_unit": "kg", "weight_unit": "kg", "height_unit": "cm"}


def fill_every_table(service: KitService, user: User) -> dict[str, dict[str, Any]]:
    """One more row of this person in every owned table; returns the rows by table."""
    made: dict[str, dict[str, Any]] = {}

    async def fill() -> None:
        async with service.storage.units.begin(user.user_id) as unit:
            for table in owned_tables():
                if table.name == "user_credentials":
                    continue  # made at sign-up, and a person has one
                known = dict(made)
                row = {
                    column.name: await _value(unit, table, column, user, known)
                    for column in table.columns
                }
                await unit.session.execute(insert_into(table).values(**row))
                made[table.name] = row

    portal = service.client.blocking_portal
    assert portal is not None
    portal.call(fill)
    return made


async def _value(
    unit: Any, table: Table, column: Column[Any], user: User, made: dict[str, dict[str, Any]]
) -> Any:
    if column.name == "user_id":
        return user.user_id
    if (target := _target(table, column)) is not None:
        other = target.table
        if other.name in made:
            return made[other.name][target.name]
        return (await unit.session.execute(select(target).limit(1))).scalar_one()
    return _plain(column, unit.now, user)


def _target(table: Table, column: Column[Any]) -> Column[Any] | None:
    """What a column points to, were it not the person."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                if element.parent is column and element.column.table.name != "users":
                    return element.column
    return None


def _plain(column: Column[Any], now: datetime, user: User) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enums[0] if kind.enum_class is None else next(iter(kind.enum_class))
    kind = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if column.name in ("deleted_at", "effective_to", "end_date", "ended_at"):
        return None
    values: tuple[tuple[Any, Any], ...] = (
        (Uuid, UUID(int=abs(hash((column.table.name, column.name, user.email))) % 2**100)),
        (Boolean, True),
        (DateTime, now),
        (Date, date(2026, 3, 1)),
        (LargeBinary, f"{column.table.name}/{user.email}".encode()[:32].ljust(32)),
        (JSON, [CANARY]),
        (Integer, 1),
        (Numeric, 1.5),
    )
    found = next((value for known, value in values if isinstance(kind, known)), None)
    if found is not None:
        return found
    text = NUMBERS.get(column.name, f"{CANARY} {column.name}")
    return text[: getattr(kind, "length", None) or 200]


def count_rows(service: KitService, user_id: UUID) -> dict[str, int]:
    """How many rows of a person each table holds that has a column for one."""
    counts: dict[str, int] = {}

    async def count() -> None:
        async with service.storage.units.begin(user_id, writes=False) as unit:
            for table in METADATA.sorted_tables:
                if "user_id" not in table.columns and table.name != "users":
                    continue
                owner = table.c.id if table.name == "users" else table.c.user_id
                found = await unit.session.execute(select(owner).where(owner == user_id))
                counts[table.name] = len(found.all())

    portal = service.client.blocking_portal
    assert portal is not None
    portal.call(count)
    return counts
