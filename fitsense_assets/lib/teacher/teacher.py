"""The teacher as the pipeline sees it: a question goes in, one raw reply comes out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from fitsense_training.domain.request import PlanRequest


class CacheState(StrEnum):
    """Where a reply came from: no cache asked, found in the journal, or paid for."""

    NONE = "none"
    HIT = "hit"
    MISS = "miss"


@dataclass(frozen=True)
class Question:
    """One query: who asks does not matter, what is asked does."""

    query_id: str
    prompt: str
    request: PlanRequest


@dataclass(frozen=True)
class Reply:
    """What a teacher wrote, word for word, and what it took; `text` is empty after an error.

    `cost_usd` is what this run paid, `first_cost_usd` what the reply cost when it was paid for;
    `count_turns` counts the questions and corrections that led to it.
    """

    query_id: str
    served_model: str
    text: str
    attempts: int = 1
    latency_ms: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0
    cache_state: CacheState = CacheState.NONE
    error: str | None = None
    first_cost_usd: float = 0.0
    count_turns: int = 1
    is_cut: bool = False


class Teacher(Protocol):
    """Answers questions; every question gets a reply, an error too is one."""

    name: str

    def reply(self, question: Question) -> Reply:
        """Answer one question."""
        ...


@runtime_checkable
class BulkTeacher(Teacher, Protocol):
    """A teacher that answers many questions at once and gives the replies in their order."""

    @property
    def price(self) -> str:
        """What it costs, in words, and where that is from."""
        ...

    @property
    def in_flight(self) -> int:
        """How many questions the model has and has not answered yet."""
        ...

    def replies(self, questions: Iterable[Question]) -> Iterator[Reply]:
        """Answer all of them, reading only so many ahead as are being answered."""
        ...
