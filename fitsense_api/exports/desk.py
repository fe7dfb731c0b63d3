"""Exports, few at once: each is written to a file without a name, then sent from there.

So it is of one moment, memory stays the same, and a slow reader holds no connection of the
database. The file goes with its last reader.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

from fitsense_api.db.unit import Units
from fitsense_api.errors import TooBusy
from fitsense_api.exports.repository import Belongings

AT_ONCE: Final = 2
RETRY_AFTER_S: Final = 5
CHUNK_BYTES: Final = 65_536
Write = Callable[[Belongings, BinaryIO, datetime], Awaitable[None]]


class ExportDesk:
    """Writes exports, `AT_ONCE` at a time."""

    def __init__(self, units: Units) -> None:
        self._units, self._count_open = units, 0

    async def file(self, owner_id: UUID, write: Write) -> BinaryIO:
        """Everything of a person in a file, at its beginning; TooBusy where others are at it."""
        if self._count_open >= AT_ONCE:
            raise TooBusy(RETRY_AFTER_S)
        self._count_open += 1
        try:
            with ExitStack() as stack:
                out = stack.enter_context(tempfile.TemporaryFile())
                async with self._units.begin(owner_id, writes=False, is_snapshot=True) as unit:
                    await write(Belongings(unit, owner_id), out, unit.now)
                out.seek(0)
                stack.pop_all()  # from here on whoever sends it closes it
                return out
        finally:
            self._count_open -= 1


async def chunks_of(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    """The bytes of a file, which is closed after them."""
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
