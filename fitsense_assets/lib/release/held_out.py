"""Decontamination: rows of train that tell too much of a prompt held out for val or test.

An n-gram that many rows share is template and says nothing of one prompt; of the rest, a row of
train may hold at most a share of those of any held-out prompt.
"""

import numpy as np
import polars as pl

from fitsense_assets.lib.release.recipe import HeldOutOverlap
from fitsense_assets.lib.release.shingles import word_grams

TRAIN = "train"
_NOTHING = {"query_id": pl.String, "kept_by": pl.String, "share": pl.Float64}


def held_out_overlaps(rows: pl.DataFrame, rule: HeldOutOverlap) -> pl.DataFrame:
    """Each row of train that tells too much, the held-out row it tells most of, and how much."""
    if rows.is_empty():
        return pl.DataFrame(schema=_NOTHING)
    own = _own_grams(rows, rule)
    held, train = own.filter(~pl.col("is_train")), own.filter(pl.col("is_train"))
    told = (
        held.join(train, on="gram", suffix="_train")
        .group_by("row", "row_train")
        .len("count_shared")
        .join(held.group_by("row").len("count_own"), on="row")
        .with_columns(share=pl.col("count_shared") / pl.col("count_own"))
        .filter(pl.col("share") > rule.share_max)
        .sort("row_train", "share", "row", descending=[False, True, False])
        .unique("row_train", keep="first", maintain_order=True)
    )
    ids = rows["query_id"]
    return told.select(
        query_id=ids.gather(told["row_train"]), kept_by=ids.gather(told["row"]), share="share"
    )


def _own_grams(rows: pl.DataFrame, rule: HeldOutOverlap) -> pl.DataFrame:
    """One line per row and n-gram that is no template."""
    grams = word_grams(rows["prompt"], rule.words)
    numbers = np.repeat(np.arange(rows.height, dtype=np.uint32), grams.counts)
    places = pl.DataFrame({"gram": grams.values, "row": numbers}).unique()
    template_above = rule.template_above(rows.height)
    kept = places.filter(pl.len().over("gram") <= template_above)
    return kept.with_columns(is_train=(rows["split"] == TRAIN).gather(kept["row"]))
