"""What a row has to pass to enter a release, filter by filter, with a line for every row lost.

Rows stand in the order of who stays when two are alike: test before val before train, then by
query id. So a repeat costs the row of train, never the held-out one. Before all of them stand the
fixed evaluation prompts, which are no rows of a release and are never lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from fitsense_assets.lib.release.fixed import NO_PROMPTS
from fitsense_assets.lib.release.held_out import held_out_overlaps
from fitsense_assets.lib.release.near_duplicates import near_duplicates
from fitsense_assets.lib.release.recipe import Recipe
from fitsense_training.domain.errors import BadInput

SPLITS = ("train", "val", "test")
KEEP_ORDER = ("test", "val", "train")
_REMEDY = "materialize profiles and what follows from them again"
REMOVED_SCHEMA = {
    "query_id": pl.String,
    "user_id": pl.String,
    "split": pl.String,
    "filter": pl.String,
    "reason": pl.String,
    "kept_by": pl.String,
}
Find = Callable[[pl.DataFrame], pl.DataFrame]


class FilterName(StrEnum):
    """The filters in their order."""

    NOT_ACCEPTED = "not_accepted"
    TOO_LONG = "too_long"
    EXACT_DUPLICATE = "exact_duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    HELD_OUT_OVERLAP = "held_out_overlap"


WHY = {
    FilterName.NOT_ACCEPTED: "the reply broke a rule, could not be read or did not do the task",
    FilterName.TOO_LONG: "prompt and answer together are longer than the student may read",
    FilterName.EXACT_DUPLICATE: "another kept row has the same prompt",
    FilterName.NEAR_DUPLICATE: "another kept row asks the same and tells nearly the same",
    FilterName.HELD_OUT_OVERLAP: "the row of train tells too much of a held-out or fixed prompt",
}


@dataclass(frozen=True)
class Step:
    """How many rows of each split one filter took; `across` counts those kept in another split."""

    name: FilterName
    lost: dict[str, int]
    across: int

    def record(self) -> dict[str, Any]:
        """The step as JSON."""
        return {
            "filter": self.name,
            "why": WHY[self.name],
            "lost": self.lost,
            "across_splits": self.across,
        }


@dataclass(frozen=True)
class Filtered:
    """The rows that passed, those that did not, and the funnel between."""

    rows: pl.DataFrame
    removed: pl.DataFrame
    count_in: dict[str, int]
    steps: tuple[Step, ...]

    @property
    def count_out(self) -> dict[str, int]:
        """Rows that passed, by split."""
        return count_by_split(self.rows)


def filter_rows(
    reviewed: pl.DataFrame, recipe: Recipe, fixed: pl.DataFrame = NO_PROMPTS
) -> Filtered:
    """Pass all reviewed rows of a release through every filter; `fixed` are held out as well.

    Raises:
        BadInput: a person is in two splits, a split is unknown or a query stands twice.
    """
    refuse_bad_splits(reviewed)
    rows = _in_keep_order(reviewed)
    removed: list[pl.DataFrame] = []
    steps: list[Step] = []
    places = pl.concat([fixed.select("query_id", "split"), rows.select("query_id", "split")])
    split_of = places.rename({"query_id": "kept_by", "split": "kept_in"})
    for name, find in _filters(recipe, fixed):
        lost = _with_place(find(rows), rows, split_of, name)
        rows = rows.join(lost, on="query_id", how="anti", maintain_order="left")
        across = lost.filter(pl.col("kept_in") != pl.col("split")).height
        steps.append(Step(name, count_by_split(lost), across))
        removed.append(lost.select(*REMOVED_SCHEMA))
    return Filtered(rows, pl.concat(removed), count_by_split(reviewed), tuple(steps))


def refuse_bad_splits(rows: pl.DataFrame) -> None:
    """BadInput where a person is in two splits, a split is unknown or a query stands twice."""
    strange = sorted(set(rows["split"].to_list()) - set(SPLITS))
    if strange:
        raise BadInput(f"the split {strange[0]!r} is none of {', '.join(SPLITS)}: " + _REMEDY)
    if leaked := users_in_two_splits(rows):
        raise BadInput(f"{leaked[0]} is in two splits ({len(leaked)} people are): " + _REMEDY)
    repeated = rows.filter(pl.col("query_id").is_duplicated())["query_id"]
    if len(repeated):
        raise BadInput(f"query {repeated[0]} stands twice: " + _REMEDY)


def users_in_two_splits(rows: pl.DataFrame) -> list[str]:
    """The people whose rows lie in more than one split."""
    counts = rows.group_by("user_id").agg(pl.col("split").n_unique())
    return sorted(counts.filter(pl.col("split") > 1)["user_id"].to_list())


def count_by_split(rows: pl.DataFrame) -> dict[str, int]:
    """Rows of each split; a split without rows counts 0."""
    counts = dict(rows["split"].value_counts().rows())
    return {split: counts.get(split, 0) for split in SPLITS}


def _in_keep_order(rows: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("split").replace_strict(list(KEEP_ORDER), list(range(len(KEEP_ORDER))))
    return rows.sort(rank, "query_id")


def _filters(recipe: Recipe, fixed: pl.DataFrame) -> Iterator[tuple[FilterName, Find]]:
    """Each filter finds rows to take out: query_id, reason, kept_by."""
    yield FilterName.NOT_ACCEPTED, _not_accepted
    yield FilterName.TOO_LONG, lambda rows: _too_long(rows, recipe.max_chars)
    yield FilterName.EXACT_DUPLICATE, lambda rows: _exact_duplicates(with_fixed(rows, fixed))
    yield (
        FilterName.NEAR_DUPLICATE,
        lambda rows: _reasoned(
            near_duplicates(with_fixed(rows, fixed), recipe.near_duplicates), "Jaccard"
        ),
    )
    yield (
        FilterName.HELD_OUT_OVERLAP,
        lambda rows: _overlaps(with_fixed(rows, fixed), recipe),
    )


def with_fixed(rows: pl.DataFrame, fixed: pl.DataFrame) -> pl.DataFrame:
    """The fixed prompts, then the rows: as many columns as a search for repeats needs."""
    return pl.concat([fixed, rows.select(fixed.columns)])


def _not_accepted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col("is_accepted")).select(
        "query_id", reason="rejection_reason", kept_by=pl.lit(None, pl.String)
    )


def _too_long(rows: pl.DataFrame, max_chars: int) -> pl.DataFrame:
    chars = pl.col("prompt").str.len_chars() + pl.col("answer").str.len_chars()
    return rows.filter(chars > max_chars).select(
        "query_id", reason=pl.format("{} characters", chars), kept_by=pl.lit(None, pl.String)
    )


def _exact_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    first = rows.with_columns(kept_by=pl.col("query_id").first().over("prompt"))
    return first.filter(pl.col("query_id") != pl.col("kept_by")).select(
        "query_id", reason=pl.lit("same prompt"), kept_by="kept_by"
    )


def _reasoned(found: pl.DataFrame, measure: str) -> pl.DataFrame:
    reason = pl.format(f"{measure} {{}}", pl.col("share").round(3))
    return found.select("query_id", reason=reason, kept_by="kept_by")


def _overlaps(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    found = held_out_overlaps(rows, recipe.overlaps)
    share = pl.col("share").round(3)
    reason = pl.format("share told in {} words {}", pl.col("words"), share)
    return found.select("query_id", reason=reason, kept_by="kept_by")


def _with_place(
    found: pl.DataFrame, rows: pl.DataFrame, split_of: pl.DataFrame, name: FilterName
) -> pl.DataFrame:
    """The found rows with user, split and filter, and the split of the row that stays instead.

    A fixed prompt that repeats another is no row, and falls out here.
    """
    return (
        found.join(
            rows.select("query_id", "user_id", "split"), on="query_id", maintain_order="left"
        )
        .join(split_of, on="kept_by", how="left", maintain_order="left")
        .with_columns(filter=pl.lit(str(name)))
    )
