"""All tables in one place, and which of them hold a person's rows."""

from typing import Final

from sqlalchemy import MetaData, Table

from fitsense_api.db.base import Base
from fitsense_api.db.models import (
    accounts,
    catalogue,
    daily,
    interactions,
    people,
    plans,
    workouts,
)

SUBJECTS: Final = (accounts, catalogue, people, plans, workouts, daily, interactions)
METADATA: Final[MetaData] = Base.metadata
# Named by the person whose action they record, but not that person's to change or erase.
_KEPT_FROM_OWNERS: Final = ("audit_log",)


def owned_tables() -> tuple[Table, ...]:
    """The tables whose every row is one person's."""
    return tuple(
        table
        for table in METADATA.sorted_tables
        if "user_id" in table.columns and table.name not in _KEPT_FROM_OWNERS
    )
