"""What a model's tokens cost, in exact decimals, from the table litellm carries (read, not run)."""

import functools
import hashlib
import importlib.util
import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

MILLION = 1_000_000
_TABLE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True)
class Price:
    """US dollars per token asked and per token answered, and who says so."""

    asked: Decimal
    answered: Decimal
    source: str = field(default="as set", compare=False)

    def of(self, count_asked: int, count_answered: int) -> Decimal:
        """What so many tokens cost."""
        return self.asked * count_asked + self.answered * count_answered

    @property
    def text(self) -> str:
        """The price in words, with where it is from."""
        if self == FREE:
            return "none is known"
        asked, answered = dollars(self.asked * MILLION), dollars(self.answered * MILLION)
        return f"{asked} a million tokens asked, {answered} answered ({self.source})"


FREE = Price(Decimal(0), Decimal(0))


def price_of(model: str) -> Price | None:
    """The listed price of a model, or None where the table does not know it."""
    prices = _table()[0]
    entry = prices.get(model) or prices.get(model.partition("/")[2])
    if entry is None or "input_cost_per_token" not in entry:
        return None
    return Price(
        _decimal(entry["input_cost_per_token"]),
        _decimal(entry.get("output_cost_per_token", 0)),
        f"table {prices_version()[:12]}",
    )


def dollars(amount: Decimal) -> str:
    """An amount as people read it: cents, or finer where it is less than a dollar."""
    size = abs(amount)
    told = f"${size:,.2f}" if size >= 1 or not size else f"${size:,.4f}"
    return f"-{told}" if amount < 0 else told


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
