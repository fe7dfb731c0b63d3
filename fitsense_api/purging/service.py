"""Emptying bins: what people deleted can be taken back for some days, and is gone then.

The service does so by itself once a day; `python -m fitsense_api purge` does it now.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import contained_call
from fitsense_api.config import ApiSettings
from fitsense_api.db.unit import Units
from fitsense_api.purging.repository import Overdue, PersonBins


@dataclass(frozen=True)
class Purged:
    """Of how many people how many rows were removed."""

    count_people: int = 0
    count_rows: int = 0

    def sentence(self) -> str:
        """What happened, for the terminal."""
        return f"{self.count_rows} rows of {self.count_people} people were removed for good"


async def purge(
    units: Units, settings: ApiSettings, stopped: asyncio.Event | None = None
) -> Purged:
    """Remove what is over, each person in a transaction of their own, until told to stop."""
    async with units.begin(writes=False) as unit:
        until = unit.now - timedelta(days=settings.bin_days)
        owners = await Overdue(unit).owners(until)
    count = count_people = 0
    for owner_id in owners:
        if stopped is not None and stopped.is_set():
            break
        count_people += 1
        async with units.begin(owner_id) as unit:
            count += await PersonBins(unit, owner_id).empty(until)
    if count:
        await units.database.forget()
    return Purged(count_people, count)


async def keep_purging(
    units: Units, settings: ApiSettings, log: FilteringBoundLogger, stopped: asyncio.Event
) -> None:
    """Purge now and then until told to stop; one that fails is tried again next time."""
    while not stopped.is_set():
        found = await contained_call(lambda: purge(units, settings, stopped), log, "purge")
        if isinstance(found, Purged) and found.count_rows:
            log.info("purged", count_people=found.count_people, count_rows=found.count_rows)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), settings.purge_every_s)
