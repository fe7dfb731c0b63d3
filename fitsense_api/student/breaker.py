"""A breaker: a server that fails again and again is left alone for a while, then tried once."""

from collections.abc import Callable


class Breaker:
    """Opens after so many failures on end, and lets one call through after each rest."""

    def __init__(self, failures_max: int, rest_s: float, now: Callable[[], float]) -> None:
        self._failures_max, self._rest_s, self._now = failures_max, rest_s, now
        self._failures = 0
        self._try_at_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server has failed too often to be asked by everybody."""
        return self._failures >= self._failures_max

    def may_try(self) -> bool:
        """Whether this call may be made. While it is open, the first call after a rest may."""
        if not self.is_open:
            return True
        if self._now() < self._try_at_s:
            return False
        self._try_at_s = self._now() + self._rest_s
        return True

    def succeeded(self) -> None:
        """A call went well: everybody may ask again."""
        self._failures = 0

    def failed(self) -> None:
        """A call went wrong."""
        self._failures += 1
        self._try_at_s = self._now() + self._rest_s
