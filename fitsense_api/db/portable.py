"""A person's rows as they can take them along: which tables, which columns, and each as JSON.

What is bytes is a hash or a kept answer, and never leaves; the rest is told as it is stored, in SI
units and UTC, beside the unit it was entered in.
"""

from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Numeric, Table, Uuid
from sqlalchemy import Enum as EnumType
from sqlalchemy.types import TypeDecorator, TypeEngine

from fitsense_api.db.base import JsonDocument
from fitsense_api.db.tables import METADATA, owned_tables

STAYS_HERE: Final = {
    "user_credentials": "the hash of a password is of use to nobody but who would guess it",
    "idempotency_keys": "copies of answers, kept for a day so that nothing happens twice",
}
_NAMED_BY_OWNER: Final = ("users", "audit_log")
_WORDS_OF_TYPE: Final[tuple[tuple[type[TypeEngine[Any]], dict[str, Any]], ...]] = (
    (Uuid, {"type": "string", "format": "uuid"}),
    (Boolean, {"type": "boolean"}),
    (Integer, {"type": "integer"}),
    (Numeric, {"type": "number"}),
    (DateTime, {"type": "string", "format": "date-time"}),
    (Date, {"type": "string", "format": "date"}),
)


def portable_tables() -> tuple[Table, ...]:
    """The tables of an export: the account, every table of a person's rows, and the audit log."""
    owned = {table.name for table in owned_tables()} - set(STAYS_HERE)
    wanted = owned | set(_NAMED_BY_OWNER)
    return tuple(table for table in METADATA.sorted_tables if table.name in wanted)


def owner_column(table: Table) -> Column[Any]:
    """The column that names whose a row is."""
    return table.c.id if table.name == "users" else table.c.user_id


def portable_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that leave."""
    return tuple(each for each in table.columns if not isinstance(each.type, LargeBinary))


def portable_row(values: Any) -> list[Any]:
    """The values of a row as JSON has them."""
    return [_as_json(value) for value in values]


def schema_of(table: Table) -> dict[str, Any]:
    """The JSON Schema of one row of a table."""
    columns = portable_columns(table)
    return {
        "type": "object",
        "properties": {column.name: _schema_of_column(column) for column in columns},
        "required": [column.name for column in columns],
        "additionalProperties": False,
    }


def _schema_of_column(column: Column[Any]) -> dict[str, Any]:
    kind = column.type
    if isinstance(kind, EnumType):
        words = [*kind.enums, None] if column.nullable else list(kind.enums)
        return {"enum": words}
    if kind is JsonDocument:
        return {}
    kind = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    found = next((words for known, words in _WORDS_OF_TYPE if isinstance(kind, known)), None)
    words = dict(found or {"type": "string"})
    return {**words, "type": [words["type"], "null"]} if column.nullable else words


def _as_json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
