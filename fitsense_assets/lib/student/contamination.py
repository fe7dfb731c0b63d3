"""Which prompts of the fixed evaluation a student has seen in training, or nearly so.

A release made beside today's prompts holds none of them, by the same rules as here. One that is
older than the prompts may: those are left out of its student's evaluation, and the report says how
many.
"""

from collections.abc import Sequence

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import with_fixed
from fitsense_assets.lib.release.fixed import fixed_prompts
from fitsense_assets.lib.release.held_out import TRAIN, held_out_overlaps
from fitsense_assets.lib.release.leakage import read_chats
from fitsense_assets.lib.release.recipe import HeldOutOverlap, default_recipe
from fitsense_assets.lib.release.splits import TABLE


def seen_prompts(lake: Lake, release: str) -> frozenset[str] | None:
    """Query ids of today's prompts that a row of train repeats or tells too much of.

    None where the lake no longer holds the splits of the release, so that nobody can say.
    """
    if not lake.exists(TABLE, release):
        return None
    asked, chats = fixed_prompts(lake), read_chats(lake, release)
    learned = chats.filter(pl.col("split") == TRAIN)
    repeated = asked.join(learned, on="prompt", how="semi")["query_id"].to_list()
    told = _told(with_fixed(chats, asked), set(asked["query_id"]), default_recipe().overlaps)
    return frozenset({*repeated, *told})


def _told(rows: pl.DataFrame, asked: set[str], rules: Sequence[HeldOutOverlap]) -> set[str]:
    """A row of train names only the prompt it tells most of: ask again without those named."""
    told: set[str] = set()
    while found := asked & set(held_out_overlaps(rows, rules)["kept_by"].to_list()):
        told |= found
        rows = rows.filter(~pl.col("query_id").is_in(found))
    return told
