"""The dataset card of a release: every number in it is cited from an asset, or it is not made.

The card in the lake cites versions alone, since the same rows must give the same bytes whichever
run wrote them; a card that is handed on names the runs too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.release import card_text as words
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.lengths import Lengths
from fitsense_assets.lib.release.manifest import TABLE as MANIFEST
from fitsense_assets.lib.release.manifest import Pins, fingerprint
from fitsense_assets.lib.release.sources import Ledger, Place, Source
from fitsense_training.scoring import SLICES

REVIEWED, SFT_SPLITS = "reviewed_responses", "sft_splits"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
Tell = Callable[[object], object]


@dataclass(frozen=True)
class CardFacts:
    """All that a card tells of; `rows` are those of all splits, with their slices.

    `lengths` are there when the release is handed on.
    """

    pins: Pins
    funnel: Mapping[str, Any]
    rows: pl.DataFrame
    lengths: Lengths | None = None


def dataset_card(facts: CardFacts, sources: Mapping[Place, Source]) -> str:
    """The whole card.

    Raises:
        BadInput: a number has no source.
    """
    ledger, release = Ledger(sources), facts.pins.release
    fields = {**_fields(facts, ledger), "teachers": _teachers(facts.pins, ledger)}
    parts = [words.WHAT, words.ROWS, words.SLICES, words.PEOPLE, words.COHORTS, words.RULES]
    parts += [words.USE]
    if facts.lengths:
        fields |= _length_fields(facts.lengths, ledger)
        parts += [words.LENGTHS]
    body = "\n".join(part.format(**fields) for part in (*parts, words.FORMAT))
    if facts.lengths:
        body += "\n" + words.LOADING
    ledger.refuse_untold(body)
    told = words.SOURCES.format(sources=ledger.sources_table())
    return f"{_header(facts, release)}\n{body}\n{told}"


def lake_sources(pins: Pins, manifest_version: str) -> dict[Place, Source]:
    """What a card in the lake cites: the pinned tables, the manifest and its own partition."""
    release, reviewed = pins.release, {}
    for cohort, pin in pins.cohorts.items():
        source = Source(REVIEWED, cohort, pin.tables[REVIEWED].version, "")
        reviewed[REVIEWED, cohort] = source
    return {
        **reviewed,
        (MANIFEST, release): Source(MANIFEST, release, manifest_version, ""),
        (SFT_SPLITS, release): Source(SFT_SPLITS, release, "this partition", ""),
    }


def card_body(card: str) -> str:
    """The card without the header that dataset hubs read."""
    return card.removeprefix("---\n").partition("\n---\n")[2].lstrip()


def _header(facts: CardFacts, release: str) -> str:
    # A hub reads all configs of a folder in one format: the rows, which hold the chats too.
    place = "data/{}.parquet" if facts.lengths else "{}.jsonl"
    files = "\n".join(f"  - {{split: {s}, path: {place.format(s)}}}" for s in SPLITS)
    count = facts.rows.height
    size = next((name for below, name in SIZES if count < below), "n>1M")
    return words.HEADER.format(release=release, size=size, files=files)


def _fields(facts: CardFacts, ledger: Ledger) -> dict[str, str]:
    pins = facts.pins
    splits, manifest = (SFT_SPLITS, pins.release), (MANIFEST, pins.release)

    def of_splits(figure: object) -> str:
        return ledger.cite(figure, splits)

    def of_manifest(figure: object) -> str:
        return ledger.cite(figure, manifest)

    files = words.EXPORT_FILES if facts.lengths else words.LAKE_FILES
    return {
        "release": pins.release,
        "reason": pins.reason.replace("`", "'"),
        "funnel": funnel_table(facts.funnel, of_splits),
        "fixed": of_splits(facts.funnel.get("fixed_prompts", {"count": 0})["count"]),
        "slices": slice_table(facts.rows, of_splits),
        "wire": of_manifest(pins.contract.wire_version),
        "prompt": of_manifest(pins.contract.prompt_version),
        "template": pins.contract.chat_template,
        "instruction": ", ".join(f"`{line}`" for line in pins.contract.instruction_lines),
        "rules": of_manifest(pins.rules_version),
        "catalogue": of_manifest(pins.catalogue_version),
        "fingerprint": of_manifest(fingerprint(pins)),
        "files": files,
        "splits_mark": ledger.mark(splits),
        "manifest_mark": ledger.mark(manifest),
    }


def _length_fields(lengths: Lengths, ledger: Ledger) -> dict[str, str]:
    tokens = lengths.tokens

    def tell(figure: object) -> str:
        return ledger.cite(figure, tokens.place)

    return {
        "tokenizer": tokens.sha256[:16],
        "vocabulary": tell(tokens.tokenizer.get_vocab_size()),
        "window": tell(tokens.max_tokens),
        "lengths": length_table(lengths, tell),
        "tokens_mark": ledger.mark(tokens.place),
    }


def length_table(lengths: Lengths, tell: Tell) -> str:
    """Tokens of prompts, answers and whole chats, by split."""
    rows: list[tuple[object, ...]] = []
    for each in lengths.splits:
        spreads = (each.prompt, each.answer, each.whole)
        told = [f"{tell(s.p50)} / {tell(s.p95)} / {tell(s.most)}" for s in spreads]
        rows.append((each.split, *told, tell(each.count_tokens), tell(each.count_too_long)))
    spread = "middle / high / most"
    head = ("split", *(f"{part} {spread}" for part in ("prompt", "answer", "chat")))
    return table((*head, "tokens", "longer than the window"), rows)


def funnel_table(funnel: Mapping[str, Any], tell: Tell = str) -> str:
    """Rows in, lost at each filter and why, rows out, by split."""
    rows: list[tuple[object, ...]] = [("rows in", *_counts(funnel["rows_in"], tell), "")]
    for step in funnel["filters"]:
        lost = [f"-{told}" if told != "0" else told for told in _counts(step["lost"], tell)]
        across = step["across_splits"]
        note = f" ({tell(across)} for a row of another split)" if across else ""
        rows.append((step["filter"], *lost, step["why"] + note))
    rows.append(("rows out", *_counts(funnel["rows_out"], tell), ""))
    return table(("step", *SPLITS, "all", "why"), rows)


def _counts(by_split: Mapping[str, int], tell: Tell) -> list[object]:
    counts = [by_split[split] for split in SPLITS]
    return [tell(count) for count in (*counts, sum(counts))]


def slice_table(rows: pl.DataFrame, tell: Tell = str) -> str:
    """Rows of each split in every slice."""
    told: list[tuple[object, ...]] = []
    for name in SLICES:
        counts = {
            (value, split): count
            for value, split, count in rows.group_by(name, "split").len().iter_rows()
        }
        for value in sorted({value for value, _ in counts}):
            by_split = {split: counts.get((value, split), 0) for split in SPLITS}
            told.append((name, f"`{value}`", *_counts(by_split, tell)))
    return table(("slice", "value", *SPLITS, "all"), told)


def _teachers(pins: Pins, ledger: Ledger) -> str:
    """Who answered in which cohort, and how much of it was accepted."""
    rows: list[tuple[object, ...]] = []
    for cohort, pin in pins.cohorts.items():
        place = (REVIEWED, cohort)
        for who in pin.teachers:
            counts = [ledger.cite(n, place) for n in (who.count_replies, who.count_accepted)]
            names = (f"`{who.teacher}`", f"`{who.served_model}`")
            rows.append((cohort, *names, *counts, ledger.mark(place)))
    head = ("cohort", "teacher", "model that answered", "replies", "accepted", "source")
    return table(head, rows)
