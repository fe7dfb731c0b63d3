"""From single scores to a scorecard: shares with intervals, overall and per slice, side by side.

Systems stand beside each other on the same cases: the `teacher`, the student writing `free`, the
student under the grammar (`constrained`), and the `guarded` system that people get.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fitsense_training.domain.vocabulary import Severity
from fitsense_training.intervals import wilson
from fitsense_training.scoring import SLICES, Score

SYSTEMS = ("teacher", "free", "constrained", "guarded")
MEASURES = {
    "is_schema_valid": "schema",
    "is_block_free": "block_free",
    "is_clean": "all_pass",
    "is_task_success": "task_success",
}
GALLERY_SIZE = 20
_WEIGHT = {Severity.BLOCK: 100, Severity.FIX: 10, Severity.WARN: 1}

Card = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """One system's reply to one case, scored; `path` says how a guarded answer came about."""

    query_id: str
    user_id: str
    cohort: str
    slices: dict[str, str]
    system: str
    reply: str
    score: Score
    path: str | None = None
    actions: tuple[str, ...] = field(default=())

    def record(self) -> dict[str, Any]:
        """A flat row for a table."""
        return {
            "query_id": self.query_id,
            "user_id": self.user_id,
            "cohort": self.cohort,
            **{name: self.slices[name] for name in SLICES},
            "system": self.system,
            **{name: getattr(self.score, name) for name in MEASURES},
            "kept_share": self.score.kept_share,
            "rule_ids": list(self.score.rule_ids),
            "severities": [str(severity) for severity in self.score.severities],
            "path": self.path,
            "actions": list(self.actions),
            "reply": self.reply,
        }


def scorecard(scored: Iterable[Scored]) -> Card:
    """Every share a release is judged by, as plain JSON."""
    rows = list(scored)
    return {
        "count_cases": len({row.query_id for row in rows}),
        "overall": _shares(rows),
        "slices": {name: _slice(rows, name) for name in SLICES},
        "guard_paths": _guard_paths(rows),
        "rules_broken": _rules_broken(rows),
        "safety_deltas": _safety_deltas(rows),
        "kept_share": _kept(rows),
        "same_as_teacher": _same_as_teacher(rows),
    }


def flat_metrics(card: Card) -> dict[str, float]:
    """The shares by dotted name: `guarded.block_free`, `slices.sex.female.guarded.all_pass`."""
    return dict(_flatten(card))


def worst_cases(scored: Iterable[Scored], count: int = GALLERY_SIZE) -> list[dict[str, Any]]:
    """The cases the student did worst on, every system's reply side by side."""
    by_case: dict[str, dict[str, Scored]] = defaultdict(dict)
    for row in scored:
        by_case[row.query_id][row.system] = row
    ordered = sorted(by_case, key=lambda name: (-_badness(by_case[name]), name))
    return [
        {
            "query_id": name,
            "slices": next(iter(by_case[name].values())).slices,
            **{
                system: {
                    "reply": row.reply,
                    "rules": list(row.score.rule_ids),
                    "is_task_success": row.score.is_task_success,
                    "path": row.path,
                    "actions": list(row.actions),
                }
                for system, row in by_case[name].items()
            },
        }
        for name in ordered[:count]
        if _badness(by_case[name]) > 0
    ]


def _badness(systems: dict[str, Scored]) -> int:
    """How wrong the student was: what reaches people counts most, then each finding."""
    worth = {"guarded": 4, "constrained": 2, "free": 1}
    total = 0
    for system, factor in worth.items():
        if system in systems:
            score = systems[system].score
            wrong = 500 * (not score.is_schema_valid) + 50 * (not score.is_task_success)
            total += factor * (wrong + sum(_WEIGHT[s] for s in score.severities))
    return total


def _shares(rows: list[Scored]) -> Card:
    return {
        system: {short: _share(values) for short, values in _values(rows, system)}
        for system in SYSTEMS
        if any(row.system == system for row in rows)
    }


def _values(rows: list[Scored], system: str) -> Iterator[tuple[str, list[bool]]]:
    scores = [row.score for row in rows if row.system == system]
    for name, short in MEASURES.items():
        yield short, [bool(getattr(score, name)) for score in scores]


def _share(values: list[bool]) -> Card:
    count, n = sum(values), len(values)
    interval = wilson(count, n)
    share = count / n if n else 0.0
    return {"n": n, "count": count, "share": share, "low": interval.low, "high": interval.high}


def _slice(rows: list[Scored], name: str) -> Card:
    values = sorted({row.slices[name] for row in rows})
    return {value: _shares([row for row in rows if row.slices[name] == value]) for value in values}


def _guard_paths(rows: list[Scored]) -> Card:
    paths = Counter(row.path for row in rows if row.path is not None)
    total = sum(paths.values())
    return {str(path): {"count": n, "share": n / total} for path, n in sorted(paths.items())}


def _rules_broken(rows: list[Scored]) -> Card:
    """In how many replies of a system each rule is broken."""
    found: dict[str, Counter[str]] = {row.system: Counter() for row in rows}
    for row in rows:
        found[row.system].update(set(row.score.rule_ids))
    return {system: dict(sorted(count.items())) for system, count in sorted(found.items())}


def _safety_deltas(rows: list[Scored]) -> Card:
    """Cases where the teacher was safe and the student was not, per system."""
    safe = {r.query_id for r in rows if r.system == "teacher" and r.score.is_block_free}
    deltas: Card = {}
    for system in SYSTEMS[1:]:
        asked = [row for row in rows if row.system == system and row.query_id in safe]
        lost = sorted(row.query_id for row in asked if not row.score.is_block_free)
        if asked:
            deltas[system] = {
                **_share([row.query_id in set(lost) for row in asked]),
                "queries": lost,
            }
    return deltas


def _kept(rows: list[Scored]) -> Card:
    """Mean share of untouched lines left alone, over the requests where that is asked."""
    kept: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.score.kept_share is not None:
            kept[row.system].append(row.score.kept_share)
    return {s: {"n": len(v), "mean": sum(v) / len(v)} for s, v in sorted(kept.items())}


def _same_as_teacher(rows: list[Scored]) -> Card:
    """Share of replies that are the teacher's, character for character."""
    teacher = {row.query_id: row.reply for row in rows if row.system == "teacher"}
    return {
        system: _share([row.reply == teacher[row.query_id] for row in found])
        for system in SYSTEMS[1:]
        if (found := [r for r in rows if r.system == system and r.query_id in teacher])
    }


def _flatten(card: Card) -> Iterator[tuple[str, float]]:
    yield "count_cases", float(card["count_cases"])
    yield from _flatten_shares("", card["overall"])
    for dimension, values in card["slices"].items():
        for value, shares in values.items():
            yield from _flatten_shares(f"slices.{dimension}.{value}.", shares)
    for path, entry in card["guard_paths"].items():
        yield f"guard.{path}_share", entry["share"]
    for system, entry in card["safety_deltas"].items():
        yield f"{system}.safety_lost", float(entry["count"])


def _flatten_shares(prefix: str, shares: Card) -> Iterator[tuple[str, float]]:
    for system, measures in shares.items():
        for short, entry in measures.items():
            yield f"{prefix}{system}.{short}", entry["share"]
            if prefix and short == "schema":
                yield f"{prefix}{system}.n", float(entry["n"])
