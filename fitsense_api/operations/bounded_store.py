"""A Litestar store in memory that never grows beyond its bound: the longest unused is forgotten.

Litestar's MemoryStore keeps what expired until it is asked for again, so that whoever comes from
ever new addresses would fill the memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from litestar.stores.base import Store

Seconds = int | timedelta | None


class BoundedStore(Store):
    """At most `entries_max` values; none of its methods gives way to another task."""

    def __init__(
        self, entries_max: int = 50_000, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._entries_max, self._now = entries_max, now
        self._kept: OrderedDict[str, tuple[bytes, float | None]] = OrderedDict()

    async def set(self, key: str, value: str | bytes, expires_in: Seconds = None) -> None:
        """Keep a value."""
        raw = value.encode() if isinstance(value, str) else value
        self._kept[key] = (raw, self._until(expires_in))
        self._kept.move_to_end(key)
        if len(self._kept) > self._entries_max:
            self._kept.popitem(last=False)

    async def get(self, key: str, renew_for: Seconds = None) -> bytes | None:
        """The value while it lasts."""
        found = self._kept.get(key)
        if found is None or (found[1] is not None and found[1] <= self._now()):
            self._kept.pop(key, None)
            return None
        if renew_for is not None and found[1] is not None:
            self._kept[key] = (found[0], self._until(renew_for))
        self._kept.move_to_end(key)
        return found[0]

    async def delete(self, key: str) -> None:
        """Forget a value."""
        self._kept.pop(key, None)

    async def delete_all(self) -> None:
        """Forget everything."""
        self._kept.clear()

    async def exists(self, key: str) -> bool:
        """Whether there is a value."""
        return await self.get(key) is not None

    async def expires_in(self, key: str) -> int | None:
        """Seconds until a value is forgotten."""
        found = self._kept.get(key)
        return None if found is None or found[1] is None else int(found[1] - self._now())

    def _until(self, expires_in: Seconds) -> float | None:
        if expires_in is None:
            return None
        is_span = isinstance(expires_in, timedelta)
        return self._now() + (expires_in.total_seconds() if is_span else expires_in)
