"""Near-duplicates: prompts that ask the same question and tell nearly the same.

MinHash bands say which rows share one with another row, in one pass over all of them; most share
none and are done. Of the rest, in order, bands propose pairs and the exact Jaccard similarity of
the two sets of n-grams decides. So the work grows with the rows and not with their square.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from tqdm import tqdm

from fitsense_assets.lib.release.recipe import NearDuplicates
from fitsense_assets.lib.release.shingles import Grams, number_of, word_grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAR_AFTER_SECONDS = 2.0
_GRAM_BYTES = 8
NEAR_SCHEMA = {"query_id": pl.String, "kept_by": pl.String, "share": pl.Float64}


def near_duplicates(rows: pl.DataFrame, rule: NearDuplicates) -> pl.DataFrame:
    """The rows that nearly repeat a kept row before them, by whom they are kept, and how alike."""
    ids, grams = rows["query_id"], shingles_of(rows["prompt"], rule)
    found = list(_repeats(grams, _sharing(grams, rule), rule))
    return pl.DataFrame(
        [(ids[place], ids[other], share) for place, other, share in found],
        schema=NEAR_SCHEMA,
        orient="row",
    )


def shingles_of(prompts: pl.Series, rule: NearDuplicates) -> Grams:
    """The n-grams of each prompt, marked with its question: two questions share none."""
    marks = [number_of(question) for question in questions_of(prompts, rule)]
    return word_grams(prompts, rule.words).marked(np.array(marks, dtype=np.uint64))


def questions_of(prompts: pl.Series, rule: NearDuplicates) -> pl.Series:
    """The lines of each prompt that decide its answer."""
    line = rf"(?m)^(?:{'|'.join(rule.question_lines)})(?: .*)?$"
    return prompts.str.extract_all(line).list.join("\n")


def jaccard(first: "NDArray[np.uint64]", second: "NDArray[np.uint64]") -> float:
    """The share of all n-grams of two sets that both hold."""
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / (len(first) + len(second) - common)


def _sharing(grams: Grams, rule: NearDuplicates) -> list[int]:
    """The places of the rows that share a band with another row."""
    from rensa import RMinHash, RMinHashLSH  # pyright: ignore[reportAttributeAccessIssue]

    if not len(grams.values):
        return []
    starts = grams.starts.astype(np.uint64)
    sketches = RMinHash.digest_matrix_from_flat_token_hashes(
        grams.values, starts, rule.hashes, rule.seed
    )
    index = RMinHashLSH(threshold=rule.jaccard_min, num_perm=rule.hashes, num_bands=rule.bands)
    flags = index.query_duplicate_flags_matrix_one_shot(sketches)
    return [place for place, is_shared in enumerate(flags) if is_shared]


def _repeats(
    grams: Grams, places: list[int], rule: NearDuplicates
) -> Iterator[tuple[int, int, float]]:
    """Each of these rows that repeats a kept one before it: its place, the other's, how alike."""
    from rensa import RMinHash, RMinHashLSH  # pyright: ignore[reportAttributeAccessIssue]

    sets = [grams.of(place) for place in places]
    sketches = RMinHash.from_token_sets(map(_tokens, sets), rule.hashes, rule.seed)
    index = RMinHashLSH(threshold=rule.jaccard_min, num_perm=rule.hashes, num_bands=rule.bands)
    bar = tqdm(sketches, desc="near-duplicates", unit="row", delay=BAR_AFTER_SECONDS)
    for number, sketch in enumerate(bar):
        proposed = sorted(index.query(sketch))
        alike = [(jaccard(sets[number], sets[other]), -other) for other in proposed]
        share, other = max(alike, default=(0.0, 0))
        if share >= rule.jaccard_min:
            yield places[number], places[-other], share
        else:
            index.insert(number, sketch)


def _tokens(grams: "NDArray[np.uint64]") -> list[bytes]:
    raw = grams.astype("<u8").tobytes()
    return [raw[at : at + _GRAM_BYTES] for at in range(0, len(raw), _GRAM_BYTES)]
