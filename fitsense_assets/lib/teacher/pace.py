"""How many calls one endpoint gets at once: fewer after a 429, slowly more while all goes well."""

import asyncio
from collections import deque

from fitsense_assets.lib.teacher.clock import Clock

CUT = 0.75
SUCCESSES_PER_STEP = 25


class Pace:
    """Places for calls in flight, as additive increase and multiplicative decrease set them."""

    def __init__(self, places_max: int, clock: Clock) -> None:
        """Start with all the places that are allowed."""
        self._places_max = places_max
        self._clock = clock
        self._places = float(places_max)
        self._count_successes = 0
        self._cut_at = float("-inf")
        self._closed_until = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.in_flight = 0

    @property
    def places(self) -> int:
        """How many calls may be in flight now; never less than one."""
        return max(1, int(self._places))

    async def enter(self) -> None:
        """Take a place, after waiting for one and for whatever the provider asked us to wait."""
        while True:
            rest = self._closed_until - self._clock.now()
            if rest > 0:
                await self._clock.sleep(rest)
            elif self.in_flight < self.places:
                self.in_flight += 1
                return
            else:
                await self._turn()

    def leave(self) -> None:
        """Give the place back."""
        self.in_flight -= 1
        self._wake()

    def succeeded(self) -> None:
        """Count a success: every 25th opens one more place."""
        self._count_successes += 1
        if self._count_successes % SUCCESSES_PER_STEP == 0:
            self._places = min(self._places + 1, self._places_max)
            self._wake()

    def throttled(self, started: float, retry_after: float | None) -> None:
        """Answer a 429 of a call begun at `started`: one cut for a whole burst of them."""
        now = self._clock.now()
        if started >= self._cut_at:
            self._places = max(1.0, self._places * CUT)
            self._cut_at = now
            self._count_successes = 0
        if retry_after is not None:
            self._closed_until = max(self._closed_until, now + retry_after)

    async def _turn(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # A turn that was given and not taken goes to the next in line.
            if turn.done() and not turn.cancelled():
                self._wake()
            raise

    def _wake(self) -> None:
        free = self.places - self.in_flight
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
