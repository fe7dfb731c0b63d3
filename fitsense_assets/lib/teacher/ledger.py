"""The budget: money is set aside before a call and settled after it, and the cap holds."""

import asyncio
from decimal import Decimal

from fitsense_assets.lib.teacher.prices import dollars
from fitsense_training.domain.errors import BadInput


class Ledger:
    """Dollars spent and set aside under one cap; without a cap it only counts."""

    def __init__(self, cap: Decimal | None = None, spent: Decimal = Decimal(0)) -> None:
        """Go on from what was spent before."""
        self.cap = cap
        self.spent = spent
        self.reserved = Decimal(0)
        self._changed = asyncio.Event()

    async def reserve(self, most: Decimal) -> None:
        """Set aside the most that a call can cost; waits while other calls may still give back.

        Raises:
            BadInput: the cap does not allow it, whatever the calls in flight turn out to cost.
        """
        while self.cap is not None and self.spent + self.reserved + most > self.cap:
            if not self.reserved:
                message = (
                    f"the teacher's budget of {dollars(self.cap)} has "
                    f"{dollars(self.cap - self.spent)} left and the next question may cost "
                    f"{dollars(most)}: raise FITSENSE_TEACHER_BUDGET_USD and "
                    "run again, what was paid for is in the journal"
                )
                raise BadInput(message)
            self._changed.clear()
            await self._changed.wait()
        self.reserved += most

    def settle(self, most: Decimal, cost: Decimal) -> None:
        """Put the real cost in the place of what was set aside."""
        self.reserved -= most
        self.spent += cost
        self._changed.set()
