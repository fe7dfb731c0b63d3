"""What a provider answered as a reply: text word for word, tokens, cost, and who answered."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.calling import Outcome
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.prices import FREE
from fitsense_assets.lib.teacher.teacher import CacheState, Reply


def read_reply(query_id: str, endpoint: Endpoint, outcome: Outcome, most: Decimal) -> Reply:
    """The reply of an outcome; an error too is one.

    Tokens are the provider's count, and 0 where it tells none: such a reply counts as the most that
    it can have cost, or no budget would hold.
    """
    seen = Reply(
        query_id,
        endpoint.model,
        "",
        attempts=outcome.attempts,
        latency_ms=outcome.latency_ms,
        cache_state=CacheState.MISS,
        error=outcome.error,
    )
    if outcome.error is not None:
        return seen
    response = outcome.response
    choice = response.choices[0] if response.choices else None
    if choice is None:
        return replace(seen, error="the provider answered without a choice")
    usage = getattr(response, "usage", None)
    asked = max(getattr(usage, "prompt_tokens", 0) or 0, 0)
    answered = max(getattr(usage, "completion_tokens", 0) or 0, 0)
    text = choice.message.content or ""
    is_told = asked > 0 and (answered > 0 or not text)
    cost = _cost(endpoint, response, asked, answered) if is_told else float(most)
    return replace(
        seen,
        served_model=getattr(response, "model", None) or endpoint.model,
        text=text,
        prompt_tokens=asked,
        completion_tokens=answered,
        cost_usd=cost,
        first_cost_usd=cost,
        is_cut=getattr(choice, "finish_reason", None) == "length",
    )


def _cost(endpoint: Endpoint, response: Any, asked: int, answered: int) -> float:
    if endpoint.price != FREE:
        return float(endpoint.price.of(asked, answered))
    hidden: dict[str, Any] = getattr(response, "_hidden_params", None) or {}
    return float(hidden.get("response_cost") or 0.0)
