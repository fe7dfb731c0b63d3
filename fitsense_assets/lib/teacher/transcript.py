"""What was said to the teacher about one query and what it answered, turn by turn.

Requests are pure functions of the query and replies lie in the journal, so that the log of both
needs no second copy; keys and addresses are in neither.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.corrections import corrected, correction_of
from fitsense_assets.lib.teacher.endpoint import Endpoint, arguments_of, key_of, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.errors import UnknownName

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Rows:
    """What the lake holds of a query: the question, its response and its review, if they are."""

    question: Question
    response: dict[str, Any] | None
    review: dict[str, Any] | None


def rows_of(lake: Lake, query_id: str) -> Rows:
    """The rows of one query, whose id begins with its cohort.

    Raises:
        UnknownName: there is no such cohort with queries, or no such query in it.
    """
    cohort = query_id.partition("-")[0]
    if cohort not in lake.keys("queries"):
        known = ", ".join(lake.keys("queries")) or "none yet"
        raise UnknownName(f"{query_id} is of no cohort with queries (there are: {known})")
    query = _row(lake, "queries", cohort, query_id)
    if query is None:
        raise UnknownName(f"cohort {cohort} has no query {query_id}: ids are like c0001-u000001-q1")
    (question,) = questions_of([query])
    response = _row(lake, "teacher_responses", cohort, query_id)
    review = _row(lake, "reviewed_responses", cohort, query_id)
    return Rows(
        question,
        None if response is None else response.row(0, named=True),
        None if review is None else review.row(0, named=True),
    )


def _row(lake: Lake, table: str, cohort: str, query_id: str) -> pl.DataFrame | None:
    if cohort not in lake.keys(table):
        return None
    for part in lake.read_parts(table, cohort):
        found = part.filter(pl.col("query_id") == query_id)
        if found.height:
            return found
    return None


def transcript(endpoint: Endpoint, journal: Journal, question: Question) -> Messages:
    """The conversation as far as replies are written down, corrections included."""
    messages = messages_of(question)
    for left in reversed(range(endpoint.corrections_max + 1)):
        reply = journal.find(key_of(arguments_of(endpoint, messages)), question.query_id)
        if reply is None:
            break
        said = correction_of(question, reply) if left else None
        if said is None:
            return [*messages, {"role": "assistant", "content": reply.text}]
        messages = corrected(messages, reply, said)
    return messages
