"""A clock for many coroutines at once: it jumps to the next sleeper when nobody can go on."""

import asyncio
import heapq
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.clock import Clock
from tests.fakes import GatewayFailure, RateLimitError

TURNS = 40  # of the loop, until everybody who can go on has gone on


class VirtualTime:
    """Seconds that pass only while everybody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.seconds + seconds, self._count, wake))
        await wake

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.seconds, sleep=self.sleep, jitter=lambda: 0.5)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end in virtual time."""
        return asyncio.run(self._driven(work))

    async def _driven(self, work: Coroutine[Any, Any, Any]) -> Any:
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if self._sleepers and not task.done():
                at, _, wake = heapq.heappop(self._sleepers)
                self.seconds = max(self.seconds, at)
                if not wake.done():
                    wake.set_result(None)
        return task.result()


class Provider:
    """A provider of known capacity: more calls at once than that are answered with 429."""

    def __init__(self, time: VirtualTime, capacity: int, retry_after: str | None = None) -> None:
        self._time, self.capacity = time, capacity
        self._headers = {} if retry_after is None else {"retry-after": retry_after}
        self.in_flight = self.count_refused = self.count_answered = 0
        self.began: list[float] = []

    async def complete(self, **arguments: Any) -> Any:
        self.began.append(self._time.seconds)
        if self.in_flight >= self.capacity:
            self.count_refused += 1
            failure = RateLimitError("429")
            failure.response = SimpleNamespace(headers=self._headers)  # pyright: ignore
            raise failure
        self.in_flight += 1
        try:
            await self._time.sleep(1.0)
        finally:
            self.in_flight -= 1
        self.count_answered += 1
        return arguments

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.complete, (GatewayFailure,))
