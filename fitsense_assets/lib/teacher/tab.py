"""The tab: what was asked and has no answer yet, on the disk, so that it counts as spent.

An attempt is put on the tab before it is sent and taken off when its reply is written down or the
provider has refused it. What a killed process had in the air, and what broke off, stays: whether
it was charged only the provider knows. `fitsense teacher settle` takes it off.
"""

import asyncio
import sqlite3
from decimal import Decimal

from fitsense_assets.lib.teacher.journal import Journal
from fitsense_training.domain.errors import OutOfSpace
from fitsense_training.storage import telling_full


class Tab:
    """Attempts without an answer; those begun in one turn of the loop are written together."""

    def __init__(self, journal: Journal) -> None:
        """Write beside the replies of this journal."""
        self._db = journal.connect()
        # Without a sync of the disk: a kill of the process loses nothing, only a power cut may.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._batch: list[tuple[str, Decimal, asyncio.Future[int]]] = []

    async def open(self, key: str, most: Decimal) -> int:
        """Put an attempt on the tab; returns its number once it is written."""
        loop = asyncio.get_running_loop()
        if not self._batch:
            loop.call_soon(self._flush)
        written: asyncio.Future[int] = loop.create_future()
        self._batch.append((key, most, written))
        return await written

    def strike(self, number: int) -> None:
        """Take an attempt off: it was refused and cannot have been charged."""
        self._db.execute("DELETE FROM attempts WHERE number = ?", (number,))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        add = "INSERT INTO attempts (key, usd) VALUES (?, ?)"
        try:
            with telling_full("attempts down in the reply journal"):
                self._db.execute("BEGIN IMMEDIATE")
                numbers = [
                    self._db.execute(add, (key, str(most))).lastrowid for key, most, _ in batch
                ]
                self._db.execute("COMMIT")
        except (OutOfSpace, sqlite3.Error) as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for _, _, written in batch:
                if not written.done():
                    written.set_exception(error)
            return
        for (_, _, written), number in zip(batch, numbers, strict=True):
            if not written.done():
                written.set_result(number or 0)


class Bill:
    """The attempts at one question on the tab."""

    def __init__(self, tab: Tab | None, key: str, once: Decimal) -> None:
        """Each attempt may cost so much once; without a tab nothing is written."""
        self._tab, self._key, self._once = tab, key, once
        self._number: int | None = None

    @property
    def answered(self) -> tuple[int, ...]:
        """The attempt to take off the tab when its reply is written down."""
        return () if self._number is None else (self._number,)

    async def begin(self) -> None:
        """Put the next attempt on the tab, before it is sent."""
        if self._tab is not None:
            self._number = await self._tab.open(self._key, self._once)

    def refused(self) -> None:
        """Take the attempt off again."""
        if self._tab is not None and self._number is not None:
            self._tab.strike(self._number)


NO_BILL = Bill(None, "", Decimal(0))
