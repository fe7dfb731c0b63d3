"""The one retry layer, in virtual time: it finds a provider's pace and knows when to give up."""

import asyncio
import itertools
import random
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from fitsense_assets.lib.teacher.breaker import (
    FAILURES_TO_OPEN,
    JUDGED_FROM,
    OPEN_S,
    Breaker,
    ErrorRate,
)
from fitsense_assets.lib.teacher.calling import (
    Caller,
    Gateway,
    Outcome,
    Patience,
    may_be_charged,
    retry_after_of,
)
from fitsense_assets.lib.teacher.pace import SUCCESSES_PER_STEP, Pace
from fitsense_training.domain.errors import BadInput
from tests.fakes import (
    BadRequestError,
    FakeTime,
    GatewayFailure,
    RateLimitError,
    ServiceUnavailableError,
)
from tests.fitsense_assets.teacher.virtual_time import Provider, VirtualTime

PATIENCE = Patience(attempts_max=4, deadline_s=600)


def calls(time: VirtualTime, pace: Pace, gateway: Gateway, count: int) -> list[Outcome]:
    """So many calls at once, each from inside a place of the pace."""
    caller = Caller(gateway, pace, time.clock, secret=None)

    async def one() -> Outcome:
        await pace.enter()
        try:
            return await caller.call({}, PATIENCE)
        finally:
            pace.leave()

    async def together() -> list[Outcome]:
        return await asyncio.gather(*(one() for _ in range(count)))

    return time.run(together())


def test_the_pace_settles_at_what_the_provider_can_take():
    time = VirtualTime()
    provider, pace = Provider(time, capacity=20), Pace(64, time.clock)

    outcomes = calls(time, pace, provider.gateway, 600)

    assert [outcome.error for outcome in outcomes] == [None] * 600
    assert 14 <= pace.places <= 24
    assert provider.count_refused < 200


def test_retry_after_keeps_everybody_waiting():
    time = VirtualTime()
    provider, pace = Provider(time, capacity=2, retry_after="30"), Pace(4, time.clock)

    calls(time, pace, provider.gateway, 6)

    assert provider.count_refused >= 1
    assert [at for at in provider.began if 0 < at < 30] == []


def test_a_burst_of_refusals_is_one_cut():
    time = FakeTime()
    pace = Pace(64, time.clock)

    time.seconds = 1
    for _ in range(30):
        pace.throttled(started=0.0, retry_after=None)
    after_burst = pace.places
    time.seconds = 5
    pace.throttled(started=4.0, retry_after=None)

    assert (after_burst, pace.places) == (48, 36)


def test_successes_open_one_place_at_a_time_up_to_the_limit():
    pace = Pace(64, FakeTime().clock)
    pace.throttled(started=0.0, retry_after=None)

    for _ in range(SUCCESSES_PER_STEP - 1):
        pace.succeeded()
    before = pace.places
    pace.succeeded()
    after = pace.places
    for _ in range(100 * SUCCESSES_PER_STEP):
        pace.succeeded()

    assert (before, after, pace.places) == (48, 49, 64)


def test_a_pace_never_closes_altogether():
    time = FakeTime()
    pace = Pace(2, time.clock)

    for _ in range(50):
        time.seconds += 1
        pace.throttled(started=time.seconds, retry_after=None)

    assert pace.places == 1


def test_a_refusal_that_is_final_is_asked_once_and_slows_nobody():
    time = VirtualTime()
    pace = Pace(8, time.clock)

    async def refuse(**_: Any) -> Any:
        raise BadRequestError("400")

    outcomes = calls(time, pace, Gateway(refuse, (GatewayFailure,)), 8)

    assert [(o.attempts, o.error) for o in outcomes] == [(1, "BadRequestError: 400")] * 8
    assert (pace.places, time.seconds) == (8, 0.0)


def test_the_breaker_spares_a_provider_that_is_down():
    time = VirtualTime()
    asked: list[float] = []

    async def down(**_: Any) -> Any:
        asked.append(time.seconds)
        raise ServiceUnavailableError("503")

    outcomes = calls(time, Pace(64, time.clock), Gateway(down, (GatewayFailure,)), 64)

    assert all(outcome.error for outcome in outcomes)
    assert len([at for at in asked if 4 < at < OPEN_S]) == 0
    assert len(asked) < 64 * PATIENCE.attempts_max / 2


def test_an_open_breaker_lets_one_probe_through_and_closes_on_success():
    time = FakeTime()
    breaker = Breaker(time.clock)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()

    opened = breaker.wait_s
    time.seconds = OPEN_S
    may_probe = breaker.wait_s == 0
    breaker.take_probe()
    others_wait = breaker.wait_s > 0
    breaker.succeeded()

    assert (opened, may_probe, others_wait, breaker.wait_s) == (OPEN_S, True, True, 0)


@pytest.mark.parametrize(
    ("said", "read"), [("7", 7.0), ("1.5", 1.5), ("9999", 120.0), ("soon", None), ("-1", None),
                       ("nan", None), (None, None)],
)  # fmt: skip
def test_retry_after_is_read_with_care(said: str | None, read: float | None):
    failure = GatewayFailure("429")
    response = type("Response", (), {"headers": {"retry-after": said} if said else {}})()
    failure.response = response  # pyright: ignore

    assert retry_after_of(failure) == read
    assert retry_after_of(GatewayFailure("no response at all")) is None


def raised(*names: str) -> Exception:
    """A failure with these classes below it, the innermost last."""
    failures = [type(name, (Exception,), {})() for name in names]
    for above, below in itertools.pairwise(failures):
        above.__cause__ = below
    return failures[0]


@pytest.mark.parametrize(
    ("names", "is_unsure"),
    [
        (("Timeout",), True),
        (("InternalServerError", "OpenAIError", "ReadError", "ServerDisconnectedError"), True),
        (("InternalServerError", "OpenAIError", "APIConnectionError", "ReadError"), True),
        (("APIError", "OpenAIError", "JSONDecodeError"), True),
        (("InternalServerError", "OpenAIError", "HTTPStatusError"), False),
        (("InternalServerError", "OpenAIError", "ConnectError", "ClientConnectorError"), False),
        (("APIError", "APIStatusError", "HTTPStatusError"), False),
        (("RateLimitError",), False),
        (("ServiceUnavailableError",), False),
    ],
)
def test_a_reply_that_may_have_been_made_may_have_been_charged(
    names: tuple[str, ...], is_unsure: bool
):
    assert may_be_charged(raised(*names)) is is_unsure


@pytest.mark.parametrize("retry_after", [None, "2"])
def test_a_storm_of_refusals_loses_nothing_and_is_not_answered_with_one(retry_after: str | None):
    time = VirtualTime()
    provider = Provider(time, capacity=64, retry_after=retry_after)
    chance = random.Random(1)
    calm = provider.complete
    after_storm: list[float] = []

    async def stormy(**arguments: Any) -> Any:
        if time.seconds < 60 and chance.random() < 0.9:
            provider.began.append(time.seconds)
            failure = RateLimitError("429")
            failure.response = SimpleNamespace(  # pyright: ignore
                headers={} if retry_after is None else {"retry-after": retry_after}
            )
            raise failure
        after_storm.append(time.seconds)
        return await calm(**arguments)

    pace = Pace(64, time.clock)
    outcomes = calls(time, pace, Gateway(stormy, (GatewayFailure,)), 400)

    assert [outcome.error for outcome in outcomes] == [None] * 400
    # The storm met at most what the first second sent, and then ever less.
    per_second = Counter(int(at) for at in provider.began)
    assert max(per_second[second] for second in range(20, 60)) < 64 / 4
    # Nor is the calm after it met with all at once.
    assert max(per_second[second] for second in range(60, 70)) < 64 / 4


def test_too_many_errors_end_the_run_with_the_last_of_them():
    rate = ErrorRate()
    for _ in range(JUDGED_FROM - 1):
        rate.count("AuthenticationError: 401")

    with pytest.raises(BadInput, match=r"50 of the last 50 .*AuthenticationError: 401.*run again"):
        rate.count("AuthenticationError: 401")
    with pytest.raises(BadInput, match="50 of the last 50"):
        rate.check()


def test_a_fifth_of_errors_is_borne_and_more_is_not():
    rate = ErrorRate()
    for number in range(1000):
        rate.count("Timeout: slow" if number % 5 == 4 else None)

    for _ in range(4):  # errors come in where four good ones and no error go out
        rate.count(None)
    rate.count("Timeout: slow")
    with pytest.raises(BadInput, match="41 of the last 200 questions"):
        rate.count("Timeout: slow")


def test_a_key_that_a_provider_says_back_is_cut_out():
    time = VirtualTime()

    async def leak(**_: Any) -> Any:
        raise BadRequestError("your key sk-canary is wrong")

    caller = Caller(Gateway(leak, (GatewayFailure,)), Pace(1, time.clock), time.clock, "sk-canary")
    outcome = time.run(caller.call({}, PATIENCE))

    assert outcome.error == "BadRequestError: your key *** is wrong"
