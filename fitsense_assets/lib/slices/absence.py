"""Slices that nobody asks for any more, or that nobody asked for at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    ExperienceLevel,
    Goal,
    PromptType,
    Sex,
)

# What a release is to hold something of. A single condition may be too rare to expect.
EXPECTED: dict[str, Sequence[StrEnum]] = {
    "prompt_type": list(PromptType),
    "goal_type": list(Goal),
    "activity_level": list(ActivityLevel),
    "age_band": list(AgeBand),
    "sex": list(Sex),
    "experience_level": list(ExperienceLevel),
}


@dataclass(frozen=True)
class MissingSlice:
    """A slice without a single question; `count_before` is what the release before had of it."""

    dimension: str
    slice_value: str
    count_before: int


def missing_slices(
    counts: pl.DataFrame, before: pl.DataFrame | None, minimum_n: int
) -> Iterator[MissingSlice]:
    """The slices that a release lacks, from its `slice_counts` and those of the one before.

    A slice counts as gone when the release before had `minimum_n` questions of it; what the
    vocabulary knows and nobody ever asked for in numbers is missing as well.
    """
    now = _counts(counts)
    then = {} if before is None else _counts(before)
    known = {(name, str(value)) for name, values in EXPECTED.items() for value in values}
    large = {name for name, count in then.items() if count >= minimum_n}
    for name in sorted({*known, *large} - {*now}):
        yield MissingSlice(*name, count_before=then.get(name, 0) if name in large else 0)


def _counts(counts: pl.DataFrame) -> dict[tuple[str, str], int]:
    singles = counts.filter((pl.col("count_dimensions") == 1) & (pl.col("count_queries") > 0))
    rows = singles.select("dimension", "slice_value", "count_queries").iter_rows()
    return {(dimension, value): count for dimension, value, count in rows}
