"""Decontamination: rows of train that tell too much of a prompt held out for val or test.

An n-gram that many rows share is template and says nothing of one prompt; of the rest, a row of
train may hold at most a share of those of any held-out prompt. What many rows share depends on
the rows that are left, so rows are taken out until no rule finds another one: whoever looks at the
rows that stay by the same rules finds none either.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from fitsense_assets.lib.release.recipe import HeldOutOverlap
from fitsense_assets.lib.release.shingles import word_grams

TRAIN = "train"
_PAIR = 1 << 32
OVERLAP_SCHEMA = {
    "query_id": pl.String,
    "kept_by": pl.String,
    "share": pl.Float64,
    "words": pl.Int32,
}


def held_out_overlaps(rows: pl.DataFrame, rules: Sequence[HeldOutOverlap]) -> pl.DataFrame:
    """Each row of train that tells too much, the held-out row it tells most of, and how much.

    `words` is the length of the n-grams that found it.
    """
    grams = [_places(rows, rule) for rule in rules]
    stays = np.ones(rows.height, dtype=bool)
    rounds: list[pl.DataFrame] = []
    while rows.height:
        before = int(stays.sum())
        for rule, own in zip(rules, grams, strict=True):
            left = own.filter(pl.Series(stays[own["row"].to_numpy()]))
            told = _told(left, int(stays.sum()), rule)
            stays[told["row_train"].to_numpy()] = False
            rounds.append(told.with_columns(words=pl.lit(rule.words, pl.Int32)))
        if int(stays.sum()) == before:
            break
    ids = rows["query_id"]
    named = [
        told.select(
            "share",
            "words",
            query_id=ids.gather(told["row_train"]),
            kept_by=ids.gather(told["row"]),
        ).select(*OVERLAP_SCHEMA)
        for told in rounds
    ]
    return pl.concat([pl.DataFrame(schema=OVERLAP_SCHEMA), *named])


def _places(rows: pl.DataFrame, rule: HeldOutOverlap) -> pl.DataFrame:
    """One line per row and n-gram."""
    grams = word_grams(rows["prompt"], rule.words)
    numbers = np.repeat(np.arange(rows.height, dtype=np.uint32), grams.counts)
    places = pl.DataFrame({"gram": grams.values, "row": numbers}).unique()
    return places.with_columns(is_train=(rows["split"] == TRAIN).gather(places["row"]))


def _told(grams: pl.DataFrame, count_rows: int, rule: HeldOutOverlap) -> pl.DataFrame:
    """The rows of train that tell too much of one held-out row, and of which one most."""
    own = grams.filter(pl.len().over("gram") <= rule.template_above(count_rows))
    held, train = own.filter(~pl.col("is_train")), own.filter(pl.col("is_train"))
    # Both rows as one number: to group by one column costs half of what two do.
    pair = pl.col("row").cast(pl.UInt64) * _PAIR + pl.col("row_train")
    return (
        held.join(train, on="gram", suffix="_train")
        .group_by(pair=pair)
        .len("count_shared")
        .select(
            "count_shared",
            row=(pl.col("pair") // _PAIR).cast(pl.UInt32),
            row_train=(pl.col("pair") % _PAIR).cast(pl.UInt32),
        )
        .join(held.group_by("row").len("count_own"), on="row")
        .with_columns(share=pl.col("count_shared") / pl.col("count_own"))
        .filter(pl.col("share") > rule.share_max)
        .sort("row_train", "share", "row", descending=[False, True, False])
        .unique("row_train", keep="first", maintain_order=True)
    )
