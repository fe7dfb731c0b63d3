"""What all tables share: names of constraints, types of columns, and whose a row is.

Ids, owners and times are filled in by the repository from its unit of work (see unit.py), so a
model has no clock and no chance of its own. Everything is stored in SI units and UTC.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from advanced_alchemy.base import CommonTableAttributes
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Numeric,
    String,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
JsonDocument = JSON().with_variant(JSONB(), "postgresql")


class Rounded(TypeDecorator[float]):
    """A number with so many decimals on every database: SQLite would keep more."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale, asdecimal=False)
        self.scale = scale

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """Round before it is stored."""
        del dialect
        return None if value is None else round(value, self.scale)


class Base(CommonTableAttributes, DeclarativeBase):
    """The root of all models."""

    metadata = MetaData(naming_convention=cast("Any", CONVENTION))
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        UUID: Uuid(),
        datetime: DateTimeUTC(),
        dict[str, Any]: JsonDocument,
    }


class Dated:
    """When a row was made and last changed, by the service's clock."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class OwnedBase(Base, Dated):
    """A row that is one person's; it can be reached by that person's id alone."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Deletable:
    """Kept a while after its owner deletes it (see purging/); the repository shows it no more."""

    deleted_at: Mapped[datetime | None] = mapped_column(index=True)


class Reported(Deletable):
    """A row a device may have written while offline: its own id for it comes first."""

    client_id: Mapped[UUID | None]


def words(enum: type[StrEnum], name: str) -> Enum:
    """A column of closed words, held by a check so that every database refuses others."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda kind: [member.value for member in kind],
    )


def check(name: str, sql: str) -> CheckConstraint:
    """A check of a table; the convention puts the table's name before it."""
    return CheckConstraint(sql, name=name)


def same_owner(column: str, table: str, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    """A link that only a row of the same person can satisfy; `table` needs `owned_key()`."""
    return ForeignKeyConstraint(
        ["user_id", column], [f"{table}.user_id", f"{table}.id"], ondelete=ondelete
    )


def one_open(table: str) -> Index:
    """At most one open-ended row a person."""
    where = text("effective_to IS NULL")
    return Index(
        f"uq_{table}_open", "user_id", unique=True, sqlite_where=where, postgresql_where=where
    )


def v(length: int) -> String:
    """Text of bounded length."""
    return String(length)
