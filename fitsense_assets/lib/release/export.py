"""A release as a folder that is ready for a dataset hub: files, card, metadata, checksums.

The same release gives the same bytes. The folder is written beside its place and renamed into it,
so that it is whole or not there.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import polars as pl
from upath import UPath

from fitsense_assets.lib.durable import remove_tree, sha256_of, sync_file, sync_folder
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.card import CardFacts, dataset_card
from fitsense_assets.lib.release.croissant import DataFile, Publication, croissant
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.lengths import (
    CHECKPOINT,
    Lengths,
    measure_lengths,
    student_tokens,
)
from fitsense_assets.lib.release.manifest import FILE, Pins, verify_release
from fitsense_assets.lib.release.manifest import TABLE as MANIFEST
from fitsense_assets.lib.release.sources import Place, Source
from fitsense_assets.lib.release.splits import (
    FUNNEL,
    REMOVED,
    SOURCE,
    TABLE,
    chat_lines,
    read_funnel,
    read_split,
)
from fitsense_training.domain.errors import BadInput
from fitsense_training.storage import telling_full

DATA = "data"
SUMS = "SHA256SUMS"
# The chat template of the contract for Hugging Face tokenizers. `generation` marks what is learned.
CHAT_TEMPLATE = (
    "<bos>{%- for message in messages -%}<start_of_turn>"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{ message['content'] }}<end_of_turn>{%- endgeneration -%}"
    "{%- else -%}{{ message['content'] }}<end_of_turn>{%- endif -%}"
    "{%- endfor -%}{%- if add_generation_prompt -%}<start_of_turn>{%- endif -%}\n"
)


def verify_splits(lake: Lake, key: str) -> Pins:
    """The pins of a release, after they and its splits were found whole and of one another.

    Raises:
        BadInput: a pinned table changed since, or the splits were made from other pins.
        CorruptArtifact: a file is not what was written.
    """
    pins = verify_release(lake, key)
    made_from = lake.verify(TABLE, key).facts.get("fingerprint")
    if made_from != lake.manifest(MANIFEST, key).facts.get("fingerprint"):
        raise BadInput(
            f"the splits of {key} were made from other pins: materialize {TABLE} {key} again"
        )
    return pins


def places_of(lake: Lake, key: str, pins: Pins) -> dict[Place, str]:
    """The partitions whose figures a card tells, each with the version it must have."""
    places = {(SOURCE, c): pin.tables[SOURCE].version for c, pin in pins.cohorts.items()}
    places[MANIFEST, key] = lake.manifest(MANIFEST, key).version
    places[TABLE, key] = lake.manifest(TABLE, key).version
    if lake.exists(CHECKPOINT, key):
        places[CHECKPOINT, key] = lake.manifest(CHECKPOINT, key).version
    return places


def export_release(
    lake: Lake,
    key: str,
    out: Path,
    sources: Mapping[Place, Source],
    publication: Publication,
) -> None:
    """Write a release into a folder that is empty or not there.

    Raises:
        BadInput: the folder holds something, the release no longer fits its pins, or a figure of
            the card has no source.
        CorruptArtifact: a file of the release is not what was written.
        OutOfSpace: there is no room for it; nothing of it stays.
    """
    _refuse_taken(out)
    pins = verify_splits(lake, key)
    frames = {split: read_split(lake, key, split) for split in SPLITS}
    lengths = measure_lengths(student_tokens(lake, key, frames["train"]), frames)
    facts = CardFacts(pins, read_funnel(lake, key), _all_rows(frames), lengths)
    card = dataset_card(facts, sources)
    with telling_full(f"{key} into {out}"), _draft_beside(out.absolute()) as draft:
        _write_data(lake, key, draft, frames, lengths)
        counted = with_tokens(frames["train"].head(0), lengths)
        listed = _listed(draft, sorted((draft / DATA).iterdir()))
        cited = [each for place, each in sorted(sources.items()) if place != (CHECKPOINT, key)]
        _write_text(draft / "croissant.json", croissant(pins, publication, listed, counted, cited))
        _write_text(draft / "README.md", card)
        _publish(draft, out.absolute())


@contextmanager
def _draft_beside(out: Path) -> Generator[UPath]:
    """A hidden folder beside `out`; what is left of it at the end goes away."""
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = UPath(str(out.parent / f".{out.name}.writing"))
    remove_tree(draft)
    (draft / DATA).mkdir(parents=True)
    try:
        yield draft
    finally:
        remove_tree(draft)


def with_tokens(rows: pl.DataFrame, lengths: Lengths) -> pl.DataFrame:
    """The rows with the count of tokens of each."""
    counts = [lengths.of_query[query_id] for query_id in rows["query_id"]]
    return rows.with_columns(count_tokens=pl.Series(counts, dtype=pl.Int32))


def _refuse_taken(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadInput(f"{out} is no folder: name one that is empty or not there yet")
    if out.exists() and any(out.iterdir()):
        raise BadInput(f"{out} is not empty: name a folder that is empty or not there yet")


def _all_rows(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frame.drop("messages") for frame in frames.values())


def _write_data(
    lake: Lake, key: str, draft: UPath, frames: Mapping[str, pl.DataFrame], lengths: Lengths
) -> None:
    for split, rows in frames.items():
        _write_text(draft / DATA / f"{split}.jsonl", "".join(chat_lines(rows)))
        _write_frame(draft / DATA / f"{split}.parquet", with_tokens(rows, lengths))
    removed = read_split(lake, key, REMOVED.removesuffix(".parquet"))
    _write_frame(draft / DATA / REMOVED, removed)
    _write_text(draft / FILE, lake.read_text(MANIFEST, key, FILE))
    _write_text(draft / FUNNEL, json.dumps(read_funnel(lake, key), indent=1))
    _write_text(draft / "chat_template.jinja", CHAT_TEMPLATE)
    text = files("fitsense_assets.lib.release").joinpath("dataset_license.txt").read_text("utf-8")
    _write_text(draft / "LICENSE", text)


def _write_text(path: UPath, text: str) -> None:
    path.write_bytes(text.encode())


def _write_frame(path: UPath, frame: pl.DataFrame) -> None:
    with path.open("wb") as out:
        frame.write_parquet(out, compression="zstd", compression_level=3, statistics=True)


def _listed(draft: UPath, paths: Sequence[UPath]) -> list[DataFile]:
    return [
        DataFile(path.relative_to(draft).as_posix(), sha256_of(path), path.stat().st_size)
        for path in paths
    ]


def _publish(draft: UPath, out: Path) -> None:
    """Checksums of all there is, everything synced, and the folder put in its place."""
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    sums = "".join(f"{each.sha256}  {each.path}\n" for each in _listed(draft, paths))
    _write_text(draft / SUMS, sums)
    for path in (*paths, draft / SUMS):
        sync_file(path)
    for folder in (draft / DATA, draft):
        sync_folder(folder)
    try:
        Path(str(draft)).rename(out)
    except OSError as error:
        raise BadInput(f"{out} cannot be put in place ({error.strerror}): try again") from error
    sync_folder(UPath(str(out.parent)))
