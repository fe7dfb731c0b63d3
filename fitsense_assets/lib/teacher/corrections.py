"""What a model is told when its reply cannot be used: the findings, word for word."""

from typing import Any

from fitsense_assets.lib.teacher.teacher import Question, Reply
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import Severity

FINDINGS_MAX = 12
ECHO_CHARS_MAX = 4000
_ASK = "Answer again with one line of compact JSON and nothing else."


def correction_of(question: Question, reply: Reply) -> str | None:
    """What to say to a reply that is cut off, unreadable or unsafe; None if it can be used."""
    if reply.is_cut:
        return f"Your reply was cut off before its end. Write less. {_ASK}"
    try:
        answer = parse_answer(reply.text)
    except PlanParseError as failure:
        return f"Your reply cannot be read: {failure}. {_ASK}"
    blocks = [f for f in review(question.request, answer) if f.severity is Severity.BLOCK]
    if not blocks:
        return None
    lines = [f"- {f.rule_id} at {f.place}: {f.detail}" for f in blocks[:FINDINGS_MAX]]
    return "\n".join(["Your plan breaks safety rules:", *lines, f"Mend exactly these. {_ASK}"])


def corrected(messages: list[dict[str, Any]], reply: Reply, said: str) -> list[dict[str, Any]]:
    """The conversation with the reply and what was said to it."""
    echo = reply.text[:ECHO_CHARS_MAX] or "(empty)"
    return [
        *messages,
        {"role": "assistant", "content": echo},
        {"role": "user", "content": said},
    ]
