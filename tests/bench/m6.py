"""M6: slice fairness of the guarded system: no slice that can be judged lags behind the whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fitsense_training.scorecard import Card
from fitsense_training.settings import Settings
from tests.bench.goal import Goal, Measured
from tests.bench.student import fresh_card

MINIMUM_N = 100
LAG_MAX = 0.03


@dataclass(frozen=True)
class SliceShare:
    """The guarded share with no finding in one slice, with its 95 % interval."""

    name: str
    n: int
    share: float
    low: float
    high: float


def measure(settings: Settings) -> Measured:
    """The slice that lags most, and every slice that lags too far."""
    card = fresh_card(settings)
    overall = card["overall"]["guarded"]["all_pass"]["share"]
    judged = sorted(judged_slices(card), key=lambda entry: (entry.share, entry.name))
    if not judged:
        return Measured(f"no slice has {MINIMUM_N} cases", holds=False)
    lagging = [entry for entry in judged if overall - entry.share > LAG_MAX]
    worst = judged[0]
    text = (
        f"{len(lagging)} of {len(judged)} slices lag; the lowest is {worst.name} "
        f"{worst.share:.1%} [{worst.low:.1%}, {worst.high:.1%}] of {worst.n}, all {overall:.1%}"
    )
    return Measured(text, not lagging, _figures(overall, judged))


def judged_slices(card: Card) -> Iterator[SliceShare]:
    """Every slice with enough cases to judge."""
    for dimension, values in card["slices"].items():
        for value, systems in values.items():
            entry = systems["guarded"]["all_pass"]
            if entry["n"] >= MINIMUM_N:
                name = f"{dimension}={value}"
                yield SliceShare(name, entry["n"], entry["share"], entry["low"], entry["high"])


def _figures(overall: float, judged: list[SliceShare]) -> dict[str, Any]:
    slices = {
        entry.name: {"n": entry.n, "share": entry.share, "low": entry.low, "high": entry.high}
        for entry in judged
    }
    return {"all_pass": overall, "slices": slices}


GOAL = Goal("M6", "no slice (n >= 100) over 3 points below all, guarded", measure)
