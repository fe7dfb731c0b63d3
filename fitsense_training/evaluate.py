"""RECIPE: measure a student against its teacher on held-out requests.

Run by the `student_evaluation` asset; by hand:
    cases = pick_cases(all_cases, EvaluationConfig())
    evaluation = evaluate(student, cases)
Raw-model and guarded-system figures come from the same cases and stand side by side. Everything
but `speed` is the same on every run with the same bundle.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tqdm import tqdm

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.guard import answer_safely
from fitsense_training.scorecard import Scored
from fitsense_training.scoring import score_answer, score_reply

Result = TypeVar("Result")


class Student(Protocol):
    """A student under test. Decoding is greedy, so a reply is a function of the request."""

    def reply_freely(self, request: PlanRequest) -> str:
        """What the model writes when nothing holds it."""
        ...

    def reply(self, request: PlanRequest) -> str:
        """What the model writes under the grammar of the request."""
        ...


@dataclass(frozen=True)
class EvaluationConfig:
    """How many held-out requests to ask, and which draw of them."""

    count: int = 320
    seed: int = 0


@dataclass(frozen=True)
class Case:
    """One held-out request with the teacher's reply to it; `kind` is what is special about it."""

    query_id: str
    user_id: str
    cohort: str
    slices: dict[str, str]
    request: PlanRequest
    teacher_reply: str
    kind: str = "plain"


@dataclass(frozen=True)
class Speed:
    """Milliseconds per reply, one after the other; wall time, so never part of a content hash."""

    free_ms: tuple[float, ...]
    guarded_ms: tuple[float, ...]


@dataclass(frozen=True)
class Evaluation:
    """What was measured: every scored reply, and how long each took."""

    scored: tuple[Scored, ...]
    speed: Speed


@dataclass
class _Watch:
    """Times calls and keeps what they returned."""

    milliseconds: list[float] = field(default_factory=list[float])

    def time(self, call: Callable[[], Result]) -> Result:
        started = time.perf_counter()
        result = call()
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        return result


def pick_cases(cases: Iterable[Case], config: EvaluationConfig) -> tuple[Case, ...]:
    """An even draw over prompt types: each gives its share, and what one lacks others give.

    The draw follows a hash of the query id, so two releases that share queries share most cases.
    """
    queues: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda case: _draw(case.query_id, config.seed)):
        queues.setdefault(case.slices["prompt_type"], []).append(case)
    picked: list[Case] = []
    while queues and len(picked) < config.count:
        for prompt_type in sorted(queues):
            picked.append(queues[prompt_type].pop(0))
            if not queues[prompt_type]:
                del queues[prompt_type]
    return tuple(sorted(picked[: config.count], key=lambda case: case.query_id))


def _draw(query_id: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed} {query_id}".encode(), digest_size=8).digest()


def evaluate(student: Student, cases: Iterable[Case], label: str = "student") -> Evaluation:
    """Ask every case of the teacher's record, the free student and the guarded system."""
    scored: list[Scored] = []
    free, guarded = _Watch(), _Watch()
    for case in tqdm(list(cases), desc=f"evaluate {label}", unit="request"):
        scored.extend(_score_case(student, case, free, guarded))
    return Evaluation(tuple(scored), Speed(tuple(free.milliseconds), tuple(guarded.milliseconds)))


def _score_case(student: Student, case: Case, free: _Watch, guarded: _Watch) -> Iterator[Scored]:
    request = case.request
    yield _reply(case, "teacher", case.teacher_reply)
    yield _reply(case, "free", free.time(lambda: student.reply_freely(request)))

    proposals: list[str] = []

    def propose(asked: PlanRequest) -> str:
        proposals.append(student.reply(asked))
        return proposals[-1]

    answer = guarded.time(lambda: answer_safely(request, propose))
    # Screening answers some requests before the model is asked; it is asked here all the same.
    raw = proposals[0] if proposals else student.reply(request)
    yield _reply(case, "constrained", raw)
    yield Scored(
        query_id=case.query_id,
        user_id=case.user_id,
        cohort=case.cohort,
        slices=case.slices,
        system="guarded",
        reply=write_answer(answer.answer),
        score=score_answer(request, answer.answer),
        path=answer.path,
        actions=answer.actions,
    )


def _reply(case: Case, system: str, reply: str) -> Scored:
    return Scored(
        query_id=case.query_id,
        user_id=case.user_id,
        cohort=case.cohort,
        slices=case.slices,
        system=system,
        reply=reply,
        score=score_reply(case.request, reply),
    )
