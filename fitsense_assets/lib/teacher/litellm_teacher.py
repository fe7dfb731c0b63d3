"""A large model as teacher, reached through litellm: hosted, or self-hosted with an API base.

Many questions are in the air at once, as many as the endpoint's pace allows. A reply goes to the
journal, word for word, before it is parsed; a reply that is cut off, unreadable or unsafe is told
so, twice at most, and each of these turns is a paid reply of its own.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.breaker import ErrorRate
from fitsense_assets.lib.teacher.calling import Caller, Gateway, Outcome, Patience
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.corrections import corrected, correction_of
from fitsense_assets.lib.teacher.engine import Stream, run_stream
from fitsense_assets.lib.teacher.group_commit import GroupCommit
from fitsense_assets.lib.teacher.guide import GUIDE_VERSION, render_guide
from fitsense_assets.lib.teacher.journal import Journal, journal_key
from fitsense_assets.lib.teacher.ledger import Ledger
from fitsense_assets.lib.teacher.pace import Pace
from fitsense_assets.lib.teacher.prices import FREE, Price
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply

__all__ = ["Clock", "Endpoint", "Gateway", "LitellmTeacher"]

WINDOW_PER_PLACE = 4
MESSAGE_OVERHEAD_TOKENS = 200

# What is sent and yet no part of a question: it changes how a reply is fetched, not the reply.
KEY_EXCLUDES = {
    "api_key": "a new key must not pay again, and no key may reach the journal",
    "timeout": "how long we wait does not change what is answered",
    "num_retries": "how often we try does not change what is answered",
    "max_retries": "how often we try does not change what is answered",
}


@dataclass(frozen=True)
class Endpoint:
    """Which model, where, how patiently, and at what price."""

    model: str
    api_base: str | None = None
    api_key: str | None = None
    max_tokens: int = 3000
    attempts_max: int = 4
    timeout_s: float = 60.0
    deadline_s: float = 180.0
    concurrency: int = 64
    corrections_max: int = 2
    price: Price = FREE
    budget_usd: Decimal | None = None


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
        return next(iter(list(self.replies([question]))))

    def replies(self, questions: Iterable[Question]) -> Iterator[Reply]:
        """The replies in the order of the questions."""
        run = _Run(self._endpoint, self._journal, self._gateway, self._clock)
        window = self._endpoint.concurrency * WINDOW_PER_PLACE
        return run_stream(
            Stream(run.answer, questions, window), run.errors.stop, self._gateway.close
        )


class _Run:
    """What one stream of questions shares: the pace, the breaker, the ledger, the journal."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal | None, gateway: Gateway, clock: Clock
    ) -> None:
        self._endpoint, self._journal = endpoint, journal
        self._commits = GroupCommit(journal) if journal else None
        self._pace = Pace(endpoint.concurrency, clock)
        self._caller = Caller(gateway, self._pace, clock, endpoint.api_key)
        self._patience = Patience(endpoint.attempts_max, endpoint.deadline_s, endpoint.timeout_s)
        self._ledger = Ledger(endpoint.budget_usd, journal.spent if journal else Decimal(0))
        self.errors = ErrorRate()

    async def answer(self, question: Question) -> Reply:
        """The reply to one question after its corrections, with all that they took together."""
        messages = messages_of(question)
        reply = total = await self._turn(question, messages)
        for _ in range(self._endpoint.corrections_max):
            said = None if reply.error else correction_of(question, reply)
            if said is None:
                break
            messages = corrected(messages, reply, said)
            reply = await self._turn(question, messages)
            total = _added(total, reply)
        return total

    async def _turn(self, question: Question, messages: list[dict[str, Any]]) -> Reply:
        arguments = arguments_of(self._endpoint, messages)
        key = key_of(arguments)
        found = self._journal.find(key, question.query_id) if self._journal else None
        if found is not None:
            return found
        await self._pace.enter()
        try:
            reply = await self._pay(question, arguments)
            if self._commits is not None and reply.error is None:
                await self._commits.keep(key, reply)
        finally:
            # Only now: what is asked and not yet written down never exceeds the places.
            self._pace.leave()
        self.errors.count(reply.error)
        return reply

    async def _pay(self, question: Question, arguments: dict[str, Any]) -> Reply:
        self.errors.check()
        once = self._most(arguments)
        most = once * self._endpoint.attempts_max
        await self._ledger.reserve(most)
        cost = most
        try:
            outcome = await self._caller.call(arguments, self._patience)
            reply = _read(question.query_id, self._endpoint, outcome)
            # An attempt that broke off may have been charged: it counts as the dearest it can be.
            cost = Decimal(str(reply.cost_usd)) + once * outcome.count_unsure
        finally:
            self._ledger.settle(most, cost)
        return reply

    def _most(self, arguments: dict[str, Any]) -> Decimal:
        return most_of(self._endpoint, arguments["messages"])


def most_of(endpoint: Endpoint, messages: list[dict[str, Any]]) -> Decimal:
    """The most that one attempt can cost: a token is a byte or more, and all may be answered."""
    if endpoint.price == FREE:
        return Decimal(0)
    count_bytes = sum(len(message["content"].encode()) for message in messages)
    return endpoint.price.of(count_bytes + MESSAGE_OVERHEAD_TOKENS, endpoint.max_tokens)


def arguments_of(endpoint: Endpoint, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that is sent; the layers below retry nothing."""
    return {
        "model": endpoint.model,
        "messages": messages,
        "api_base": endpoint.api_base,
        "api_key": endpoint.api_key,
        "max_tokens": endpoint.max_tokens,
        "temperature": 0.0,
        "timeout": endpoint.timeout_s,
        "num_retries": 0,
        "max_retries": 0,
    }


def key_of(arguments: dict[str, Any]) -> str:
    """Model, address, messages and parameters: all that is sent but `KEY_EXCLUDES`."""
    asked = {name: value for name, value in arguments.items() if name not in KEY_EXCLUDES}
    return journal_key(GUIDE_VERSION, json.dumps(asked, sort_keys=True))


def messages_of(question: Question) -> list[dict[str, Any]]:
    """The first turn: the guide made for this person, and the prompt."""
    return [
        {"role": "system", "content": render_guide(question.request)},
        {"role": "user", "content": question.prompt},
    ]


def _added(total: Reply, reply: Reply) -> Reply:
    """The newer reply with what both took; a hit only if nothing was paid for in this run."""
    is_hit = CacheState.HIT is total.cache_state is reply.cache_state
    return replace(
        reply,
        attempts=total.attempts + reply.attempts,
        latency_ms=total.latency_ms + reply.latency_ms,
        prompt_tokens=total.prompt_tokens + reply.prompt_tokens,
        completion_tokens=total.completion_tokens + reply.completion_tokens,
        cost_usd=total.cost_usd + reply.cost_usd,
        first_cost_usd=total.first_cost_usd + reply.first_cost_usd,
        count_turns=total.count_turns + reply.count_turns,
        cache_state=CacheState.HIT if is_hit else CacheState.MISS,
    )


def _read(query_id: str, endpoint: Endpoint, outcome: Outcome) -> Reply:
    seen = Reply(
        query_id,
        endpoint.model,
        "",
        attempts=outcome.attempts,
        latency_ms=outcome.latency_ms,
        cache_state=CacheState.MISS,
        error=outcome.error,
    )
    if outcome.error is not None:
        return seen
    response = outcome.response
    choice = response.choices[0] if response.choices else None
    if choice is None:
        return replace(seen, error="the provider answered without a choice")
    usage = getattr(response, "usage", None)
    asked = getattr(usage, "prompt_tokens", 0) or 0
    answered = getattr(usage, "completion_tokens", 0) or 0
    cost = _cost(endpoint, response, asked, answered)
    return replace(
        seen,
        served_model=getattr(response, "model", None) or endpoint.model,
        text=choice.message.content or "",
        prompt_tokens=asked,
        completion_tokens=answered,
        cost_usd=cost,
        first_cost_usd=cost,
        is_cut=getattr(choice, "finish_reason", None) == "length",
    )


def _cost(endpoint: Endpoint, response: Any, asked: int, answered: int) -> float:
    if endpoint.price != FREE:
        return float(endpoint.price.of(asked, answered))
    hidden: dict[str, Any] = getattr(response, "_hidden_params", None) or {}
    return float(hidden.get("response_cost") or 0.0)


def _litellm() -> Gateway:
    import litellm  # 6.6 CPU-s: only whoever asks a hosted model pays for it
    import openai
    from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

    litellm.suppress_debug_info = True  # it would print advice for each failure
    # litellm maps every provider's failures to classes below this one.
    return Gateway(litellm.acompletion, (openai.OpenAIError,), close_litellm_async_clients)
