"""Near-duplicates: prompts that ask the same question and tell nearly the same.

MinHash bands propose pairs, so the work grows with the rows and not with their square; the exact
Jaccard similarity of the two sets of n-grams decides.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from tqdm import tqdm

from fitsense_assets.lib.release.recipe import NearDuplicates
from fitsense_assets.lib.release.shingles import number_of, word_grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR_AFTER_SECONDS = 2.0
_GRAM_BYTES = 8
NEAR_SCHEMA = {"query_id": pl.String, "kept_by": pl.String, "share": pl.Float64}


def near_duplicates(rows: pl.DataFrame, rule: NearDuplicates) -> pl.DataFrame:
    """The rows that nearly repeat a kept row before them, by whom they are kept, and how alike."""
    from rensa import RMinHash, RMinHashLSH  # pyright: ignore[reportAttributeAccessIssue]

    ids, shingles = rows["query_id"].to_list(), shingles_of(rows["prompt"].to_list(), rule)
    index = RMinHashLSH(threshold=rule.jaccard_min, num_perm=rule.hashes, num_bands=rule.bands)
    repeats: list[tuple[str, str, float]] = []
    sketches = RMinHash.from_token_sets(map(_tokens, shingles), rule.hashes, rule.seed)
    bar = tqdm(sketches, desc="near-duplicates", unit="row", delay=BAR_AFTER_SECONDS)
    for place, sketch in enumerate(bar):
        proposed = sorted(index.query(sketch))
        alike = [(jaccard(shingles[place], shingles[other]), -other) for other in proposed]
        share, other = max(alike, default=(0.0, 0))
        if share >= rule.jaccard_min:
            repeats.append((ids[place], ids[-other], share))
        else:
            index.insert(place, sketch)
    return pl.DataFrame(repeats, schema=NEAR_SCHEMA, orient="row")


def shingles_of(prompts: Sequence[str], rule: NearDuplicates) -> "list[NDArray[np.uint64]]":
    """The n-grams of each prompt, marked with its question: two questions share none."""
    grams = word_grams(prompts, rule.words)
    questions = [np.uint64(number_of(question_of(prompt, rule))) for prompt in prompts]
    return [np.sort(own ^ question) for own, question in zip(grams, questions, strict=True)]


def question_of(prompt: str, rule: NearDuplicates) -> str:
    """The lines of a prompt that decide its answer."""
    lines = prompt.split("\n")
    return "\n".join(line for line in lines if line.split(" ", 1)[0] in rule.question_lines)


def jaccard(first: "NDArray[np.uint64]", second: "NDArray[np.uint64]") -> float:
    """The share of all n-grams of two sets that both hold."""
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / (len(first) + len(second) - common)


def _tokens(grams: "NDArray[np.uint64]") -> list[bytes]:
    raw = grams.astype("<u8").tobytes()
    return [raw[at : at + _GRAM_BYTES] for at in range(0, len(raw), _GRAM_BYTES)]
