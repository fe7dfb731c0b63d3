"""One call to a model, with the only retries there are: a pace, a breaker, waits and a deadline.

A 429 slows the whole endpoint down; 5xx and timeouts are tried again after a jittered wait; any
other refusal is final. The SDKs below retry nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fitsense_assets.lib.teacher.breaker import Breaker
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.pace import Pace
from fitsense_assets.lib.teacher.tab import NO_BILL, Bill

Complete = Callable[..., Awaitable[Any]]
THROTTLED = "RateLimitError"
TIMEOUT = "Timeout"
# What litellm and the SDKs below it call a reply that did not come, or not as it should.
_BROKEN = frozenset({
    "APIConnectionError", "APIError", "APITimeoutError", "BadGatewayError", "InternalServerError",
    TIMEOUT, "UnreadableAnswer",
})  # fmt: skip
# Somewhere below a failure that surely was not charged: a status that says no, or no connection.
_UNCHARGED = frozenset({"HTTPStatusError", "ConnectError", "ClientConnectorError"})
TRANSIENT = (_BROKEN - {"APIError"}) | {THROTTLED, "ServiceUnavailableError"}
WAIT_MAX_S = 20.0
RETRY_AFTER_MAX_S = 120.0
ERROR_CHARS_MAX = 300


class CallFailure(Exception):
    """A failure that says itself what it is; those of SDKs are known by their classes' names.

    `response`, if there is one, has the headers that came with it.
    """

    def __init__(
        self, kind: str, message: str, *, may_be_charged: bool, response: Any = None
    ) -> None:
        """Name the kind as litellm does, and say whether a reply was perhaps made."""
        super().__init__(message)
        self.kind, self.may_be_charged, self.response = kind, may_be_charged, response


@dataclass(frozen=True)
class Gateway:
    """How a model is called, the errors a call may end with, and how its connections close."""

    complete: Complete
    failures: tuple[type[Exception], ...]
    close: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Patience:
    """How often, and for how long in all, one question is tried; a 429 is no failure."""

    attempts_max: int
    deadline_s: float
    attempt_s: float = 60.0


@dataclass
class Outcome:
    """What came of one call; `count_unsure` attempts may have been charged without a reply.

    `failure` is the kind of the last attempt's error.
    """

    response: Any = None
    error: str | None = None
    failure: str | None = None
    attempts: int = 0
    count_failures: int = 0
    latency_ms: float = 0.0
    count_unsure: int = 0


class Caller:
    """Calls one endpoint from inside a place of its pace."""

    def __init__(self, gateway: Gateway, pace: Pace, clock: Clock, secret: str | None) -> None:
        """Call through this gateway; the secret is cut out of every error that is told."""
        self._gateway, self._pace, self._clock, self._secret = gateway, pace, clock, secret
        self._breaker = Breaker(clock)

    async def call(
        self, arguments: dict[str, Any], patience: Patience, bill: Bill = NO_BILL
    ) -> Outcome:
        """The response, or the error that was left when patience ran out.

        Each attempt is on the bill before it is sent, and off it again if it was refused.
        """
        started = self._clock.now()
        end = started + patience.deadline_s
        outcome = Outcome(error="the deadline passed before the first attempt")
        while outcome.count_failures < patience.attempts_max and self._clock.now() < end:
            if not await self._may_call(end):
                outcome.error = "the provider fails again and again: its breaker is open"
                break
            limit_s = min(patience.attempt_s, end - self._clock.now())
            await bill.begin()
            count_unsure = outcome.count_unsure
            is_passing = await self._attempt(arguments, outcome, limit_s)
            if outcome.error is not None and outcome.count_unsure == count_unsure:
                bill.refused()
            if not is_passing:
                break
            wait = min(2.0**outcome.attempts, WAIT_MAX_S) * (0.5 + self._clock.jitter())
            await self._clock.sleep(max(0.0, min(wait, end - self._clock.now())))
        outcome.latency_ms = (self._clock.now() - started) * 1000
        return outcome

    async def _may_call(self, end: float) -> bool:
        """Wait while the breaker is open; False if that lasts longer than the deadline."""
        while (rest := self._breaker.wait_s) > 0:
            left = end - self._clock.now()
            await self._clock.sleep(min(rest, max(left, 0.0)))
            if rest > left:
                return False
        self._breaker.take_probe()
        return True

    async def _attempt(self, arguments: dict[str, Any], outcome: Outcome, limit_s: float) -> bool:
        """Try once; True if it should be tried again.

        The limit is for the whole attempt: the SDK's own starts anew with every byte that drips.
        """
        outcome.attempts += 1
        began = self._clock.now()
        try:
            async with asyncio.timeout(limit_s):
                outcome.response = await self._gateway.complete(**arguments)
        except TimeoutError:
            outcome.error = f"{TIMEOUT}: no whole reply within {limit_s:.0f} s"
            outcome.failure = TIMEOUT
            outcome.count_unsure += 1
            outcome.count_failures += 1
            self._breaker.failed()
            return True
        except self._gateway.failures as failure:
            name = kind_of(failure)
            outcome.error, outcome.failure = self._told(failure), name
            is_unsure = may_be_charged(failure)
            outcome.count_unsure += is_unsure
            outcome.count_failures += name != THROTTLED
            if name == THROTTLED:
                self._breaker.succeeded()
                self._pace.throttled(began, retry_after_of(failure))
                await self._rest(failure)
            elif is_unsure or name in TRANSIENT:
                self._breaker.failed()
            return is_unsure or name in TRANSIENT
        outcome.error = outcome.failure = None
        self._breaker.succeeded()
        self._pace.succeeded()
        return False

    async def _rest(self, failure: Exception) -> None:
        wait = retry_after_of(failure)
        if wait:
            await self._clock.sleep(wait)

    def _told(self, failure: Exception) -> str:
        text = str(failure)
        if self._secret:
            text = text.replace(self._secret, "***")
        return f"{kind_of(failure)}: {text[:ERROR_CHARS_MAX]}"


def kind_of(failure: Exception) -> str:
    """What kind of failure it is, as litellm and the SDKs below it call it."""
    return failure.kind if isinstance(failure, CallFailure) else type(failure).__name__


def may_be_charged(failure: Exception) -> bool:
    """Whether a reply was perhaps made and did not reach us.

    litellm says InternalServerError to a reset connection and to a page of HTML with status 200
    just as to a status of 500; what it stands on tells them apart.
    """
    if isinstance(failure, CallFailure):
        return failure.may_be_charged
    names = [type(failure).__name__]
    below: BaseException | None = failure
    while (below := below.__cause__ or below.__context__) is not None:
        names.append(type(below).__name__)
    return names[0] in _BROKEN and not _UNCHARGED.intersection(names)


def retry_after_of(failure: Exception) -> float | None:
    """The seconds a provider asked us to wait, if it said so in a way that can be read."""
    response = getattr(failure, "response", None)
    said = getattr(response, "headers", {}).get("retry-after") if response is not None else None
    try:
        seconds = float(said) if said is not None else None
    except ValueError:
        return None
    if seconds is None or not seconds >= 0:
        return None
    return min(seconds, RETRY_AFTER_MAX_S)
