"""The database: SQLite in the home folder by default, PostgreSQL by its address."""

import asyncio
from typing import Any, Final

from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from fitsense_api.config import ApiSettings
from fitsense_api.db.sqlite import OneTrip, prepare
from fitsense_training.domain.errors import BadInput

POSTGRES: Final = "postgresql"
SQLITE: Final = "sqlite"
WRITES: Final = "fitsense_writes"
_DRIVERS: Final = {SQLITE: "aiosqlite", POSTGRES: "asyncpg"}


class Database:
    """One database and its connections; `close` it in the loop that used it."""

    def __init__(self, url: str, settings: ApiSettings | None = None) -> None:
        settings = settings or ApiSettings()
        self.engine = open_engine(url, settings)
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            self.engine, expire_on_commit=False, autoflush=False
        )

    @property
    def is_postgres(self) -> bool:
        """Whether the database itself holds rows apart."""
        return self.engine.dialect.name == POSTGRES

    async def forget(self) -> None:
        """Let SQLite's log go, where what was deleted stands still; PostgreSQL vacuums its own."""
        if self.is_postgres:
            return
        async with self.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            # Beside any transaction. Where somebody still reads, it stays until it is next emptied.
            async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)"):
                pass

    async def close(self) -> None:
        """Give all connections back."""
        await asyncio.shield(self.engine.dispose())


def count_people(connection: Connection) -> int:
    """How many accounts there are; none where there are no tables yet."""
    if not inspect(connection).has_table("users"):
        return 0
    return int(connection.execute(text("SELECT count(*) FROM users")).scalar_one())


def open_engine(url: str, settings: ApiSettings) -> AsyncEngine:
    """An engine that waits a bounded time for a lock or a connection.

    Raises:
        BadInput: the address names no database that is served.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise BadInput(_WRONG_URL) from error
    backend = address.get_backend_name()
    if backend not in _DRIVERS:
        raise BadInput(_WRONG_URL)
    address = address.set(drivername=f"{backend}+{_DRIVERS[backend]}")
    if backend == POSTGRES:
        return create_async_engine(
            address,
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.database_wait_s,
            pool_pre_ping=True,
            connect_args={"timeout": settings.database_wait_s},
            hide_parameters=True,
        )
    engine = create_async_engine(
        address,
        connect_args={"timeout": settings.database_wait_s},
        pool_timeout=settings.database_wait_s,
        pool_size=settings.pool_size,
        max_overflow=0,
        hide_parameters=True,
        module=OneTrip(),
    )
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


_WRONG_URL = (
    "FITSENSE_API_DATABASE_URL names no database: "
    "give sqlite:///<file> or postgresql://<user>@<host>/<name>, or unset it"
)


def _begin_sqlite(connection: Connection) -> None:
    # Who reads first and writes later is turned away at once where another wrote in between; who
    # means to write says so, and waits for its turn.
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    driver: Any = connection.connection.dbapi_connection
    driver.begin_with_next()
