"""Shares per pair of slices: two harmless slices can meet where nobody looked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from fitsense_training.intervals import wilson
from fitsense_training.scorecard import MEASURES, SYSTEMS, Scored
from fitsense_training.scoring import SLICES

Cell = tuple[str, str, str, str, str]


def pair_rows(scored: Iterable[Scored]) -> Iterator[dict[str, Any]]:
    """One row for each pair of slice values, system and measure, with its Wilson interval."""
    totals: Counter[Cell] = Counter()
    counts: Counter[tuple[Cell, str]] = Counter()
    for row in scored:
        for one, other in combinations(SLICES, 2):
            cell = (one, row.slices[one], other, row.slices[other], row.system)
            totals[cell] += 1
            for name in MEASURES:
                counts[cell, name] += bool(getattr(row.score, name))
    for cell in sorted(totals, key=lambda cell: (*cell[:4], SYSTEMS.index(cell[4]))):
        for name, short in MEASURES.items():
            yield _row(cell, short, counts[cell, name], totals[cell])


def _row(cell: Cell, measure: str, count: int, n: int) -> dict[str, Any]:
    one, value, other, other_value, system = cell
    interval = wilson(count, n)
    return {
        "slice": one,
        "value": value,
        "second_slice": other,
        "second_value": other_value,
        "system": system,
        "measure": measure,
        "n": n,
        "count": count,
        "share": count / n,
        "low": interval.low,
        "high": interval.high,
    }
