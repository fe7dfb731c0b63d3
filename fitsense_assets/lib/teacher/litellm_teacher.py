"""A large model as teacher, reached through litellm: hosted, or self-hosted with an API base.

There is one retry layer, here: a jittered wait, a bounded number of attempts, and a deadline for
all of them. The SDKs below retry nothing. Every reply goes to the journal before it is parsed.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fitsense_assets.lib.teacher.guide import GUIDE_VERSION, render_guide
from fitsense_assets.lib.teacher.journal import Journal, journal_key
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply

Complete = Callable[..., Any]
TRANSIENT = frozenset(
    {
        "APIConnectionError",
        "InternalServerError",
        "RateLimitError",
        "ServiceUnavailableError",
        "Timeout",
        "BadGatewayError",
    }
)

# What is sent and yet no part of a question: it changes how a reply is fetched, not the reply.
KEY_EXCLUDES = {
    "api_key": "a new key must not pay again, and no key may reach the journal",
    "timeout": "how long we wait does not change what is answered",
    "num_retries": "how often we try does not change what is answered",
    "max_retries": "how often we try does not change what is answered",
}


@dataclass(frozen=True)
class Endpoint:
    """Which model, where, and how patiently."""

    model: str
    api_base: str | None = None
    api_key: str | None = None
    max_tokens: int = 3000
    attempts_max: int = 4
    timeout_s: float = 60.0
    deadline_s: float = 180.0


@dataclass(frozen=True)
class Gateway:
    """How a model is called, and the errors a call may end with."""

    complete: Complete
    failures: tuple[type[Exception], ...]


@dataclass(frozen=True)
class Clock:
    """Time and chance as the retries use them; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


class LitellmTeacher:
    """Asks one model over litellm."""

    def __init__(
        self,
        endpoint: Endpoint,
        journal: Journal | None = None,
        gateway: Gateway | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Ask this endpoint; `gateway` stands in for litellm in tests."""
        self.name = f"litellm/{endpoint.model}"
        self._endpoint, self._journal = endpoint, journal
        self._gateway = gateway or _litellm()
        self._clock = clock or Clock()

    def reply(self, question: Question) -> Reply:
        """The model's reply, from the journal where it was paid for before."""
        guide = render_guide(question.request)
        key = self._key(question, guide)
        found = self._journal.find(key, question.query_id) if self._journal else None
        if found is not None:
            return found
        reply = self._ask(question, guide)
        if self._journal is not None and reply.error is None:
            self._journal.keep(key, reply)
        return reply

    def _key(self, question: Question, guide: str) -> str:
        """Model, address, messages and parameters: all that is sent but `KEY_EXCLUDES`."""
        sent = self._arguments(question, guide)
        asked = {name: value for name, value in sent.items() if name not in KEY_EXCLUDES}
        return journal_key(GUIDE_VERSION, json.dumps(asked, sort_keys=True))

    def _ask(self, question: Question, guide: str) -> Reply:
        started, attempts, error = self._clock.now(), 0, "no attempt was made"
        end = started + self._endpoint.deadline_s
        while attempts < self._endpoint.attempts_max and self._clock.now() < end:
            attempts += 1
            try:
                response = self._gateway.complete(**self._arguments(question, guide))
            except self._gateway.failures as failure:
                error = f"{type(failure).__name__}: {str(failure)[:300]}"
                if type(failure).__name__ not in TRANSIENT:
                    break
                wait = min(2.0**attempts, 20.0) * (0.5 + self._clock.jitter())
                self._clock.sleep(max(0.0, min(wait, end - self._clock.now())))
            else:
                latency_ms = (self._clock.now() - started) * 1000
                return self._read(question.query_id, response, attempts, latency_ms)
        return Reply(
            question.query_id,
            self._endpoint.model,
            "",
            attempts=attempts,
            latency_ms=(self._clock.now() - started) * 1000,
            cache_state=CacheState.MISS,
            error=error,
        )

    def _arguments(self, question: Question, guide: str) -> dict[str, Any]:
        return {
            "model": self._endpoint.model,
            "messages": [
                {"role": "system", "content": guide},
                {"role": "user", "content": question.prompt},
            ],
            "api_base": self._endpoint.api_base,
            "api_key": self._endpoint.api_key,
            "max_tokens": self._endpoint.max_tokens,
            "temperature": 0.0,
            "timeout": self._endpoint.timeout_s,
            "num_retries": 0,
            "max_retries": 0,
        }

    def _read(self, query_id: str, response: Any, attempts: int, latency_ms: float) -> Reply:
        usage = getattr(response, "usage", None)
        hidden: dict[str, Any] = getattr(response, "_hidden_params", None) or {}
        return Reply(
            query_id,
            getattr(response, "model", None) or self._endpoint.model,
            response.choices[0].message.content or "",
            attempts=attempts,
            latency_ms=latency_ms,
            prompt_tokens=getattr(usage, "prompt_tokens", 0) or 0,
            completion_tokens=getattr(usage, "completion_tokens", 0) or 0,
            cost_usd=float(hidden.get("response_cost") or 0.0),
            cache_state=CacheState.MISS,
        )


def _litellm() -> Gateway:
    import litellm  # 6.6 CPU-s: only whoever asks a hosted model pays for it
    import openai

    # litellm maps every provider's failures to classes below this one.
    return Gateway(litellm.completion, (openai.OpenAIError,))
