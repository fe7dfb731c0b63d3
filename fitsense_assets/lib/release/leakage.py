"""Whether written splits leak: people, near-duplicates and held-out prompts, read from the lake.

The filters have taken all of this out before the splits were written. Here it is looked for once
more in what lies in the lake, whoever wrote it.
"""

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import KEEP_ORDER, SPLITS, with_fixed
from fitsense_assets.lib.release.held_out import TRAIN, held_out_overlaps
from fitsense_assets.lib.release.near_duplicates import near_duplicates
from fitsense_assets.lib.release.recipe import Recipe
from fitsense_assets.lib.release.splits import read_split
from fitsense_assets.lib.release.verdict import Verdict, verdict_of

COLUMNS = ["query_id", "user_id", "messages"]


def read_chats(lake: Lake, key: str) -> pl.DataFrame:
    """Every row of a release with its file's split, prompt and answer: held-out rows first."""
    said = pl.col("messages").list
    frames = [
        read_split(lake, key, split, COLUMNS).select(
            "query_id",
            "user_id",
            split=pl.lit(split),
            prompt=said.first().struct.field("content"),
            answer=said.last().struct.field("content"),
        )
        for split in KEEP_ORDER
    ]
    return pl.concat(frames)


def shared_users(chats: pl.DataFrame) -> Verdict:
    """The people whose rows lie in more than one split."""
    people = chats.group_by("user_id").agg(
        splits=pl.col("split").unique().sort().str.join(" "), queries=pl.len()
    )
    leaked = people.filter(pl.col("splits").str.contains(" ")).sort("user_id")
    return verdict_of("people are in two splits", leaked, people.height)


def shared_clusters(chats: pl.DataFrame, recipe: Recipe) -> Verdict:
    """The rows that nearly repeat a row of another split."""
    repeats = _near_repeats(chats, recipe)
    across = repeats.filter(pl.col("split") != pl.col("kept_in"))
    return verdict_of("rows nearly repeat a row of another split", across, chats.height)


def repeated_rows(chats: pl.DataFrame, recipe: Recipe) -> Verdict:
    """The rows of a split that others of the same split repeat, the most repeated first."""
    near = _near_repeats(chats, recipe).filter(pl.col("split") == pl.col("kept_in"))
    counted = near.group_by("split", "kept_by").agg(
        repeats=pl.len(), share_min=pl.col("share").min(), first=pl.col("query_id").min()
    )
    wrong = counted.sort("repeats", "kept_by", descending=[True, False])
    return verdict_of("rows are repeated in their own split", wrong, chats.height)


def contaminated(chats: pl.DataFrame, recipe: Recipe, fixed: pl.DataFrame) -> Verdict:
    """The rows of train that repeat or tell a prompt of val, test or the fixed ones."""
    rows = with_fixed(chats, fixed)
    overlaps = held_out_overlaps(rows, recipe.overlaps).with_columns(
        by=pl.format("runs of {} words", pl.col("words"))
    )
    found = pl.concat([_same_prompts(rows), overlaps.drop("words")])
    wrong = found.sort("query_id", "share", descending=[False, True])
    told = wrong.unique("query_id", keep="first", maintain_order=True)
    count_train = chats.filter(pl.col("split") == TRAIN).height
    return verdict_of("rows of train tell a held-out prompt", told, count_train)


def _same_prompts(rows: pl.DataFrame) -> pl.DataFrame:
    is_train = pl.col("split") == TRAIN
    held = rows.filter(~is_train).select("prompt", kept_by="query_id").unique("prompt", keep="any")
    same = rows.filter(is_train).join(held.sort("kept_by"), on="prompt")
    return same.select("query_id", "kept_by", share=pl.lit(1.0), by=pl.lit("the same prompt"))


def _near_repeats(chats: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    split_of = dict(chats.select("query_id", "split").iter_rows())
    found = near_duplicates(chats, recipe.near_duplicates)
    places = {
        name: pl.Series([split_of[query_id] for query_id in found[column]], dtype=pl.Enum(SPLITS))
        for name, column in (("split", "query_id"), ("kept_in", "kept_by"))
    }
    return found.with_columns(**places)
