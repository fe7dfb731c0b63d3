"""What a model's tokens cost, in exact decimals, from the table litellm carries (read, not run)."""

import functools
import hashlib
import importlib.util
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

_TABLE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True)
class Price:
    """US dollars per token asked and per token answered."""

    asked: Decimal
    answered: Decimal

    def of(self, count_asked: int, count_answered: int) -> Decimal:
        """What so many tokens cost."""
        return self.asked * count_asked + self.answered * count_answered


FREE = Price(Decimal(0), Decimal(0))


def price_of(model: str) -> Price | None:
    """The listed price of a model, or None where the table does not know it."""
    prices = _table()[0]
    entry = prices.get(model) or prices.get(model.partition("/")[2])
    if entry is None or "input_cost_per_token" not in entry:
        return None
    return Price(
        _decimal(entry["input_cost_per_token"]), _decimal(entry.get("output_cost_per_token", 0))
    )


def prices_version() -> str:
    """The sha256 of the price table, so that a figure names the prices it was made with."""
    return _table()[1]


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))


@functools.cache
def _table() -> tuple[dict[str, dict[str, Any]], str]:
    found = importlib.util.find_spec("litellm")
    if found is None or not found.submodule_search_locations:
        return {}, "none"
    body = (Path(found.submodule_search_locations[0]) / _TABLE).read_bytes()
    return json.loads(body), hashlib.sha256(body).hexdigest()
