"""A statement to SQLite is one trip to its thread, and transactions hold as they did before."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosqlite import Connection
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from fitsense_api.config import ApiSettings
from fitsense_api.db.engine import Database
from fitsense_api.db.unit import Unit, Units

COUNT = text("SELECT count(*) FROM notes")
ADD = text("INSERT INTO notes (words) VALUES (:words)")


@asynccontextmanager
async def some_units(home: Path, pool_size: int = 2) -> AsyncGenerator[Units, None]:
    """Units on a database with one table, in which one row stands."""
    database = Database(f"sqlite:///{home / 'notes.db'}", ApiSettings(pool_size=pool_size))
    units = Units(database)
    try:
        async with units.begin() as unit:
            await unit.session.execute(text("CREATE TABLE notes (words TEXT NOT NULL)"))
            await unit.session.execute(ADD, {"words": "first"})
        yield units
    finally:
        await database.close()


async def add(units: Units, *words: str) -> None:
    async with units.begin() as unit:
        await unit.session.execute(ADD, [{"words": word} for word in words])


async def count(unit: Unit) -> int:
    return (await unit.session.execute(COUNT)).scalar_one()


async def count_anew(units: Units) -> int:
    async with units.begin(writes=False) as unit:
        return await count(unit)


def test_a_statement_is_one_trip_and_the_end_of_the_transaction_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trips: list[Any] = []
    plain = Connection._execute

    async def counted(self: Connection, fn: Any, *args: Any, **kwargs: Any) -> Any:
        trips.append(fn)
        return await plain(self, fn, *args, **kwargs)

    async def story() -> None:
        async with some_units(tmp_path) as units:
            await count_anew(units)
            monkeypatch.setattr(Connection, "_execute", counted)
            async with units.begin(writes=False) as unit:
                assert (await count(unit), await count(unit)) == (1, 1)
            assert len(trips) == 3
            async with units.begin(writes=False):
                pass
            assert len(trips) == 3, "a unit that asks nothing goes nowhere"
            monkeypatch.undo()

    asyncio.run(story())


def test_all_reads_of_a_unit_see_one_moment(tmp_path: Path):
    async def story() -> None:
        async with some_units(tmp_path) as units:
            async with units.begin(writes=False) as unit:
                before = await count(unit)
                await add(units, "second", "third")
                assert (before, await count(unit)) == (1, 1)
            assert await count_anew(units) == 3

    asyncio.run(story())


def test_what_is_streamed_first_is_of_that_moment_too(tmp_path: Path):
    async def story() -> None:
        async with some_units(tmp_path) as units, units.begin(writes=False) as unit:
            found = await unit.session.stream(text("SELECT words FROM notes"))
            assert [words async for (words,) in found] == ["first"]
            await add(units, "second")
            assert await count(unit) == 1

    asyncio.run(story())


def test_a_statement_that_fails_leaves_nothing_open(tmp_path: Path):
    async def story() -> None:
        async with some_units(tmp_path, pool_size=1) as units:
            with pytest.raises(OperationalError, match="no such table"):
                async with units.begin(writes=False) as unit:
                    await unit.session.execute(text("SELECT * FROM elsewhere"))
            # A transaction left open on the one connection would make this BEGIN fail.
            await add(units, "second")
            assert await count_anew(units) == 2

    asyncio.run(story())


def test_who_is_cancelled_on_the_way_leaves_nothing_open(tmp_path: Path):
    async def story() -> None:
        async with some_units(tmp_path, pool_size=1) as units:
            go_on, begun = threading.Event(), asyncio.Event()

            async def ask() -> None:
                async with units.begin(writes=False) as unit:
                    raw = await (await unit.session.connection()).get_raw_connection()
                    driver: Any = raw.driver_connection
                    driver._tx.put_nowait((None, go_on.wait))  # the thread is busy until told
                    begun.set()
                    await count(unit)

            asking = asyncio.create_task(ask())
            await begun.wait()
            asking.cancel()
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await add(units, "second")
            assert await count_anew(units) == 2

    asyncio.run(story())
