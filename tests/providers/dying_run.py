"""A run that kills itself -9 in the middle: some replies kept, one attempt broken off, rest in air.

`python -m tests.providers.dying_run JOURNAL`: no litellm, no network; the model lives in here.
"""

import asyncio
import os
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.prices import Price
from fitsense_assets.lib.teacher.responses import questions_of
from tests.builders import a_cohort
from tests.fakes import FakeModel, FakeTime, GatewayFailure, ServiceUnavailableError, Timeout

PRICE = Price(Decimal("0.000001"), Decimal("0.00000343"))
COUNT_ANSWERED, COUNT_IN_AIR = 3, 4


def an_endpoint(budget_usd: Decimal | None = None) -> Endpoint:
    return Endpoint("m", price=PRICE, budget_usd=budget_usd, corrections_max=0, concurrency=5)


class DyingModel(FakeModel):
    """Three replies, a refusal, one that breaks off; then all hang, and the fifth of them kills."""

    def __init__(self) -> None:
        super().__init__(
            [*["a plan"] * COUNT_ANSWERED, ServiceUnavailableError("503"), Timeout("")]
        )
        self._count_hanging = 0

    async def complete(self, **arguments: Any) -> Any:
        if self._script:
            return await super().complete(**arguments)
        self._count_hanging += 1
        if self._count_hanging > COUNT_IN_AIR:
            os.kill(os.getpid(), signal.SIGKILL)
        return await asyncio.Event().wait()


if __name__ == "__main__":
    gateway = Gateway(DyingModel().complete, (GatewayFailure,))
    teacher = OnlineTeacher(an_endpoint(), Journal(Path(sys.argv[1])), gateway, FakeTime().clock)
    list(teacher.replies(questions_of([a_cohort(users=300).queries.head(20)])))
