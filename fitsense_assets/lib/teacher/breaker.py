"""When to leave a provider alone, and when to give a run up."""

from collections import deque

from fitsense_assets.lib.teacher.clock import Clock
from fitsense_training.domain.errors import BadInput

FAILURES_TO_OPEN = 20
OPEN_S = 30.0
WINDOW = 200
JUDGED_FROM = 50
ERROR_SHARE_MAX = 0.2


class Breaker:
    """Opens after so many failures in a row; then one call at a time feels whether it is better."""

    def __init__(self, clock: Clock) -> None:
        """Start closed: calls go through."""
        self._clock = clock
        self._count_failures = 0
        self._open_until = float("-inf")

    @property
    def wait_s(self) -> float:
        """Seconds until a call may be tried; 0 while the breaker is closed."""
        return max(0.0, self._open_until - self._clock.now())

    def take_probe(self) -> None:
        """Let one call through an open breaker whose time is up, and keep the others waiting."""
        if self._count_failures >= FAILURES_TO_OPEN:
            self._open_until = self._clock.now() + OPEN_S

    def succeeded(self) -> None:
        """Close: the provider answers."""
        self._count_failures = 0
        self._open_until = float("-inf")

    def failed(self) -> None:
        """Count a failure of the provider; a row of them opens."""
        self._count_failures += 1
        if self._count_failures == FAILURES_TO_OPEN:
            self._open_until = self._clock.now() + OPEN_S


class ErrorRate:
    """Ends a run in which too many of the last questions got no reply."""

    def __init__(self) -> None:
        """Nothing has been asked yet."""
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._message: str | None = None

    def count(self, error: str | None) -> None:
        """Count a question that is over.

        Raises:
            BadInput: more than a fifth of the last questions (50 at least) failed.
        """
        self._last.append(error is not None)
        count_errors = sum(self._last)
        if len(self._last) >= JUDGED_FROM and count_errors > ERROR_SHARE_MAX * len(self._last):
            self._message = (
                f"the teacher failed on {count_errors} of the last {len(self._last)} questions "
                f"(last: {error or 'see the table'}): mend the cause and run again, what was paid "
                "for is in the journal"
            )
        self.check()

    def stop(self) -> None:
        """Let nothing new begin."""
        self._message = self._message or "the run was stopped: run it again to go on"

    def check(self) -> None:
        """Raise BadInput if the run was given up."""
        if self._message is not None:
            raise BadInput(self._message)
