"""D1: near-duplicates among 100,000 prompts, beside datasketch at the same recall.

Both sides go from text to the rows that stay: the same n-grams, hashes, bands and rows of a band,
the same keep-one order, and the exact Jaccard similarity decides on both. The peer is written as
its documentation has it: sets of strings, `MinHash.bulk`, `MinHashLSH`.
"""

import statistics
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

import polars as pl
from datasketch import MinHash, MinHashLSH

from fitsense_assets.lib.release.near_duplicates import near_duplicates
from fitsense_assets.lib.release.recipe import NearDuplicates, default_recipe
from fitsense_training.settings import Settings
from tests.bench.cohort_runs import cpu_s
from tests.bench.goal import Goal, Measured
from tests.bench.near_prompts import Planted, gram_set, planted_prompts, set_share

REPEATS, SEED = 5, 1
PAIR_ROWS, OUR_ROWS = 20_000, 100_000


@dataclass(frozen=True)
class Hits:
    """How many of the planted near-duplicates were found, and how much of what was found is one."""

    recall: float
    precision: float

    @classmethod
    def of(cls, found: Collection[str], planted: list[Planted]) -> "Hits":
        """The hits among the planted rows; no other row repeats any."""
        true = {each.query_id for each in planted if each.is_repeat}
        hits = len(true & set(found))
        return cls(hits / len(true), hits / len(found) if found else 1.0)

    def told(self) -> str:
        """Both shares."""
        return f"{self.recall:.2%} / {self.precision:.2%}"


def ours(rows: pl.DataFrame, rule: NearDuplicates) -> list[str]:
    """The rows that our filter takes out."""
    return near_duplicates(rows, rule)["query_id"].to_list()


def datasketch_way(rows: pl.DataFrame, rule: NearDuplicates) -> list[str]:
    """The rows that the same filter takes out when it is written with datasketch."""
    bands = (rule.bands, rule.hashes // rule.bands)
    index = MinHashLSH(num_perm=rule.hashes, params=bands)
    sets = [gram_set(prompt, rule) for prompt in rows["prompt"]]
    encoded = ([gram.encode() for gram in grams] for grams in sets)
    sketches = MinHash.bulk(encoded, num_perm=rule.hashes, seed=rule.seed)
    repeats: list[str] = []
    for place, (query_id, sketch) in enumerate(zip(rows["query_id"], sketches, strict=True)):
        proposed = cast("list[int]", index.query(sketch))
        alike = (set_share(sets[place], sets[other]) for other in proposed)
        if max(alike, default=0.0) >= rule.jaccard_min:
            repeats.append(query_id)
        else:
            index.insert(place, sketch)
    return repeats


def measure(settings: Settings) -> Measured:
    """Five pairs at 20,000 rows in alternating order, then ours alone at 100,000."""
    del settings
    rule = default_recipe().near_duplicates
    rows, planted = planted_prompts(PAIR_ROWS, rule, SEED)
    ways: dict[str, Callable[[pl.DataFrame, NearDuplicates], list[str]]] = {
        "ours": ours,
        "datasketch": datasketch_way,
    }
    cost_s: dict[str, list[float]] = {name: [] for name in ways}
    found: dict[str, list[str]] = {}
    for repeat in range(REPEATS):
        for name in [*ways][:: 1 if repeat % 2 else -1]:
            cost_s[name].append(
                cpu_s(lambda name=name: found.update({name: ways[name](rows, rule)}))
            )
    hits = {name: Hits.of(found[name], planted) for name in ways}
    ratios = [peer / own for own, peer in zip(cost_s["ours"], cost_s["datasketch"], strict=True)]
    many, _ = planted_prompts(OUR_ROWS, rule, SEED)
    whole_s = cpu_s(lambda: ours(many, rule))
    text = (
        f"{statistics.median(ratios):.1f}x ({min(ratios):.1f}-{max(ratios):.1f}) datasketch at "
        f"{PAIR_ROWS:,} rows, recall / precision {hits['ours'].told()} and "
        f"{hits['datasketch'].told()}; ours {whole_s:.1f} CPU-s at {OUR_ROWS:,} rows"
    )
    holds = statistics.median(ratios) >= 10 and hits["ours"].recall >= hits["datasketch"].recall
    return Measured(text, holds, {"cpu_s": cost_s, "whole_cpu_s": whole_s})


GOAL = Goal("D1", ">= 10x datasketch's CPU at matched recall", measure)
