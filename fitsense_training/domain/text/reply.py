"""A raw reply under review: what is wrong with its form (SCH01-05), then with its answer.

The one place that turns a parser's refusal into the id of the rule that was broken.
"""

from dataclasses import dataclass

from pydantic import ValidationError

from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Answer
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import Severity


@dataclass(frozen=True)
class ReviewedReply:
    """The answer in a reply, None where it holds none, and every finding on it."""

    answer: Answer | None
    findings: tuple[Finding, ...]


def review_reply(request: PlanRequest, reply: str) -> ReviewedReply:
    """Parse a reply and judge it; what cannot be read is a BLOCK finding, never an exception."""
    try:
        answer = parse_answer(reply)
    except PlanParseError as error:
        finding = Finding(broken_form(error), Severity.BLOCK, "reply", str(error))
        return ReviewedReply(None, (finding,))
    return ReviewedReply(answer, review(request, answer))


def broken_form(error: PlanParseError) -> str:
    """The rule that an unreadable reply breaks: SCH02, SCH04, SCH05, else SCH01."""
    cause, message = error.__cause__, str(error)
    if isinstance(cause, ValidationError) and cause.errors()[0]["type"] == "enum":
        return "SCH02"
    if "is not a number" in message:
        return "SCH04"
    if "is not a dose" in message or "is not a load" in message:
        return "SCH05"
    return "SCH01"
