"""Targets: a new one closes the one before it, so that each day knows which one held."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fitsense_api.daily.repository import CalorieTargets, SleepTargets
from fitsense_api.daily.schemas import CalorieTargetBody, SleepTargetBody, Targets
from fitsense_api.db.models.daily import CalorieTarget, SleepTarget
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import Unit
from fitsense_training.domain.errors import BadInput


class TargetBook:
    """The targets of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._calories = CalorieTargets(unit, owner_id)
        self._sleep = SleepTargets(unit, owner_id)

    async def show(self) -> Targets:
        """The targets that are open."""
        eat = await self._calories.find(CalorieTarget.effective_to.is_(None))
        sleep = await self._sleep.find(SleepTarget.effective_to.is_(None))
        return Targets(
            maintenance_calories=eat.maintenance_calories if eat else None,
            calories_from=eat.effective_from if eat else None,
            method=eat.method if eat else None,
            target_sleep_hours=sleep.target_sleep_hours if sleep else None,
            sleep_from=sleep.effective_from if sleep else None,
        )

    async def put_calories(self, body: CalorieTargetBody) -> Targets:
        """Aim at this from its day on."""
        await _open(self._calories, CalorieTarget(**dict(body)))
        return await self.show()

    async def put_sleep(self, body: SleepTargetBody) -> Targets:
        """Sleep this long from its day on."""
        await _open(self._sleep, SleepTarget(**dict(body)))
        return await self.show()


async def _open(rows: Owned[Any], new: Any) -> None:
    """Close the open target the day before the new one begins; the same day is overwritten."""
    before = await rows.find(rows.model_type.effective_to.is_(None))
    begins: date = new.effective_from
    if before is not None and before.effective_from > begins:
        raise BadInput(f"the target before begins {before.effective_from}: begin on it or later")
    if before is not None and before.effective_from == begins:
        await rows.remove(before)
    elif before is not None:
        await rows.update(before, effective_to=begins - timedelta(days=1))
    await rows.add(new)
