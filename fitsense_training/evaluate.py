"""RECIPE: measure a student against its teacher on held-out requests.

Run by the `student_evaluation` asset; by hand:
    cases = pick_cases(all_cases, EvaluationConfig())
    evaluation = evaluate(student, cases)
Raw-model and guarded-system figures come from the same cases and stand side by side. Everything
but `speed` is the same on every run with the same bundle.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from fitsense_training.agreement import Agreement, agreement
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Answer
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import parse_answer, write_answer
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
    """What was measured: every scored reply, how long each took, and what was asked, by case."""

    scored: tuple[Scored, ...]
    speed: Speed
    prompts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Measured:
    """One case with every system's scored reply, and how long the student took."""

    scored: tuple[Scored, ...]
    free_ms: float
    guarded_ms: float


class Journal(Protocol):
    """What was measured before a kill; an evaluation goes on behind it."""

    def known(self, query_id: str) -> Measured | None:
        """What was measured of a case, if it was."""
        ...

    def keep(self, query_id: str, measured: Measured) -> None:
        """Write down what was measured of a case."""
        ...


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


def evaluate(
    student: Student,
    cases: Iterable[Case],
    label: str = "student",
    journal: Journal | None = None,
) -> Evaluation:
    """Ask every case of the teacher's record, the free student and the guarded system.

    With a journal, cases that stand in it are not asked again.
    """
    measured: list[Measured] = []
    prompts: dict[str, str] = {}
    for case in tqdm(list(cases), desc=f"evaluate {label}", unit="request"):
        found = journal.known(case.query_id) if journal is not None else None
        if found is None:
            found = measure_case(student, case)
            if journal is not None:
                journal.keep(case.query_id, found)
        measured.append(found)
        prompts[case.query_id] = render_prompt(case.request)
    return Evaluation(
        tuple(scored for each in measured for scored in each.scored),
        Speed(tuple(m.free_ms for m in measured), tuple(m.guarded_ms for m in measured)),
        prompts,
    )


def measure_case(student: Student, case: Case) -> Measured:
    """One case, asked of every system."""
    request, theirs = case.request, _read(case.teacher_reply)
    free, free_ms = _timed(lambda: student.reply_freely(request))
    proposals: list[str] = []

    def propose(asked: PlanRequest) -> str:
        proposals.append(student.reply(asked))
        return proposals[-1]

    answer, guarded_ms = _timed(lambda: answer_safely(request, propose))
    # Screening answers some requests before the model is asked; it is asked here all the same.
    raw = proposals[0] if proposals else student.reply(request)
    guarded = Scored(
        **_place(case),
        system="guarded",
        reply=write_answer(answer.answer),
        score=score_answer(request, answer.answer),
        path=answer.path,
        actions=answer.actions,
        agreement=_compare(answer.answer, theirs),
    )
    replies = (("teacher", case.teacher_reply), ("free", free), ("constrained", raw))
    scored = (*(_scored(case, system, reply, theirs) for system, reply in replies), guarded)
    return Measured(scored, free_ms, guarded_ms)


def _timed(call: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - started) * 1000


def _scored(case: Case, system: str, reply: str, theirs: Answer | None) -> Scored:
    return Scored(
        **_place(case),
        system=system,
        reply=reply,
        score=score_reply(case.request, reply),
        agreement=None if system == "teacher" else _compare(_read(reply), theirs),
    )


def _place(case: Case) -> dict[str, Any]:
    return {
        "query_id": case.query_id,
        "user_id": case.user_id,
        "cohort": case.cohort,
        "slices": case.slices,
        "kind": case.kind,
    }


def _read(reply: str) -> Answer | None:
    try:
        return parse_answer(reply)
    except PlanParseError:
        return None


def _compare(ours: Answer | None, theirs: Answer | None) -> Agreement | None:
    return None if ours is None or theirs is None else agreement(ours, theirs)
