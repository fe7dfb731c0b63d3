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
MEAN_FROM = 20


@dataclass(frozen=True)
class Estimate:
    """Questions, those already paid for, and dollars for one attempt at each of the rest.

    `answered_tokens` is what a reply is taken to be long; `count_measured` replies of this journal
    say so, or none.
    """

    count_questions: int
    count_paid: int
    likely_usd: Decimal
    most_usd: Decimal
    answered_tokens: int
    count_measured: int

    @property
    def count_open(self) -> int:
        """Questions that are still to be paid for."""
        return self.count_questions - self.count_paid


def estimate(endpoint: Endpoint, journal: Journal, questions: Iterable[Question]) -> Estimate:
    """Count what is in the journal and price what is not; nothing is asked."""
    answered_tokens, count_measured = _reply_length(journal)
    count = count_paid = 0
    likely = most = Decimal(0)
    for question in questions:
        count += 1
        messages = messages_of(question)
        if journal.find(key_of(arguments_of(endpoint, messages)), question.query_id):
            count_paid += 1
            continue
        count_chars = sum(len(message["content"]) for message in messages)
        likely += endpoint.price.of(count_chars // CHARS_PER_TOKEN, answered_tokens)
        most += most_of(endpoint, messages)
    return Estimate(count, count_paid, likely, most, answered_tokens, count_measured)


def _reply_length(journal: Journal) -> tuple[int, int]:
    """Tokens of a reply, and how many paid ones say so."""
    count, mean = journal.answered_tokens
    return (round(mean), count) if count >= MEAN_FROM else (ANSWERED_TOKENS, 0)


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
