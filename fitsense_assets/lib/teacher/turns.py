"""The turns of one question: asked, told what is wrong with the reply, asked again, twice at most.

Every turn is looked up in the journal first. How a turn reaches the model is a `Line`: one call,
or a row of a batch. Both find what the other has paid for.
"""

from dataclasses import replace
from typing import Any, Protocol

from fitsense_assets.lib.teacher.corrections import corrected, correction_of
from fitsense_assets.lib.teacher.endpoint import Endpoint, arguments_of, key_of, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply


class Line(Protocol):
    """A way to the model; it keeps what is paid for and holds the budget."""

    async def ask(self, query_id: str, key: str, arguments: dict[str, Any]) -> Reply:
        """One paid reply, written down before it is given back; an error is a reply too."""
        ...

    @property
    def in_flight(self) -> int:
        """Questions that the model has and has not answered yet."""
        ...


class Turns:
    """Answers questions over a line."""

    def __init__(self, endpoint: Endpoint, journal: Journal | None, line: Line) -> None:
        """Ask this endpoint over this line what is not in the journal."""
        self._endpoint, self._journal, self._line = endpoint, journal, line

    async def answer(self, question: Question) -> Reply:
        """The reply to one question after its corrections, with all that they took together."""
        messages = messages_of(question)
        reply = total = await self._turn(question.query_id, messages)
        for _ in range(self._endpoint.corrections_max):
            said = None if reply.error else correction_of(question, reply)
            if said is None:
                break
            messages = corrected(messages, reply, said)
            reply = await self._turn(question.query_id, messages)
            total = _added(total, reply)
        return total

    async def _turn(self, query_id: str, messages: list[dict[str, Any]]) -> Reply:
        arguments = arguments_of(self._endpoint, messages)
        key = key_of(arguments)
        found = self._journal.find(key, query_id) if self._journal else None
        return found or await self._line.ask(query_id, key, arguments)


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
