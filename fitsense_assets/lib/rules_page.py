"""`RULES.md`: every rule, condition and threshold with its source, written from the rules.

The committed page is held to this text by a test, so it never says anything else than the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fitsense_assets.lib.markdown import table
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.conditions import Caps, Rule, load_conditions
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.rule_table import rule_table

THRESHOLD_FILES = (
    "goals.yaml",
    "limits.yaml",
    "splits.yaml",
    "substitutions.yaml",
    "volume.yaml",
    "strength.yaml",
    "progression.yaml",
    "mesocycle.yaml",
    "endurance.yaml",
    "zones.yaml",
    "energy.yaml",
    "screening.yaml",
    "daily_log.yaml",
    "wording.yaml",
)
TAGS = {
    "V": "read in the source",
    "S": "read in a secondary summary",
    "K": "common knowledge, not re-read",
    "H": "our own heuristic, no direct evidence",
}
NOT_REVIEWED = "No clinician has reviewed these rules. They do not replace medical advice."
_COMMAND = (
    'python -c "from fitsense_assets.lib.rules_page import rules_page; '
    "print(rules_page(), end='')\" > RULES.md"
)


@dataclass(frozen=True)
class Threshold:
    """One number or list of numbers of a rules file; `source` and `tag` are empty where none is."""

    file: str
    name: str
    value: str
    source: str
    tag: str

    @property
    def is_sourced(self) -> bool:
        """Whether it says where it comes from, and how well that is known."""
        return bool(self.source) and self.tag in TAGS


def thresholds(file: str) -> Iterator[Threshold]:
    """Every entry of a rules file; an entry without a source of its own has that of its file."""
    yield from thresholds_of(file, read_rules(file))


def thresholds_of(file: str, document: dict[str, Any]) -> Iterator[Threshold]:
    """The entries of a parsed rules file."""
    shared = str(document.get("source", "")), str(document.get("tag", ""))
    for name, entry in _entries(document):
        own = entry if isinstance(entry, dict) else {}
        source, tag = str(own.get("source", shared[0])), str(own.get("tag", shared[1]))
        value = {k: v for k, v in own.items() if k not in ("source", "tag")} or entry
        yield Threshold(file, name, _shown(value), source, tag)


def _entries(document: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Names and entries; a group of entries that each name a source is taken apart."""
    for key, entry in document.items():
        if not place and key in ("source", "tag"):
            continue
        name = f"{place}{key}"
        if _is_group(key, entry):
            yield from _entries(entry, f"{name}.")
        else:
            yield name, entry


def _is_group(key: str, entry: Any) -> bool:
    if not isinstance(entry, dict) or "source" in entry:
        return False
    return key == "goals" or any(isinstance(e, dict) and "source" in e for e in entry.values())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"value"}:
            return _shown(value["value"])
        return ", ".join(f"{key} {_shown(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        is_range = len(value) == 2 and all(isinstance(entry, int | float) for entry in value)
        return ("-" if is_range else " ").join(_shown(entry) for entry in value)
    return str(value)


def rules_page() -> str:
    """The whole page; the same rules give the same bytes."""
    parts = [
        "# The rules of FitSense",
        f"**{NOT_REVIEWED}**",
        "Written from `fitsense_training/domain/rules/*.yaml` and the validator; a test holds this "
        f"page to them. Do not edit it; write it anew:\n\n```\n{_COMMAND}\n```",
        "Tags: " + "; ".join(f"**{tag}** {words}" for tag, words in TAGS.items()) + ".",
        "Severity: **BLOCK** refuses an answer, **FIX** sends it to one repair, **WARN** notes it.",
        *_rules(),
        *_conditions(),
        *_flags(),
        *_topics(),
        *_thresholds(),
    ]
    return "\n\n".join(parts) + "\n"


def _rules() -> Iterator[str]:
    entries = rule_table().values()
    yield f"## Rules ({len(entries)})"
    yield table(
        ("id", "severity", "judges", "rule", "source", "tag"),
        [(e.id, e.severity, e.judges, e.sentence, e.source, e.tag) for e in entries],
    )


def _conditions() -> Iterator[str]:
    book = load_conditions()
    yield f"## Conditions ({len(book.conditions)}) and age bands ({len(book.age_bands)})"
    yield (
        "The strictest of all caps holds and everything avoided is avoided; three conditions or "
        "more leave no plan. `gate` is the state of a stable person, uncleared / cleared / severe."
    )
    yield table(
        ("default with any condition", "value", "source", "tag"),
        [(name, _shown_default(d.value), d.source, d.tag) for name, d in book.defaults.items()],
    )
    header = ("name", "gate", "caps", "avoids", "must hold", "source", "tag")
    rows = [
        (c.name, f"{c.gate} / {c.gate_cleared} / {c.gate_severe}", *_row(c))
        for c in book.conditions.values()
    ]
    rows += [(band.name, "", *_row(band)) for band in book.age_bands.values()]
    yield table(header, rows)
    yield f"The catalogue they choose from holds {len(load_catalogue())} exercises."


def _shown_default(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _row(rule: Rule) -> tuple[str, str, str, str, str]:
    avoided, held = ", ".join(sorted(rule.avoid)), ", ".join(sorted(rule.include))
    return _caps(rule.caps), avoided, held, rule.source, rule.tag


def _caps(caps: Caps) -> str:
    free = Caps()
    told = {name: value for name, value in caps if value != getattr(free, name)}
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _flags() -> Iterator[str]:
    """What free text is searched for; the patterns themselves stand in the file."""
    document = read_rules("lexicon.yaml")
    entries, categories = document["entries"], document["categories"]
    yield f"## Flags in free text ({len(entries)})"
    yield (
        "E0 is an emergency, E1 needs care the same day, E2 a clinician before going on, E3 "
        "support. A lexicon does not find every wording: silence is no all-clear."
    )
    rows = [
        (
            e["id"],
            categories[e["category"]]["level"],
            e["category"],
            e["example"],
            e["source"],
            e["tag"],
        )
        for e in entries
    ]
    yield table(("id", "level", "category", "finds", "source", "tag"), rows)


def _topics() -> Iterator[str]:
    topics = read_rules("topics.yaml")["topics"]
    yield f"## Topics ({len(topics)})"
    rows = [(name, t["policy"], t["template"], t["source"], t["tag"]) for name, t in topics.items()]
    yield table(("topic", "policy", "text", "source", "tag"), rows)


def _thresholds() -> Iterator[str]:
    yield "## Thresholds"
    for file in THRESHOLD_FILES:
        yield f"### rules/{file}"
        rows = [(t.name, t.value, t.source, t.tag) for t in thresholds(file)]
        yield table(("name", "value", "source", "tag"), rows)
