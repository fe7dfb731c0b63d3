"""A unit of work: one transaction, made in one person's name.

The person is told to PostgreSQL, whose policies then show their rows alone. SQLite has no such
policies, so there the repositories of repository.py are the only fence; they stand on both.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from fitsense_api.db.engine import WRITES, Database
from fitsense_api.db.ids import Clock, IdFactory, time_ordered_id, utc_now
from fitsense_api.errors import Conflict, DatabaseAway
from fitsense_training.domain.errors import BadInput
from fitsense_training.storage import is_full

USER: str = "fitsense.user_id"
EMAIL: str = "fitsense.email"
PROOF: str = "fitsense.token_hash"
# SQLSTATE classes of PostgreSQL: a text or number it has no place for.
_DATA_CODES = ("22",)
# Connection lost, out of resources, shutting down, lock not had.
_AWAY_CODES = ("08", "53", "57", "55P03", "40")


@dataclass(frozen=True)
class Unit:
    """One transaction, the clock and the ids of it."""

    session: AsyncSession
    now: datetime
    new_id: IdFactory
    is_postgres: bool

    def next_id(self) -> UUID:
        """An id for a new row."""
        return self.new_id(self.now)

    async def act_for(self, user_id: UUID) -> None:
        """Do the rest of this transaction in this person's name."""
        await self.prove(USER, str(user_id))

    async def prove(self, setting: str, value: str) -> None:
        """Tell PostgreSQL what is known of who asks; it is forgotten with the transaction."""
        if self.is_postgres:
            statement = text("SELECT set_config(:setting, :value, true)")
            await self.session.execute(statement, {"setting": setting, "value": value})


class Units:
    """Makes units of work on one database."""

    def __init__(
        self, database: Database, now: Clock = utc_now, new_id: IdFactory = time_ordered_id
    ) -> None:
        self.database, self._now, self._new_id = database, now, new_id

    @asynccontextmanager
    async def begin(
        self, user_id: UUID | None = None, *, writes: bool = True, is_snapshot: bool = False
    ) -> AsyncGenerator[Unit, None]:
        """A transaction: kept where the block ends well, undone where it does not.

        All reads of a snapshot see the same moment; SQLite reads so always.

        Raises:
            Conflict: what was to be kept contradicts what is there, in a way the tables forbid.
            DatabaseAway: there is no connection, no lock or no server to be had in time.
        """
        try:
            async with self.database.sessions() as session:
                if options := self._options(writes=writes, is_snapshot=is_snapshot):
                    await session.connection(execution_options=options)
                unit = Unit(session, self._now(), self._new_id, self.database.is_postgres)
                if user_id is not None:
                    await unit.act_for(user_id)
                yield unit
                await session.commit()
        except IntegrityError as error:
            raise Conflict("what was sent contradicts what is there: read it again") from error
        except (SQLAlchemyError, OSError) as error:
            if is_away(error):
                raise DatabaseAway from error
            if _code(error).startswith(_DATA_CODES):
                raise BadInput("a value that was sent cannot be kept: check the texts") from error
            raise

    def _options(self, *, writes: bool, is_snapshot: bool) -> dict[str, Any]:
        """How the transaction begins; who only reads begins with the first statement."""
        options: dict[str, Any] = {WRITES: True} if writes else {}
        if is_snapshot and self.database.is_postgres:
            options["isolation_level"] = "REPEATABLE READ"
        return options


def is_away(error: BaseException) -> bool:
    """Whether a later try may well succeed, so that the request itself is not at fault."""
    if isinstance(error, PoolTimeout | OSError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = _code(error)
    is_locked = "database is locked" in str(error.orig)
    cannot_open = "unable to open database file" in str(error.orig)
    is_held_up = is_locked or cannot_open or (error.orig is not None and is_full(error.orig))
    return error.connection_invalidated or is_held_up or code.startswith(_AWAY_CODES)


def _code(error: BaseException) -> str:
    """The SQLSTATE of an error; SQLite has none."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
