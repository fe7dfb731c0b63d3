"""Does a release treat groups alike? Who is in it, and how well the teacher answered each slice.

Every share comes with its n and a 95 % interval. Below MINIMUM_N cases nothing is judged. Many
slices are tested at once, so a difference counts as proven only after Holm's correction. The rows
of one person are not independent, which makes all intervals a little too narrow.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fitsense_training.intervals import holm, wilson

MINIMUM_N = 100
LEVEL = 0.05
# Three points is what a slice may lie below the rest before it is worth a word.
GAP_MAX = 0.03
# The four-fifths rule of thumb, both ways round.
RATIO_LOW, RATIO_HIGH = 0.8, 1.25
# Higher is better for all of them.
MEASURES = {
    "accepted": "accepted",
    "task_success": "does what was asked",
    "block_free": "no BLOCK finding",
}


class Presence(StrEnum):
    """How a slice's part in the training rows compares with its part in the population."""

    UNDER = "under-represented"
    OVER = "over-represented"
    EVEN = "as in the population"
    TOO_FEW = "too few to judge"


@dataclass(frozen=True)
class Representation:
    """A slice's part in the population and in what the student learns from."""

    dimension: str
    slice_value: str
    count_train: int
    population_share: float
    train_share: float
    low: float
    high: float
    presence: Presence

    @property
    def ratio(self) -> float:
        """Training share by population share; 1 is even, infinity is a slice the people lack."""
        return self.train_share / self.population_share if self.population_share else math.inf


@dataclass(frozen=True)
class Disparity:
    """How a slice fares on one measure, and how far it lies from all the others together."""

    measure: str
    dimension: str
    slice_value: str
    n: int
    count: int
    share: float
    low: float
    high: float
    rest_n: int
    rest_share: float
    difference: float
    difference_low: float
    difference_high: float
    p_value: float
    is_judged: bool
    is_proven: bool = False

    @property
    def is_lagging(self) -> bool:
        """Whether the slice is proven to be worse than the rest, by more than a little."""
        return self.is_proven and self.difference < -GAP_MAX


@dataclass(frozen=True)
class Gap:
    """The best and the worst slice of a dimension that have enough cases."""

    measure: str
    dimension: str
    gap: float
    worst: str
    worst_share: float
    best: str
    best_share: float


def representations(counts: pl.DataFrame) -> list[Representation]:
    """Every slice of `slice_counts`, in the order of dimension and value."""
    whole = int(counts.filter(pl.col("count_dimensions") == 0)["count_train"].sum())
    rows = counts.filter(pl.col("count_dimensions") == 1).sort("dimension", "slice_value")
    return [_representation(row, whole) for row in rows.iter_rows(named=True)]


def _representation(row: Mapping[str, Any], whole: int) -> Representation:
    count = row["count_train"]
    interval = wilson(count, whole)
    found = Representation(
        dimension=row["dimension"],
        slice_value=row["slice_value"],
        count_train=count,
        population_share=row["population_share"],
        train_share=count / whole if whole else 0.0,
        low=interval.low,
        high=interval.high,
        presence=Presence.EVEN,
    )
    return replace(found, presence=_presence(found, whole))


def _presence(found: Representation, whole: int) -> Presence:
    # A slice that should be there and is not is judged by what was to be expected.
    if max(found.count_train, found.population_share * whole) < MINIMUM_N:
        return Presence.TOO_FEW
    if found.high < found.population_share and found.ratio < RATIO_LOW:
        return Presence.UNDER
    if found.low > found.population_share and found.ratio > RATIO_HIGH:
        return Presence.OVER
    return Presence.EVEN


def disparities(quality: pl.DataFrame) -> list[Disparity]:
    """Every measure of every slice against the rest, all teachers together, with Holm's verdict."""
    sums = _summed(quality)
    (whole,) = sums.filter(pl.col("dimension") == "all").iter_rows(named=True)
    rows = sums.filter(pl.col("dimension") != "all").sort("dimension", "slice_value")
    slices = list(rows.iter_rows(named=True))
    return [each for measure in MEASURES for each in _judged(measure, slices, whole)]


def _summed(quality: pl.DataFrame) -> pl.DataFrame:
    return (
        quality.filter(pl.col("count_dimensions") < 2)
        .group_by("dimension", "slice_value")
        .agg(
            pl.col("count_responses").sum().alias("n"),
            pl.col("count_accepted").sum().alias("accepted"),
            pl.col("count_task_success").sum().alias("task_success"),
            (pl.col("count_responses") - pl.col("count_with_block")).sum().alias("block_free"),
        )
    )


def _judged(
    measure: str, slices: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]
) -> Iterator[Disparity]:
    found = [_disparity(measure, row, whole) for row in slices]
    tested = [index for index, each in enumerate(found) if each.is_judged]
    proven = holm([found[index].p_value for index in tested], LEVEL)
    held = {index for index, is_proven in zip(tested, proven, strict=True) if is_proven}
    yield from (replace(each, is_proven=index in held) for index, each in enumerate(found))


def _disparity(measure: str, row: Mapping[str, Any], whole: Mapping[str, Any]) -> Disparity:
    n, count = row["n"], row[measure]
    rest_n, rest_count = whole["n"] - n, whole[measure] - count
    own = wilson(count, n)
    low, high = newcombe((count, n), (rest_count, rest_n))
    share, rest = count / n if n else 0.0, rest_count / rest_n if rest_n else 0.0
    return Disparity(
        measure=measure,
        dimension=row["dimension"],
        slice_value=row["slice_value"],
        n=n,
        count=count,
        share=share,
        low=own.low,
        high=own.high,
        rest_n=rest_n,
        rest_share=rest,
        difference=share - rest if rest_n else 0.0,
        difference_low=low,
        difference_high=high,
        p_value=fisher_p((count, n), (rest_count, rest_n)),
        # Where one slice is everybody there is nobody to compare it with.
        is_judged=min(n, rest_n) >= MINIMUM_N,
    )


def newcombe(ours: tuple[int, int], theirs: tuple[int, int]) -> tuple[float, float]:
    """The interval of a difference of two independent shares, from their Wilson intervals.

    Each side is (count, n). Without cases on a side it is (-1, 1).
    """
    if not ours[1] or not theirs[1]:
        return -1.0, 1.0
    a, b = ours[0] / ours[1], theirs[0] / theirs[1]
    own, other = wilson(*ours), wilson(*theirs)
    return (
        a - b - math.hypot(a - own.low, other.high - b),
        a - b + math.hypot(own.high - a, b - other.low),
    )


def fisher_p(ours: tuple[int, int], theirs: tuple[int, int]) -> float:
    """Fisher's exact two-sided p that both sides, each (count, n), have the same share."""
    (count, n), (rest_count, rest_n) = ours, theirs
    logs, whole = _log_factorials(n + rest_n), count + rest_count
    cases = np.arange(max(0, whole - rest_n), min(whole, n) + 1)
    # How likely each split of the successes is, up to what is the same for all.
    chances = -logs[cases] - logs[n - cases] - logs[whole - cases] - logs[rest_n - whole + cases]
    chances = np.exp(chances - chances.max())
    is_as_rare = chances <= chances[count - cases[0]] * (1 + 1e-7)
    return float(min(1.0, chances[is_as_rare].sum() / chances.sum()))


@lru_cache(maxsize=4)
def _log_factorials(most: int) -> npt.NDArray[np.float64]:
    return np.concatenate([np.zeros(1), np.cumsum(np.log(np.arange(1, most + 1)))])


def gaps(found: Sequence[Disparity]) -> list[Gap]:
    """Per measure and dimension the worst and the best slice with enough cases, widest first."""
    groups: dict[tuple[str, str], list[Disparity]] = {}
    for each in found:
        if each.n >= MINIMUM_N:
            groups.setdefault((each.measure, each.dimension), []).append(each)
    made = [_gap(group) for group in groups.values() if len(group) > 1]
    return sorted(made, key=lambda gap: (-gap.gap, gap.measure, gap.dimension))


def _gap(group: Sequence[Disparity]) -> Gap:
    worst = min(group, key=lambda each: (each.share, each.slice_value))
    best = max(group, key=lambda each: (each.share, each.slice_value))
    return Gap(
        measure=worst.measure,
        dimension=worst.dimension,
        gap=best.share - worst.share,
        worst=worst.slice_value,
        worst_share=worst.share,
        best=best.slice_value,
        best_share=best.share,
    )
