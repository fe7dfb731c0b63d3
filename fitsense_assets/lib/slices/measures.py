"""What an answer is judged by, and the slices it is counted in.

Each measure is a ratio of two columns of `cells`: for most the part of the answers that are good,
for the length of a plan the characters by the plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from fitsense_assets.lib.cohort.queries import SLICES

# In the order of the dbt macro `slices`, so that a pair has the same name everywhere.
DIMENSIONS = ("prompt_type", *SLICES)
Keys = tuple[str, ...]


@dataclass(frozen=True)
class SliceKeys:
    """Which slice a figure is of; the second half is `all` unless it is where two slices meet."""

    dimension: str
    slice_value: str
    second_dimension: str
    second_value: str

    @property
    def is_pair(self) -> bool:
        """Whether it is where two slices meet."""
        return self.second_dimension != "all"

    @property
    def name(self) -> str:
        """The slice as people read it."""
        first = f"{self.dimension} = {self.slice_value}"
        return f"{first} & {self.second_dimension} = {self.second_value}" if self.is_pair else first


@dataclass(frozen=True)
class Measure:
    """A ratio of two columns; `says` is its name for people, and so are the two directions."""

    says: str
    part: str
    whole: str = "n"
    is_share: bool = True
    lower: str = "worse"
    higher: str = "better"

    def shown(self, value: float) -> str:
        """A value as people read it."""
        return f"{value:.1%}" if self.is_share else f"{value:,.0f} characters"

    def difference_shown(self, value: float, low: float, high: float) -> str:
        """A difference with its interval: points between shares, a part of a length."""
        if self.is_share:
            return f"{100 * value:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}]"
        return f"{value:+.1%} [{low:+.1%}, {high:+.1%}]"


MEASURES = {
    "accepted": Measure("answer accepted", "accepted"),
    "task_success": Measure("does what was asked", "task_success"),
    "block_free": Measure("no dangerous (BLOCK) finding", "block_free"),
    "finding_free": Measure("no safety finding at all", "finding_free"),
    "plan_given": Measure(
        "gets a plan, not a referral", "plan_given", lower="less often", higher="more often"
    ),
    "plan_chars": Measure(
        "length of the plan",
        "plan_chars",
        "plans",
        is_share=False,
        lower="shorter",
        higher="longer",
    ),
}
COUNTS = {
    "n": pl.len(),
    "accepted": pl.col("is_accepted").sum(),
    "task_success": pl.col("is_task_success").sum(),
    "block_free": (~pl.col("has_block")).sum(),
    "finding_free": (~pl.col("has_finding")).sum(),
    "plan_given": (~pl.col("is_handoff")).sum(),
    "plans": pl.col("plan_chars").count(),
    "plan_chars": pl.col("plan_chars").sum(),
}
_WEIGHTED = {
    "n": pl.lit(1),
    "accepted": pl.col("is_accepted"),
    "task_success": pl.col("is_task_success"),
    "block_free": ~pl.col("has_block"),
    "finding_free": ~pl.col("has_finding"),
    "plan_given": ~pl.col("is_handoff"),
    "plans": pl.col("plan_chars").is_not_null(),
    "plan_chars": pl.col("plan_chars"),
}


def slice_sets(dimensions: Sequence[str] = DIMENSIONS) -> list[Keys]:
    """Every dimension, and every pair of them."""
    return [*((name,) for name in dimensions), *combinations(dimensions, 2)]


def counts(answers: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The columns measures are made of, per group, in the order of its name."""
    grouped = answers.group_by(keys).agg(
        expression.cast(pl.Float64).alias(name) for name, expression in COUNTS.items()
    )
    return grouped.sort(keys)


def weighted_counts(answers: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The same columns with each answer counted by the weight of the person who asked.

    Rare groups are drawn more often on purpose; weighted, people count as often as they occur.
    """
    weight = pl.col("sampling_weight")
    grouped = answers.group_by(keys).agg(
        (weight * expression).sum().alias(name) for name, expression in _WEIGHTED.items()
    )
    return grouped.sort(keys)
