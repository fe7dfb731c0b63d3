"""One model as it is asked: where, with what parameters, how patiently, and at what price."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.guide import GUIDE_VERSION, render_guide
from fitsense_assets.lib.teacher.journal import journal_key
from fitsense_assets.lib.teacher.prices import FREE, Price
from fitsense_assets.lib.teacher.teacher import Question

MESSAGE_OVERHEAD_TOKENS = 200

# What is sent and yet no part of a question: it changes how a reply is fetched, not the reply.
KEY_EXCLUDES = {
    "api_key": "a new key must not pay again, and no key may reach the journal",
    "timeout": "how long we wait does not change what is answered",
    "num_retries": "how often we try does not change what is answered",
    "max_retries": "how often we try does not change what is answered",
}


@dataclass(frozen=True)
class Endpoint:
    """Which model, where, how patiently, and at what price."""

    model: str
    api_base: str | None = None
    api_key: str | None = None
    max_tokens: int = 3000
    attempts_max: int = 4
    timeout_s: float = 60.0
    deadline_s: float = 180.0
    concurrency: int = 64
    corrections_max: int = 2
    price: Price = FREE
    budget_usd: Decimal | None = None


def most_of(endpoint: Endpoint, messages: list[dict[str, Any]]) -> Decimal:
    """The most that one attempt can cost: a token is a byte or more, and all may be answered."""
    if endpoint.price == FREE:
        return Decimal(0)
    count_bytes = sum(len(message["content"].encode()) for message in messages)
    return endpoint.price.of(count_bytes + MESSAGE_OVERHEAD_TOKENS, endpoint.max_tokens)


def arguments_of(endpoint: Endpoint, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that is sent; the layers below retry nothing."""
    return {
        "model": endpoint.model,
        "messages": messages,
        "api_base": endpoint.api_base,
        "api_key": endpoint.api_key,
        "max_tokens": endpoint.max_tokens,
        "temperature": 0.0,
        "timeout": endpoint.timeout_s,
        "num_retries": 0,
        "max_retries": 0,
    }


def key_of(arguments: dict[str, Any]) -> str:
    """Model, address, messages and parameters: all that is sent but `KEY_EXCLUDES`."""
    asked = {name: value for name, value in arguments.items() if name not in KEY_EXCLUDES}
    return journal_key(GUIDE_VERSION, json.dumps(asked, sort_keys=True))


def messages_of(question: Question) -> list[dict[str, Any]]:
    """The first turn: the guide made for this person, and the prompt."""
    return [
        {"role": "system", "content": render_guide(question.request)},
        {"role": "user", "content": question.prompt},
    ]
