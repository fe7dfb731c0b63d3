"""How the service talks to SQLite: one trip to a connection's thread a statement.

aiosqlite gives each connection a thread of its own. SQLAlchemy sends there for the cursor, for the
statement, for the rows and for the end of the cursor, and each trip wakes two threads. Here a
statement goes with all of it in one, a transaction that reads begins with its first statement, and
what has not begun is not ended. The rest is SQLAlchemy's own dialect.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_

# What is deleted is overwritten too: it may be somebody's health.
PRAGMAS: Final = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=NORMAL",
    "secure_delete=ON",
)


@dataclass(slots=True)
class _Answer:
    """What a statement left behind; a cursor that was closed in its own thread."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: Sequence[Any] = ()
    arraysize: int = field(default=1)

    def close(self) -> None:
        """Nothing is open."""


def _execute(connection: sqlite3.Connection, sql: str, values: Any) -> _Answer:
    cursor = connection.execute(sql, values)
    try:
        rows = cursor.fetchall() if cursor.description else ()
        return _Answer(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


def _execute_many(connection: sqlite3.Connection, sql: str, values: Any) -> _Answer:
    cursor = connection.executemany(sql, values)
    try:
        return _Answer(None, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor that sends a statement and brings its rows back in one trip."""

    __slots__ = ()
    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:
        del connection
        return _Answer()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        return await self._ask(_execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        return await self._ask(_execute_many, operation, seq_of_parameters)

    async def _ask(self, run: Callable[..., _Answer], sql: str, values: Any) -> None:
        answer = await cast("Connection", self._adapt_connection).send(run, sql, values)
        self._cursor, self._rows = cast("Any", answer), deque(answer.rows)


class Connection(AsyncAdapt_aiosqlite_connection):
    """A connection that knows whether a transaction waits to begin, or has."""

    __slots__ = ("_has_begun", "_is_to_begin")
    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._is_to_begin = self._has_begun = False

    def begin_with_next(self) -> None:
        """Begin a transaction together with the next statement."""
        self._is_to_begin = True

    async def send(self, run: Callable[..., _Answer], sql: str, values: Any) -> _Answer:
        """Run a statement in the thread of the connection, after the BEGIN that waits for it."""
        begins, self._is_to_begin = self._is_to_begin, False
        # Noted before it is sent: who is cancelled meanwhile still has it to end.
        self._has_begun = self._has_begun or begins

        def together(connection: sqlite3.Connection) -> _Answer:
            if begins:
                connection.execute("BEGIN")
            return run(connection, sql, values)

        driver = cast("Any", self._connection)
        return await driver._execute(together, driver._conn)

    def cursor(self, server_side: bool = False) -> Any:
        """A cursor; one that streams does so in trips of its own, after the BEGIN."""
        if server_side and self._is_to_begin:
            self._is_to_begin, self._has_begun = False, True
            await_(cast("Any", self._connection).execute("BEGIN"))
        return super().cursor(server_side)

    def commit(self) -> None:
        """Keep what was done."""
        if self._is_open():
            super().commit()
        self._has_begun = False

    def rollback(self) -> None:
        """Undo what was done."""
        if self._is_open():
            super().rollback()
        self._has_begun = False

    def _is_open(self) -> bool:
        self._is_to_begin = False
        return self._has_begun or self._connection.in_transaction


class OneTrip(AsyncAdapt_aiosqlite_dbapi):
    """The driver to hand to `create_async_engine(..., module=OneTrip())`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> Connection:
        """Open a connection."""
        plain = super().connect(*arg, **kw)
        return Connection(self, cast("Any", plain)._connection)


def prepare(connection: Any, _: Any) -> None:
    """What holds for every connection, as it is opened."""
    # The driver would begin transactions by itself, and not before it reads.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
