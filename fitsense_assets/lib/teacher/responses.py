"""Teacher responses: one row per query, in the order of the queries, whatever came back."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import polars as pl

from fitsense_assets.lib.teacher.teacher import Question, Teacher
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


def ask_teacher(teacher: Teacher, queries: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The response row of each query."""
    for query_id, prompt, request_json in queries.select(
        "query_id", "prompt", "request_json"
    ).iter_rows():
        request = PlanRequest.model_validate_json(request_json)
        reply = asdict(teacher.reply(Question(query_id, prompt, request)))
        yield {
            **reply,
            "reply": reply.pop("text"),
            "cache_state": str(reply["cache_state"]),
            "teacher": teacher.name,
            "prompt_version": PROMPT_VERSION,
            "rules_version": rules_version(),
        }


def response_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a table."""
    return pl.DataFrame([{name: row[name] for name in SCHEMA} for row in rows], schema=SCHEMA)
