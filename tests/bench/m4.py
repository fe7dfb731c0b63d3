"""M4: serving speed of the newest student in ONNX Runtime, one thread, with its grammar."""

import statistics
import time
from collections.abc import Sequence

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.settings import Settings
from fitsense_training.writer import Writer
from tests.bench.goal import Goal, Measured
from tests.bench.student import fresh_cases, newest_student

COUNT = 96
BATCH = 8


def measure(settings: Settings) -> Measured:
    """Tokens a CPU-second at batch 1 and 8, and CPU milliseconds a plan, grammar included."""
    _, student = newest_student(settings)
    requests = [c.request for c in fresh_cases() if template_for(c.request) is None][:COUNT]
    student.reply(requests[0])
    each: list[float] = []
    tokens = 0
    for request in requests:
        count, seconds = _write(student, [request])
        tokens += count
        each.append(seconds)
    by_one = tokens / sum(each)
    batches = [requests[i : i + BATCH] for i in range(0, COUNT, BATCH)]
    written = [_write(student, batch) for batch in batches]
    by_eight = sum(count for count, _ in written) / sum(seconds for _, seconds in written)
    plan_ms = statistics.median(each) * 1000
    text = f"{by_one:,.0f} tok/s at 1, {by_eight:,.0f} at {BATCH}, a plan in {plan_ms:.0f} ms CPU"
    holds = by_one >= 2000 and by_eight >= 7000 and plan_ms <= 60
    figures = {"tokens_per_s_1": by_one, "tokens_per_s_8": by_eight, "plan_cpu_ms": plan_ms}
    return Measured(text, holds, figures)


def _write(student: Writer, requests: Sequence[PlanRequest]) -> tuple[int, float]:
    started = time.process_time()
    replies = student.replies(requests)
    seconds = time.process_time() - started
    return sum(map(student.count_tokens, requests, replies)), seconds


GOAL = Goal("M4", ">= 2,000 tok/s at 1, >= 7,000 at 8, a plan <= 60 ms CPU", measure)
