"""The dataset card of a release, and its funnel as a table."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.manifest import Pins, fingerprint
from fitsense_training.scoring import SLICES

_HEADER = """\
---
license: apache-2.0
language: [en]
task_categories: [text-generation]
pretty_name: FitSense {release}
tags: [synthetic, fitness, instruction-tuning]
configs:
- config_name: default
  data_files:
{files}
---
"""
_WHAT = """\
# FitSense {release}

Chats between synthetic people and a fitness coach: a request for a workout plan, or for a change
to one, and the plan that answers it. Each plan is one line in wire format {wire}; a request the
rules do not let the coach answer is answered by handing it to a professional.

**Why this release:** {reason}
"""
_PEOPLE = """\
## People

Synthetic people only: every profile, workout log and note is drawn from seeded distributions, and
no real person's record was used. A person is in one split only, decided before anything was asked.
"""
_RULES = """\
## Rules and safety

Every answer in these files passed the rules of version {rules} with the exercise catalogue of
version {catalogue}: no blocking finding, nothing left to fix, and the task done. No clinician has
reviewed the rules.
"""
_USE = """\
## Intended use and limits

Meant for training and measuring small models that write workout plans under checks like ours. Not
meant for giving advice to anyone without those checks, for medical or nutritional advice, or for
learning how real people train: bodies, habits and notes are only as varied as the generator. Rare
slices are drawn more often than they occur. Prompts are fixed lines, so a model trained on them
reads no free conversation. Answers have the taste of their teacher.
"""
_FILES = """\
## Files

`train.jsonl`, `val.jsonl` and `test.jsonl` hold only the chats, one `{{"messages": [...]}}` a line;
the `.parquet` files add query, person, cohort, slices, the request as JSON and the teacher.
`removed.parquet` names every row that was left out, by which filter and for which row instead.

Chat template: `{template}`. Prompt version {prompt}, wire version {wire}.

Licence: Apache-2.0. Fingerprint of what this release stands on: `{fingerprint}`.
"""


def dataset_card(pins: Pins, funnel: Mapping[str, Any], rows: pl.DataFrame) -> str:
    """The whole card."""
    words = {
        "release": pins.release,
        "reason": pins.reason,
        "wire": pins.contract.wire_version,
        "prompt": pins.contract.prompt_version,
        "template": pins.contract.chat_template,
        "rules": pins.rules_version,
        "catalogue": pins.catalogue_version,
        "fingerprint": fingerprint(pins),
        "files": "\n".join(f"  - {{split: {s}, path: {s}.jsonl}}" for s in SPLITS),
    }
    parts = (
        _WHAT,
        "## Rows\n\n" + _escaped(funnel_table(funnel)) + "\n",
        "## Slices\n\n" + _escaped(slice_table(rows)) + "\n",
        _PEOPLE,
        "## Cohorts and teachers\n\n" + _escaped(teacher_table(pins)) + "\n",
        _RULES,
        _USE,
        _FILES,
    )
    return _HEADER.format(**words) + "\n" + "\n".join(part.format(**words) for part in parts)


def card_body(card: str) -> str:
    """The card without the header that dataset hubs read."""
    return card.removeprefix("---\n").partition("\n---\n")[2].lstrip()


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def funnel_table(funnel: Mapping[str, Any]) -> str:
    """Rows in, lost at each filter and why, rows out, by split."""
    rows: list[tuple[object, ...]] = [("rows in", *_counts(funnel["rows_in"]), "")]
    for step in funnel["filters"]:
        lost = [-count for count in _counts(step["lost"])]
        across = step["across_splits"]
        note = f" ({across} for a row of another split)" if across else ""
        rows.append((step["filter"], *lost, step["why"] + note))
    rows.append(("rows out", *_counts(funnel["rows_out"]), ""))
    return table(("step", *SPLITS, "all", "why"), rows)


def _counts(by_split: Mapping[str, int]) -> list[int]:
    counts = [by_split[split] for split in SPLITS]
    return [*counts, sum(counts)]


def slice_table(rows: pl.DataFrame) -> str:
    """Rows of each split in every slice."""
    told: list[tuple[object, ...]] = []
    for name in SLICES:
        counts = {
            (value, split): count
            for value, split, count in rows.group_by(name, "split").len().iter_rows()
        }
        for value in sorted({value for value, _ in counts}):
            by_split = {split: counts.get((value, split), 0) for split in SPLITS}
            told.append((name, value, *_counts(by_split)))
    return table(("slice", "value", *SPLITS, "all"), told)


def teacher_table(pins: Pins) -> str:
    """Who answered in which cohort, and how much of it was accepted."""
    rows = [
        (cohort, who.teacher, who.served_model, who.count_replies, who.count_accepted)
        for cohort, pin in pins.cohorts.items()
        for who in pin.teachers
    ]
    return table(("cohort", "teacher", "model that answered", "replies", "accepted"), rows)
