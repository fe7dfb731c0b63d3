"""The fixed evaluation prompts: people over the whole grid of slices, the same for every release.

A row of train may neither repeat nor tell one of them, as if they were held out of the release.
"""

import functools
import hashlib

import polars as pl

from fitsense_assets.lib.golden import golden_cases
from fitsense_assets.lib.release.recipe import FixedPrompts
from fitsense_training.domain.text.prompt import render_prompt

SPLIT = "fixed"
SCHEMA = {"query_id": pl.String, "split": pl.String, "prompt": pl.String}


def fixed_prompts(rule: FixedPrompts | None) -> pl.DataFrame:
    """The prompts with their ids, in order; none without a rule."""
    return _drawn(rule.count, rule.seed) if rule else pl.DataFrame(schema=SCHEMA)


@functools.cache
def _drawn(count: int, seed: int) -> pl.DataFrame:
    rows = [
        (f"fixed-{place:06d}", SPLIT, render_prompt(case.request))
        for place, case in enumerate(golden_cases(count, seed))
    ]
    drawn = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return drawn.unique("prompt", keep="first", maintain_order=True)


def fixed_sha256(prompts: pl.DataFrame) -> str:
    """A hash of what is asked, so that two releases can be seen to hold out the same."""
    return hashlib.sha256("\n\n".join(prompts["prompt"]).encode()).hexdigest()
