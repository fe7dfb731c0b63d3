"""The splits of a release: its accepted rows, filtered, as chats in JSONL and rows in Parquet.

The same pins give the same bytes.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.queries import SLICES as QUERY_SLICES
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.prompt_set.store import version_of
from fitsense_assets.lib.release.card import CardFacts, dataset_card, lake_sources
from fitsense_assets.lib.release.filters import SPLITS, Filtered, filter_rows
from fitsense_assets.lib.release.fixed import fixed_prompts, fixed_sha256
from fitsense_assets.lib.release.manifest import TABLE as MANIFEST
from fitsense_assets.lib.release.manifest import Pins, fingerprint, read_pins, refuse_changed
from fitsense_assets.lib.release.shingles import number_of
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.scoring import SLICES

VERSION = "2"
TABLE = "sft_splits"
SOURCE = "reviewed_responses"
FUNNEL = "funnel.json"
REMOVED = "removed.parquet"
CARD = "card.md"
TAGS = tuple(dict.fromkeys((*SLICES, *QUERY_SLICES)))
READ = (
    *("query_id", "user_id", "cohort", "split", *TAGS),
    *("prompt", "answer", "is_accepted", "rejection_reason"),
    *("request_json", "teacher", "served_model"),
)
KEPT = (
    *("query_id", "user_id", "cohort", "split", *TAGS),
    *("messages", "request_json", "teacher", "served_model"),
)


def write_splits(lake: Lake, key: str) -> Manifest:
    """Filter a pinned release and write its splits, funnel, removed rows and card.

    Raises:
        BadInput: a pinned table changed since, a person is in two splits, or nothing is left to
            train on.
    """
    pins = read_pins(lake, key)
    # Made beforehand by the asset; a lake without it has no fixed evaluation to keep out.
    fixed = fixed_prompts(lake)
    filtered = filter_rows(read_rows(lake, pins), pins.recipe, fixed)
    if not filtered.count_out["train"]:
        raise BadInput(f"release {key} has no row to train on: add a cohort with accepted replies")
    funnel = funnel_of(key, filtered, fixed)
    with lake.write(TABLE, key) as draft:
        for split in SPLITS:
            rows = chat_rows(filtered.rows, split, pins.recipe.shuffle_seed)
            draft.write_frame(f"{split}.parquet", rows)
            draft.write_text(f"{split}.jsonl", "".join(chat_lines(rows)))
        draft.write_frame(REMOVED, filtered.removed)
        draft.write_text(FUNNEL, json.dumps(funnel, indent=1))
        sources = lake_sources(pins, lake.manifest(MANIFEST, key).version)
        draft.write_text(CARD, dataset_card(CardFacts(pins, funnel, filtered.rows), sources))
        # The rows of a release are those of its splits: removed ones are not counted.
        draft.count_rows = filtered.rows.height
        draft.facts.update(
            code_version=VERSION,
            fingerprint=fingerprint(pins),
            evaluation_prompts=version_of(lake),
        )
        draft.facts.update({f"count_{split}": n for split, n in filtered.count_out.items()})
    return draft.sealed


def read_rows(lake: Lake, pins: Pins) -> pl.DataFrame:
    """All reviewed rows of the cohorts, at exactly the pinned versions."""
    return read_reviewed(lake, pins, READ)


def read_reviewed(lake: Lake, pins: Pins, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of all reviewed rows of the cohorts, at exactly the pinned versions.

    Raises:
        BadInput: a pinned table changed since, or has not these columns.
    """
    frames: list[pl.DataFrame] = []
    for cohort in pins.cohorts:
        refuse_changed(lake, pins, cohort, SOURCE)
        try:
            frames.append(lake.read_frame(SOURCE, cohort, list(columns)))
        except pl.exceptions.ColumnNotFoundError as error:
            message = f"cohort {cohort} {SOURCE} lacks a column: materialize it again ({error})"
            raise BadInput(message) from error
    return pl.concat(frames)


def chat_rows(rows: pl.DataFrame, split: str, shuffle_seed: int) -> pl.DataFrame:
    """The rows of one split with their chat: train shuffled by a hash, the others by query id."""
    own = rows.filter(pl.col("split") == split).with_columns(
        messages=pl.concat_list(_turn("user", "prompt"), _turn("assistant", "answer"))
    )
    if split == "train":
        own = own.with_columns(place=_shuffled(own["query_id"], shuffle_seed)).sort("place")
    else:
        own = own.sort("query_id")
    return own.select(KEPT)


def _turn(role: str, column: str) -> pl.Expr:
    return pl.struct(role=pl.lit(role), content=pl.col(column))


def _shuffled(ids: pl.Series, seed: int) -> pl.Series:
    return pl.Series([number_of(f"{seed} {query_id}") for query_id in ids], dtype=pl.UInt64)


def chat_lines(rows: pl.DataFrame) -> Iterator[str]:
    """One JSON line per chat, as TRL, axolotl and LLaMA-Factory read it: messages and no more."""
    for messages in rows["messages"].to_list():
        yield json.dumps({"messages": messages}, ensure_ascii=False) + "\n"


def funnel_of(release: str, filtered: Filtered, fixed: pl.DataFrame) -> dict[str, Any]:
    """The funnel as JSON: what train was kept clear of, rows in, lost at each filter, rows out."""
    return {
        "release": release,
        "fixed_prompts": {"count": fixed.height, "sha256": fixed_sha256(fixed)},
        "rows_in": filtered.count_in,
        "filters": [step.record() for step in filtered.steps],
        "rows_out": filtered.count_out,
    }


def read_funnel(lake: Lake, key: str) -> dict[str, Any]:
    """The funnel of a release."""
    return json.loads(lake.read_text(TABLE, key, FUNNEL))


def read_split(lake: Lake, key: str, split: str, columns: list[str] | None = None) -> pl.DataFrame:
    """One file of rows, verified: train, val, test or removed.

    Raises:
        CorruptArtifact: it is not what was written, or no table with these columns.
    """
    lake.verify(TABLE, key)
    path = lake.folder(TABLE, key) / f"{split}.parquet"
    try:
        with path.open("rb") as source:
            return pl.read_parquet(source, columns=columns)
    except pl.exceptions.PolarsError as error:
        message = f"{path} does not read as it should: materialize {TABLE} {key} again ({error})"
        raise CorruptArtifact(message) from error
