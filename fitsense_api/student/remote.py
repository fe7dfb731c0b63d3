"""A student behind an OpenAI-compatible server, such as vLLM with a fine-tuned model.

It is asked the words the embedded student is asked, and is sent the same grammar
(`structured_outputs`, as vLLM names it), so it can write only what the request allows. Its answer
is read as it comes, under one deadline for all of it and a limit on its length.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure
from fitsense_api.student.breaker import Breaker
from fitsense_api.student.planner import PlannerKind, Proposal, Stage, Trouble, Watcher
from fitsense_api.student.served import ModelOrigin
from fitsense_api.student.workers import WorkerPool
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.shorthand import brief, expand
from fitsense_training.domain.text.wire import MAX_REPLY_CHARS

REFUSALS = frozenset({400, 413, 422})
EVENT, END = "data:", "[DONE]"
FAILURES_MAX, REST_S = 5, 10.0
CONNECT_S = 2.0


class RemoteFailed(FitSenseError):
    """The server of the student did not answer as it should."""


class RemoteRefused(RemoteFailed):
    """The server finds fault with this one request; it says nothing about the next."""


@dataclass(frozen=True)
class RemoteModel:
    """Which model, where, and how much it may write."""

    name: str
    api_base: str
    api_key: SecretStr | None = None
    max_tokens: int = 2048


class _Delta(BaseModel):
    model_config = ConfigDict(frozen=True)

    content: str | None = None


class _Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Chunk(BaseModel):
    """One event of a streamed completion, as far as it is read here."""

    model_config = ConfigDict(frozen=True)

    model: str = ""
    choices: tuple[_Choice, ...] = ()


@dataclass
class _Reply:
    """What has come so far."""

    text: str = ""
    model: str = ""
    count_pieces: int = 0
    is_finished: bool = False

    def add(self, chunk: _Chunk) -> None:
        self.model = chunk.model or self.model
        for choice in chunk.choices[:1]:
            self.text += choice.delta.content or ""
            self.count_pieces += bool(choice.delta.content)
            if choice.finish_reason == "length":
                raise RemoteFailed("the reply was cut: raise the model's length, or ask for less")
            self.is_finished = self.is_finished or choice.finish_reason is not None
        if len(self.text) > MAX_REPLY_CHARS:
            raise RemoteFailed(f"the reply is longer than {MAX_REPLY_CHARS} characters")


class RemotePlanner:
    """Proposes what the model behind a server writes."""

    kind = PlannerKind.REMOTE

    def __init__(
        self,
        model: RemoteModel,
        log: FilteringBoundLogger,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        key = model.api_key.get_secret_value() if model.api_key else None
        self._model, self._log = model, log
        self._breaker = breaker or Breaker(FAILURES_MAX, REST_S, time.monotonic)
        self._words = WorkerPool("words", 1, log)
        self._client = httpx.AsyncClient(
            base_url=model.api_base.rstrip("/") + "/",
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )
        self._origin = ModelOrigin(model.name)

    @property
    def origin(self) -> ModelOrigin | None:
        """The model, by the name the server gave it when it answered last."""
        return self._origin

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Whether the server fails again and again."""
        return (Trouble.BREAKER_OPEN,) if self._breaker.is_open else ()

    async def propose(
        self, request: PlanRequest, timeout_s: float, watcher: Watcher
    ) -> Proposal | Failure:
        """What the model writes under the grammar of the request."""
        if not self._breaker.may_try():
            return Failure("breaker_open")
        asked = await self._words.run(lambda: _ask_of(self._model, request), timeout_s)
        if isinstance(asked, Failure):
            return asked
        try:
            async with asyncio.timeout(timeout_s):
                reply = await self._ask(asked.body, watcher)
        except (httpx.HTTPError, RemoteFailed, TimeoutError) as error:
            if not isinstance(error, RemoteRefused):
                self._breaker.failed()
            # Only the name: the words of another server may quote the person.
            self._log.error("failed", what="answer by remote", error=type(error).__name__)
            return Failure(type(error).__name__)
        self._breaker.succeeded()
        self._origin = replace(self._origin, version=reply.model or self._model.name)
        return Proposal(expand(asked.prompt, reply.text), self._origin)

    async def _ask(self, body: dict[str, Any], watcher: Watcher) -> _Reply:
        reply = _Reply()
        async with self._client.stream("POST", "chat/completions", json=body) as response:
            if not response.is_success:
                kind = RemoteRefused if response.status_code in REFUSALS else RemoteFailed
                raise kind(f"the server of the student answered {response.status_code}")
            async for chunk in _chunks(response):
                reply.add(chunk)
                watcher.note(Stage.WRITING, reply.count_pieces)
        if not reply.is_finished:
            raise RemoteFailed("the reply ended before it was whole")
        return reply

    async def close(self) -> None:
        """Hang up."""
        self._words.close()
        await self._client.aclose()


@dataclass(frozen=True)
class _Asked:
    """A whole prompt, and the completion to ask for."""

    prompt: str
    body: dict[str, Any]


def _ask_of(model: RemoteModel, request: PlanRequest) -> _Asked:
    """Greedy, in the student's own words, under the grammar."""
    prompt = render_prompt(request)
    body = {
        "model": model.name,
        "messages": [{"role": "user", "content": brief(prompt)}],
        "max_tokens": model.max_tokens,
        "temperature": 0.0,
        "stream": True,
        "structured_outputs": {"grammar": render_grammar(request, prompt)},
    }
    return _Asked(prompt, body)


async def _chunks(response: httpx.Response) -> AsyncIterator[_Chunk]:
    """The events of a stream; a line without end is refused before it fills the memory."""
    rest = ""
    async for text in response.aiter_text():
        *lines, rest = (rest + text).split("\n")
        if len(rest) > MAX_REPLY_CHARS:
            raise RemoteFailed("the server of the student sent a line without end")
        for line in lines:
            if line.startswith(EVENT) and line[len(EVENT) :].strip() != END:
                yield _read(line[len(EVENT) :])


def _read(event: str) -> _Chunk:
    try:
        return _Chunk.model_validate(json.loads(event))
    except (ValueError, ValidationError) as error:
        raise RemoteFailed("the server of the student sent something else than events") from error
