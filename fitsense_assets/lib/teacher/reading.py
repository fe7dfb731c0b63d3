"""What a provider answered as a reply: text word for word, tokens, cost, and who answered."""

from dataclasses import replace
from typing import Any

from fitsense_assets.lib.teacher.calling import Outcome
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.prices import FREE
from fitsense_assets.lib.teacher.teacher import CacheState, Reply


def read_reply(query_id: str, endpoint: Endpoint, outcome: Outcome) -> Reply:
    """The reply of an outcome; an error too is one."""
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
    asked = getattr(usage, "prompt_tokens", 0) or 0
    answered = getattr(usage, "completion_tokens", 0) or 0
    cost = _cost(endpoint, response, asked, answered)
    return replace(
        seen,
        served_model=getattr(response, "model", None) or endpoint.model,
        text=choice.message.content or "",
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
