"""Stand-ins for what tests do not want to pay for: models behind a gateway, and the clock."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.clock import Clock


class GatewayFailure(Exception):
    """The root of what a gateway may raise, as litellm's errors have one."""


class Timeout(GatewayFailure):
    """The model took too long."""


class RateLimitError(GatewayFailure):
    """Too many requests, HTTP 429."""


class ServiceUnavailableError(GatewayFailure):
    """The provider is down, HTTP 503."""


class AuthenticationError(GatewayFailure):
    """The key is wrong, HTTP 401."""


class BadRequestError(GatewayFailure):
    """The request is wrong, HTTP 400."""


class FakeModel:
    """A model that plays a script of replies and failures, and writes down what it was sent."""

    def __init__(self, script: Iterable[str | Exception]) -> None:
        self._script = list(script)
        self.calls: list[dict[str, Any]] = []

    async def complete(self, **arguments: Any) -> Any:
        self.calls.append(arguments)
        turn = self._script.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return SimpleNamespace(
            model="served-model-7b",
            choices=[SimpleNamespace(message=SimpleNamespace(content=turn))],
            usage=SimpleNamespace(prompt_tokens=900, completion_tokens=70),
            _hidden_params={"response_cost": 0.002},
        )

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.complete, (GatewayFailure,))


class FakeTime:
    """A clock that moves only when somebody sleeps or a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.naps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.seconds, sleep=self.sleep, jitter=lambda: 0.5)
