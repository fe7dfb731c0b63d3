"""How well each slice, and each pair of slices, was answered beside everybody else.

Every figure comes with its n and a 95 % interval. Below the policy's minimum_n a slice is
insufficient: shown and not judged. Hundreds of groups are tested at once, so a difference counts
as proven only when its test holds after Holm's correction over the groups of its measure, and
when its interval leaves out zero. The interval is the wider of Newcombe's, which knows that none
of few is not never, and of the bootstrap over people, which knows that answers of one person hang
together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import polars as pl

from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.bootstrap import (
    Fares,
    Side,
    compared,
    deviation,
    draw,
    fares_of,
    interval,
    ratio,
    sides,
    with_hands,
)
from fitsense_assets.lib.slices.measures import (
    DIMENSIONS,
    MEASURES,
    Measure,
    SliceKeys,
    slice_sets,
)
from fitsense_assets.lib.slices.policy import Level
from fitsense_assets.lib.slices.share_tests import fisher_p, newcombe, normal_p
from fitsense_training.intervals import holm, wilson

SEED = 1


class Standing(StrEnum):
    """What is to be said of a slice on one measure."""

    INSUFFICIENT = "insufficient"
    EVEN = "no difference proven"
    HIGHER = "higher"
    LOWER = "a little lower"
    LAGGING = "lower"


@dataclass(frozen=True)
class Disparity(SliceKeys):
    """One slice, or pair of slices, on one measure, beside all the others together.

    `value` is a share, or a mean length; `population_value` is the same with people counted as
    often as they occur. `difference` is one of shares, or of lengths as a part of the rest's.
    """

    measure: str
    n: int
    value: float
    low: float
    high: float
    population_value: float
    rest_n: int
    rest_value: float
    difference: float
    difference_low: float
    difference_high: float
    p_value: float
    is_judged: bool
    is_proven: bool = False
    level: Level | None = None

    @property
    def standing(self) -> Standing:
        """What is to be said of it."""
        if not self.is_judged:
            return Standing.INSUFFICIENT
        if not self.is_proven:
            return Standing.EVEN
        if self.difference > 0:
            return Standing.HIGHER
        return Standing.LAGGING if self.level else Standing.LOWER


def compare_slices(
    answers: pl.DataFrame, policy: BiasPolicy, dimensions: Sequence[str] = DIMENSIONS
) -> tuple[list[Disparity], list[Fares]]:
    """Every measure of every slice and pair of a release's `answers`, and how they were counted."""
    dealt_to = with_hands(answers)
    deals = draw(dealt_to, SEED)
    sets = [fares_of(dealt_to, keys, deals) for keys in slice_sets(dimensions)]
    found = [each for name in MEASURES for each in _measured(name, sets, policy)]
    return found, sets


def _measured(name: str, sets: Sequence[Fares], policy: BiasPolicy) -> Iterator[Disparity]:
    """One measure; slices and pairs are two families of tests."""
    for size in (1, 2):
        found = [
            each for fares in sets if len(fares.keys) == size for each in _each(name, fares, policy)
        ]
        tested = [place for place, each in enumerate(found) if each.is_judged]
        holds = holm([found[place].p_value for place in tested], policy.level)
        proven = {place for place, held in zip(tested, holds, strict=True) if held}
        yield from (
            _judged(each, policy, is_proven=place in proven) for place, each in enumerate(found)
        )


def _judged(found: Disparity, policy: BiasPolicy, *, is_proven: bool) -> Disparity:
    is_proven = is_proven and not found.difference_low <= 0 <= found.difference_high
    level = policy.measures[found.measure].level(-found.difference) if is_proven else None
    if found.is_pair and level is Level.BLOCK and policy.pairs == "warn":
        level = Level.WARN
    return replace(found, is_proven=is_proven, level=level)


def _each(name: str, fares: Fares, policy: BiasPolicy) -> Iterator[Disparity]:
    measure = MEASURES[name]
    rest = fares.counts.sum(axis=0) - fares.counts
    ours, theirs = sides(fares.counts, measure), sides(rest, measure)
    own_dealt, rest_dealt = ratio(fares.dealt, measure), ratio(fares.rest_dealt, measure)
    dealt = compared(own_dealt, rest_dealt, measure)
    figures = {
        "population_value": ratio(fares.weighted, measure),
        "difference": compared(ratio(fares.counts, measure), ratio(rest, measure), measure),
        "deviation": deviation(dealt),
        **dict(zip(("low", "high"), interval(own_dealt), strict=True)),
        **dict(zip(("drawn_low", "drawn_high"), interval(dealt), strict=True)),
    }
    for place, group in enumerate(fares.names):
        drawn = {key: _number(column[place]) for key, column in figures.items()}
        found = _disparity(measure, (ours[place], theirs[place]), drawn)
        judged = min(found["n"], found["rest_n"]) >= policy.minimum_n
        yield Disparity(*_named(fares.keys, group), name, **found, is_judged=judged)


def _disparity(
    measure: Measure, sides: tuple[Side, Side], drawn: dict[str, float]
) -> dict[str, Any]:
    """The figures of one group; `drawn` is what the bootstrap and the weights say."""
    (part, whole), (rest_part, rest_whole) = sides
    low, high = drawn["low"], drawn["high"]
    difference_low, difference_high = drawn["drawn_low"], drawn["drawn_high"]
    if measure.is_share:
        own, apart = wilson(part, whole), newcombe(*sides)
        low, high = own.low, own.high
        difference_low, difference_high = (
            min(apart[0], difference_low),
            max(apart[1], difference_high),
        )
        p_value = fisher_p(*sides)
        if drawn["deviation"] > 0:
            # Fisher's test does not know that answers of one person hang together.
            p_value = max(p_value, normal_p(drawn["difference"], drawn["deviation"]))
    else:
        p_value = normal_p(drawn["difference"], drawn["deviation"])
    return {
        "n": whole,
        "value": part / whole if whole else 0.0,
        "low": low,
        "high": high,
        "population_value": drawn["population_value"],
        "rest_n": rest_whole,
        "rest_value": rest_part / rest_whole if rest_whole else 0.0,
        "difference": drawn["difference"],
        "difference_low": difference_low,
        "difference_high": difference_high,
        "p_value": p_value,
    }


def _named(keys: Sequence[str], group: Sequence[str]) -> tuple[str, str, str, str]:
    if len(keys) == 1:
        return keys[0], group[0], "all", "all"
    return keys[0], group[0], keys[1], group[1]


def _number(value: float) -> float:
    """A figure, or 0 where there is nobody to count."""
    return 0.0 if math.isnan(value) else float(value)
