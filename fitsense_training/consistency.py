"""What a student says when it is asked the same thing several times with chance in its words.

Greedy decoding hides how sure a student is. Sampled at a temperature, a sure one repeats itself;
an unsure one that stays clean is merely varied. Raw and guarded figures come from the same draws.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean
from typing import Any, Protocol

from tqdm import tqdm

from fitsense_training.agreement import jaccard
from fitsense_training.bootstrap import bootstrap_mean
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.text.wire import parse_answer, write_answer
from fitsense_training.evaluate import Case
from fitsense_training.guard import answer_safely
from fitsense_training.sampling import Perturb, gumbel
from fitsense_training.scoring import score_reply


class Sampler(Protocol):
    """A student that can draw its reply."""

    def sample(self, request: PlanRequest, perturb: Perturb, *, is_free: bool = False) -> str:
        """One draw from what it might write."""
        ...


@dataclass(frozen=True)
class ConsistencyConfig:
    """How many requests are asked, how often each, and how much chance there is."""

    count: int = 96
    samples: int = 4
    temperature: float = 0.7
    seed: int = 0


@dataclass(frozen=True)
class _Asked:
    """One request's replies: how many were clean, and how alike they are."""

    user_id: str
    clean_share: float
    is_one_verdict: bool
    is_one_text: bool
    overlap: float | None


def consistency(
    student: Sampler, cases: Sequence[Case], config: ConsistencyConfig
) -> dict[str, Any]:
    """The figures of the free student and of the guarded system over repeated sampling."""
    asked = [case for case in cases if template_for(case.request) is None]
    asked.sort(key=lambda case: _number(config.seed, case.query_id))
    found: dict[str, list[_Asked]] = {"free": [], "guarded": []}
    for case in tqdm(asked[: config.count], desc="repeated sampling", unit="request"):
        seeds = [_number(config.seed, case.query_id, turn) for turn in range(config.samples)]
        for system, draw in (("free", _draw_free), ("guarded", _draw_guarded)):
            replies = [draw(student, case.request, config.temperature, seed) for seed in seeds]
            found[system].append(_asked(case, replies))
    figures = {system: _figures(rows) for system, rows in found.items()}
    return {**vars(config), "count": len(found["free"]), "systems": figures}


def _draw_free(student: Sampler, request: PlanRequest, temperature: float, seed: int) -> str:
    return student.sample(request, gumbel(temperature, seed), is_free=True)


def _draw_guarded(student: Sampler, request: PlanRequest, temperature: float, seed: int) -> str:
    answer = answer_safely(request, lambda r: student.sample(r, gumbel(temperature, seed)))
    return write_answer(answer.answer)


def _asked(case: Case, replies: list[str]) -> _Asked:
    clean = [score_reply(case.request, reply).is_clean for reply in replies]
    plans = [exercises for reply in replies if (exercises := _exercises(reply)) is not None]
    alike = [jaccard(one, other) for one, other in combinations(plans, 2)]
    return _Asked(
        user_id=case.user_id,
        clean_share=sum(clean) / len(clean),
        is_one_verdict=len(set(clean)) == 1,
        is_one_text=len(set(replies)) == 1,
        overlap=mean(alike) if alike else None,
    )


def _exercises(reply: str) -> frozenset[str] | None:
    try:
        answer = parse_answer(reply)
    except PlanParseError:
        return None
    if not isinstance(answer, WorkoutPlan):
        return None
    return frozenset(item.exercise_id for _, item in answer.items())


def _figures(rows: list[_Asked]) -> dict[str, dict[str, float]]:
    def figure(value: Callable[[_Asked], float | None]) -> dict[str, float]:
        known = [(row.user_id, got) for row in rows if (got := value(row)) is not None]
        values = [float(got) for _, got in known]
        interval = bootstrap_mean(values, [user_id for user_id, _ in known])
        average = mean(values) if values else 0.0
        return {"n": len(values), "mean": average, "low": interval.low, "high": interval.high}

    return {
        "clean_share": figure(lambda row: row.clean_share),
        "one_verdict_share": figure(lambda row: float(row.is_one_verdict)),
        "one_text_share": figure(lambda row: float(row.is_one_text)),
        "exercise_overlap": figure(lambda row: row.overlap),
    }


def flat_consistency(figures: dict[str, Any]) -> Iterable[tuple[str, float]]:
    """The figures by dotted name: `guarded.consistency.clean_share`."""
    for system, measures in figures["systems"].items():
        for name, entry in measures.items():
            yield f"{system}.consistency.{name}", entry["mean"]


def _number(*parts: object) -> int:
    text = " ".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
