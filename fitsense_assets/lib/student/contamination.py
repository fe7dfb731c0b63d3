"""Which prompts of the fixed evaluation a student has seen in training, or nearly so.

A release made beside today's prompts holds none of them. One that is older than the prompts may:
those are left out of its student's evaluation, and the report says how many.
"""

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.held_out import TRAIN, held_out_overlaps
from fitsense_assets.lib.release.recipe import HeldOutOverlap, default_recipe
from fitsense_assets.lib.release.splits import TABLE, read_split

ASKED = "evaluation"


def seen_prompts(lake: Lake, release: str, prompts: pl.DataFrame) -> frozenset[str] | None:
    """Query ids of the prompts that a row of train repeats or tells too much of.

    None where the lake no longer holds the splits of the release, so that nobody can say.
    """
    if not lake.exists(TABLE, release):
        return None
    asked = prompts.select("query_id", "prompt", split=pl.lit(ASKED))
    learned = read_split(lake, release, TRAIN, ["query_id", "messages"]).select(
        "query_id",
        prompt=pl.col("messages").list.first().struct.field("content"),
        split=pl.lit(TRAIN),
    )
    repeated = asked.join(learned, on="prompt", how="semi")["query_id"].to_list()
    told = _told(pl.concat([asked, learned]), default_recipe().held_out_overlap)
    return frozenset({*repeated, *told})


def _told(rows: pl.DataFrame, rule: HeldOutOverlap) -> set[str]:
    """A row of train names only the prompt it tells most of: ask again without those named."""
    told: set[str] = set()
    while found := set(held_out_overlaps(rows, rule)["kept_by"].to_list()):
        told |= found
        rows = rows.filter(~pl.col("query_id").is_in(found))
    return told
