"""Who is in the training rows, beside who is in the population."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import polars as pl

from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.measures import SliceKeys
from fitsense_assets.lib.slices.policy import Level
from fitsense_training.intervals import Interval, wilson


class Presence(StrEnum):
    """How a slice's part in the training rows compares with its part in the population."""

    LOST = "lost"
    UNDER = "under-represented"
    OVER = "over-represented"
    EVEN = "as in the population"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class Representation(SliceKeys):
    """A slice's, or a pair's, part in the population and in what the student learns from."""

    count_train: int
    population_share: float
    train_share: float
    low: float
    high: float
    presence: Presence
    level: Level | None = None

    @property
    def ratio(self) -> float:
        """Training share by population share; 1 is even, infinity is a slice the people lack."""
        return self.train_share / self.population_share if self.population_share else math.inf

    @property
    def evening_weight(self) -> float:
        """What each of its training rows would have to count for to be as in the population."""
        return self.population_share / self.train_share if self.train_share else math.inf


def representations(
    counts: pl.DataFrame, policy: BiasPolicy, rows_a_person: float = 1.0
) -> list[Representation]:
    """Every slice and pair of `slice_counts`, slices first, in the order of their names.

    People are what was drawn, and several rows come from each, so intervals are as wide as the
    number of people makes them.
    """
    whole = int(counts.filter(pl.col("count_dimensions") == 0)["count_train"].sum())
    order = ["count_dimensions", "dimension", "slice_value", "second_dimension", "second_value"]
    sizes = dict(counts.group_by("count_dimensions").len().iter_rows())
    rows = counts.filter(pl.col("count_dimensions") > 0).sort(order)
    return [
        _representation(row, Drawn(whole, rows_a_person, sizes[row["count_dimensions"]]), policy)
        for row in rows.iter_rows(named=True)
    ]


@dataclass(frozen=True)
class Drawn:
    """All training rows, how many a person has, and how many groups are judged with each."""

    count_rows: int
    rows_a_person: float
    count_tests: int

    def interval(self, count: int, level: float) -> Interval:
        """The interval of a part of the rows that leaves out `level` of what chance does."""
        people = round(self.count_rows / self.rows_a_person)
        part = min(people, round(count / self.rows_a_person))
        return wilson(part, people, 1 - level)


def _representation(row: Mapping[str, Any], drawn: Drawn, policy: BiasPolicy) -> Representation:
    count, whole = row["count_train"], drawn.count_rows
    interval = drawn.interval(count, policy.level)
    found = Representation(
        dimension=row["dimension"],
        slice_value=row["slice_value"],
        second_dimension=row["second_dimension"],
        second_value=row["second_value"],
        count_train=count,
        population_share=row["population_share"],
        train_share=count / whole if whole else 0.0,
        low=interval.low,
        high=interval.high,
        presence=Presence.EVEN,
    )
    presence = _presence(found, drawn, policy)
    return replace(found, presence=presence, level=_level(found, presence, policy))


def _presence(found: Representation, drawn: Drawn, policy: BiasPolicy) -> Presence:
    # A slice that should be there and is not is judged by what was to be expected.
    expected = found.population_share * drawn.count_rows
    if max(found.count_train, expected) < policy.minimum_n:
        return Presence.INSUFFICIENT
    if not found.count_train:
        return Presence.LOST
    # Many groups are judged at once, so each must be surer (Bonferroni).
    sure = drawn.interval(found.count_train, policy.level / drawn.count_tests)
    if sure.high < found.population_share and found.ratio < policy.presence.low:
        return Presence.UNDER
    if sure.low > found.population_share and found.ratio > policy.presence.high:
        return Presence.OVER
    return Presence.EVEN


def _level(found: Representation, presence: Presence, policy: BiasPolicy) -> Level | None:
    words = {Presence.UNDER: policy.presence.under, Presence.LOST: policy.presence.lost}
    word = words.get(presence)
    if word is None:
        return None
    return Level((policy.pairs if found.is_pair else word).upper())
