"""What asking a cohort would cost, before it is asked, and what was paid so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from fitsense_assets.lib.teacher.endpoint import (
    Endpoint,
    arguments_of,
    key_of,
    messages_of,
    most_of,
)
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.teacher import Question

CHARS_PER_TOKEN = 4
ANSWERED_TOKENS = 400  # a plan in the wire format, as large models' tokenizers cut it


@dataclass(frozen=True)
class Estimate:
    """Questions, those already paid for, and dollars for the rest without corrections."""

    count_questions: int
    count_paid: int
    likely_usd: Decimal
    most_usd: Decimal


def estimate(endpoint: Endpoint, journal: Journal, questions: Iterable[Question]) -> Estimate:
    """Count what is in the journal and price what is not; nothing is asked."""
    count = count_paid = 0
    likely = most = Decimal(0)
    for question in questions:
        count += 1
        messages = messages_of(question)
        if journal.find(key_of(arguments_of(endpoint, messages)), question.query_id):
            count_paid += 1
            continue
        count_chars = sum(len(message["content"]) for message in messages)
        likely += endpoint.price.of(count_chars // CHARS_PER_TOKEN, ANSWERED_TOKENS)
        most += most_of(endpoint, messages)
    return Estimate(count, count_paid, likely, most)


def forget_rejected(
    endpoint: Endpoint, journal: Journal, questions: Iterable[Question], rejected: set[str]
) -> int:
    """Drop the first replies of rejected questions, so that the next run asks them anew."""
    keys = [
        key_of(arguments_of(endpoint, messages_of(question)))
        for question in questions
        if question.query_id in rejected
    ]
    return journal.forget(keys)
