"""Writing many replies down with one sync of the disk."""

import asyncio
import sqlite3

from fitsense_assets.lib.teacher.journal import Journal, Kept
from fitsense_assets.lib.teacher.teacher import Reply
from fitsense_training.domain.errors import OutOfSpace

BATCH_MAX = 64
WAIT_S = 0.05


class GroupCommit:
    """Gathers replies for 50 ms, or 64 of them, and hands them to the journal together."""

    def __init__(self, journal: Journal) -> None:
        """Write into this journal."""
        self._journal = journal
        self._batch: list[Kept] = []
        self._written: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def keep(self, key: str, reply: Reply, answered: tuple[int, ...] = ()) -> None:
        """Return once the reply is on the disk, and the attempts it answers off the tab."""
        loop = asyncio.get_running_loop()
        if self._written is None:
            self._written = loop.create_future()
            self._timer = loop.call_later(WAIT_S, self._flush)
        self._batch.append((key, reply, answered))
        written = self._written
        if len(self._batch) >= BATCH_MAX:
            self._flush()
        await asyncio.shield(written)

    def _flush(self) -> None:
        batch, written, timer = self._batch, self._written, self._timer
        self._batch, self._written, self._timer = [], None, None
        if timer is not None:
            timer.cancel()
        if written is None:
            return
        try:
            self._journal.keep_all(batch)
        except (OutOfSpace, OSError, sqlite3.Error) as error:
            written.set_exception(error)
        else:
            written.set_result(None)
