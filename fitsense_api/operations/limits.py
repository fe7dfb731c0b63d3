"""How often somebody may ask: so many times a minute, by address and by account.

Litestar's own middleware keeps the time of every request, one window for the whole service and one
key a request; here a key is one number (the moment at which all of its requests would have come at
an even pace, known as GCRA), so a limit costs the same however high it is. A store that processes
share may let a few more through, between its read and its write.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from litestar.middleware.base import ASGIMiddleware
from litestar.stores.base import Store
from litestar.types import ASGIApp, Receive, Scope, Send

from fitsense_api.config import ApiSettings
from fitsense_api.errors import TooOften
from fitsense_api.operations.address import Network, address_of

MINUTE_S: Final = 60.0
# What a route says of itself: `opt = {LIMIT: DOOR}`.
LIMIT: Final = "limit"
DOOR: Final = "door"
PLAN: Final = "plan"
UNLIMITED: Final = "unlimited"


@dataclass(frozen=True)
class Rate:
    """So many a minute, all at once if need be; 0 sets no limit."""

    name: str
    per_minute: int


class RateLimits:
    """Counts who asks how often."""

    def __init__(
        self, settings: ApiSettings, store: Store, now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._now = store, now
        self.trusted: Sequence[Network] = settings.trusted_proxies
        self.all = Rate("all", settings.requests_per_minute)
        self.door = Rate(DOOR, settings.entries_per_minute)
        self.plan = Rate(PLAN, settings.plans_per_minute)

    async def take(self, rate: Rate, who: str) -> None:
        """Count one request; TooOften, with when to come again, where it is one too many."""
        if rate.per_minute == 0:
            return
        # The key may lie in a store of others: neither addresses nor e-mails stand in it.
        key = f"{rate.name}:{sha256(who.encode()).hexdigest()}"
        now, each_s = self._now(), MINUTE_S / rate.per_minute
        kept = await self._store.get(key)
        ahead_s = max(float(kept) - now if kept else 0.0, 0.0) + each_s
        if ahead_s > MINUTE_S + each_s / 2:
            raise TooOften(math.ceil(ahead_s - MINUTE_S))
        await self._store.set(key, str(now + ahead_s), expires_in=math.ceil(ahead_s))


class LimitAddresses(ASGIMiddleware):
    """Before anything is looked up: how often an address may ask, and how often at the door."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count the request and pass it on, or refuse it."""
        kind = _kind(scope)
        if kind != UNLIMITED:
            address = address_of(scope, self._limits.trusted)
            await self._limits.take(self._limits.all, address)
            if kind == DOOR:
                await self._limits.take(self._limits.door, address)
        await next_app(scope, receive, send)


class LimitPlans(ASGIMiddleware):
    """Once it is known who asks: how many plans an account may ask for, or who has none."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count the request and pass it on, or refuse it."""
        if _kind(scope) == PLAN:
            user_id = getattr(scope.get("user"), "user_id", None)
            who = str(user_id or address_of(scope, self._limits.trusted))
            await self._limits.take(self._limits.plan, who)
        await next_app(scope, receive, send)


def _kind(scope: Scope) -> Any:
    return scope["route_handler"].opt.get(LIMIT)
