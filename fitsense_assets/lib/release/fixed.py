"""The fixed evaluation prompts as a release sees them: held out of it, whatever it holds.

A row of train may neither repeat nor tell one of them.
"""

import hashlib

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set.store import held_out_rows

SPLIT = "fixed"
NO_PROMPTS = pl.DataFrame(schema={"query_id": pl.String, "split": pl.String, "prompt": pl.String})


def fixed_prompts(lake: Lake) -> pl.DataFrame:
    """The prompts with their ids, in order; none in a lake where they are not made."""
    rows = held_out_rows(lake)
    if rows is None:
        return NO_PROMPTS
    known = rows.sort("query_id").select("query_id", pl.lit(SPLIT).alias("split"), "prompt")
    return known.unique("prompt", keep="first", maintain_order=True)


def fixed_sha256(prompts: pl.DataFrame) -> str:
    """A hash of what is asked, so that two releases can be seen to hold out the same."""
    return hashlib.sha256("\n\n".join(prompts["prompt"]).encode()).hexdigest()
