"""Teacher responses: one row per query, in the order of the queries, whatever came back."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import polars as pl

from fitsense_assets.lib.teacher.teacher import BulkTeacher, CacheState, Question, Reply, Teacher
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION

VERSION = "2"
SCHEMA = {
    "query_id": pl.String,
    "teacher": pl.String,
    "served_model": pl.String,
    "reply": pl.String,
    "attempts": pl.Int32,
    "latency_ms": pl.Float64,
    "prompt_tokens": pl.Int32,
    "completion_tokens": pl.Int32,
    "cost_usd": pl.Float64,
    "cache_state": pl.String,
    "error": pl.String,
    "prompt_version": pl.String,
    "rules_version": pl.String,
}


def questions_of(frames: Iterable[pl.DataFrame]) -> Iterator[Question]:
    """The question of each query, read one by one."""
    for queries in frames:
        for query_id, prompt, request_json in queries.select(
            "query_id", "prompt", "request_json"
        ).iter_rows():
            yield Question(query_id, prompt, PlanRequest.model_validate_json(request_json))


def replies_of(teacher: Teacher, questions: Iterable[Question]) -> Generator[Reply]:
    """The reply to each question, in their order, many at once where the teacher can."""
    if isinstance(teacher, BulkTeacher):
        yield from teacher.replies(questions)
    else:
        yield from map(teacher.reply, questions)


def row_of(teacher: Teacher, reply: Reply) -> dict[str, Any]:
    """The response row: of a paid reply only what is the same whenever and however it came.

    What a run happened to see (waits, attempts, journal hits) is in `run_fact`, not here.
    """
    is_paid = reply.cache_state is not CacheState.NONE
    return {
        **asdict(reply),
        "reply": reply.text,
        "attempts": reply.count_turns if is_paid else reply.attempts,
        "latency_ms": 0.0 if is_paid else reply.latency_ms,
        "cost_usd": reply.first_cost_usd if is_paid else reply.cost_usd,
        "cache_state": str(CacheState.MISS if is_paid else reply.cache_state),
        "teacher": teacher.name,
        "prompt_version": PROMPT_VERSION,
        "rules_version": rules_version(),
    }


def run_fact(reply: Reply) -> dict[str, Any]:
    """What this run saw of a paid reply; it may differ between runs with the same content."""
    return {
        "query_id": reply.query_id,
        "cache_state": str(reply.cache_state),
        "attempts": reply.attempts,
        "latency_ms": round(reply.latency_ms, 1),
        "cost_usd": reply.cost_usd,
    }


def ask_teacher(teacher: Teacher, queries: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The response row of each query."""
    for reply in replies_of(teacher, questions_of([queries])):
        yield row_of(teacher, reply)


def response_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a table."""
    return pl.DataFrame([{name: row[name] for name in SCHEMA} for row in rows], schema=SCHEMA)
