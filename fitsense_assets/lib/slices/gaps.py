"""The widest gap within each dimension, by Fairlearn's `MetricFrame`.

Only slices with enough cases take part. The frame is given the counts of each hand of people
instead of each answer, so its work is bounded by the number of hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.bootstrap import (
    Fares,
    interval,
    ratio,
    with_hands,
)
from fitsense_assets.lib.slices.measures import MEASURES, Measure, counts

if TYPE_CHECKING:
    from fairlearn.metrics import MetricFrame


@dataclass(frozen=True)
class Gap:
    """The best and the worst slice of a dimension on one measure.

    `gap` is best less worst with the bootstrap interval of those two, `ratio` worst by best: below
    0.8 it breaks the four-fifths rule of thumb.
    """

    measure: str
    dimension: str
    gap: float
    gap_low: float
    gap_high: float
    ratio: float
    worst: str
    worst_n: int
    worst_value: float
    best: str
    best_n: int
    best_value: float


def gaps(answers: pl.DataFrame, sets: Sequence[Fares], policy: BiasPolicy) -> list[Gap]:
    """Per measure and dimension the worst and the best slice, the widest gap first."""
    dealt_to = with_hands(answers)
    found = [
        gap
        for fares in sets
        if len(fares.keys) == 1
        for gap in _gaps(counts(dealt_to, [fares.keys[0], "hand"]), fares, policy)
    ]
    order = list(MEASURES)
    return sorted(found, key=lambda gap: (order.index(gap.measure), -gap.gap, gap.dimension))


def _gaps(cells: pl.DataFrame, fares: Fares, policy: BiasPolicy) -> list[Gap]:
    (dimension,) = fares.keys
    sizes = dict(cells.group_by(dimension).agg(pl.col("n").sum()).iter_rows())
    large = sorted(name for name, n in sizes.items() if n >= policy.minimum_n)
    if len(large) < 2:
        return []
    kept = cells.filter(pl.col(dimension).is_in(large))
    frame = metric_frame(kept, dimension)
    tables = (frame.by_group, frame.difference(), frame.ratio())
    return [_gap(name, tables, sizes, fares) for name in MEASURES]


def _gap(name: str, tables: tuple[Any, Any, Any], sizes: dict[str, float], fares: Fares) -> Gap:
    by_group, difference, quotient = (table[name] for table in tables)
    worst, best = str(by_group.idxmin()), str(by_group.idxmax())
    low, high = _drawn(fares, (worst, best), MEASURES[name])
    return Gap(
        measure=name,
        dimension=fares.keys[0],
        gap=float(difference),
        gap_low=low,
        gap_high=high,
        ratio=float(quotient),
        worst=worst,
        worst_n=int(sizes[worst]),
        worst_value=float(by_group[worst]),
        best=best,
        best_n=int(sizes[best]),
        best_value=float(by_group[best]),
    )


def _drawn(fares: Fares, names: tuple[str, str], measure: Measure) -> tuple[float, float]:
    """The bootstrap interval of the second of two slices less the first."""
    worst, best = (fares.names.index((name,)) for name in names)
    dealt = ratio(fares.dealt, measure)
    low, high = interval(dealt[:, best] - dealt[:, worst])
    return float(low), float(high)


def metric_frame(cells: pl.DataFrame, dimension: str, **options: Any) -> "MetricFrame":
    """Every measure of every slice of a dimension; `options` are those of the bootstrap."""
    from fairlearn.metrics import MetricFrame

    nothing = np.zeros(cells.height)
    return MetricFrame(
        metrics=dict.fromkeys(MEASURES, _ratio_of_sums),
        y_true=nothing,
        y_pred=nothing,
        sensitive_features={dimension: cells[dimension].to_numpy()},
        sample_params={
            name: {
                "part": cells[measure.part].to_numpy(),
                "whole": cells[measure.whole].to_numpy(),
            }
            for name, measure in MEASURES.items()
        },
        **options,
    )


def _ratio_of_sums(
    y_true: npt.NDArray[np.float64],  # noqa: ARG001 - the shape that a metric has
    y_pred: npt.NDArray[np.float64],  # noqa: ARG001
    part: npt.NDArray[np.float64],
    whole: npt.NDArray[np.float64],
) -> float:
    total = float(np.sum(whole))
    return float(np.sum(part)) / total if total else float("nan")
