"""From single scores to a scorecard: shares with intervals, overall and per slice, side by side.

Systems stand beside each other on the same cases: the `teacher`, the student writing `free`, the
student under the grammar (`constrained`), and the `guarded` system that people get. Shares have
Wilson intervals to show, and overall the exact (Clopper-Pearson) ones besides; means have
intervals from a bootstrap over people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fitsense_training.agreement import Agreement
from fitsense_training.bootstrap import bootstrap_mean
from fitsense_training.diversity import Written, diversity
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import PromptType
from fitsense_training.intervals import clopper_pearson, wilson
from fitsense_training.scoring import SLICES, Score

SYSTEMS = ("teacher", "free", "constrained", "guarded")
MEASURES = {
    "is_schema_valid": "schema",
    "is_block_free": "block_free",
    "is_clean": "all_pass",
    "is_task_success": "task_success",
}
AGREEMENTS = ("is_same_kind", "is_same_days", "exercise_overlap", "set_overlap", "sets_ratio")
# Where people are alike in these, a planner that knows one plan by heart shows.
SIMILAR_BY = ("goal_type", "experience_level", "age_band")

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
    kind: str = "plain"
    agreement: Agreement | None = None

    def record(self) -> dict[str, Any]:
        """A flat row for a table."""
        return {
            "query_id": self.query_id,
            "user_id": self.user_id,
            "cohort": self.cohort,
            **{name: self.slices[name] for name in SLICES},
            "kind": self.kind,
            "system": self.system,
            **{name: getattr(self.score, name) for name in MEASURES},
            "kept_share": self.score.kept_share,
            "exercise_overlap": self.agreement.exercise_overlap if self.agreement else None,
            "set_overlap": self.agreement.set_overlap if self.agreement else None,
            "rule_ids": list(self.score.rule_ids),
            "severities": [str(severity) for severity in self.score.severities],
            "details": list(self.score.details),
            "path": self.path,
            "actions": list(self.actions),
            "reply": self.reply,
        }


def scorecard(scored: Iterable[Scored]) -> Card:
    """Every share a release is judged by, as plain JSON."""
    rows = list(scored)
    kinds = sorted({row.kind for row in rows})
    return {
        "count_cases": len({row.query_id for row in rows}),
        "overall": _shares(rows),
        "exact": {system: _exact(rows, system) for system in _systems(rows)},
        "slices": {name: _slice(rows, name) for name in SLICES},
        "kinds": {kind: _shares([row for row in rows if row.kind == kind]) for kind in kinds},
        "guard_paths": _guard_paths(rows),
        "rules_broken": _rules_broken(rows),
        "safety_deltas": _safety_deltas(rows),
        "kept_share": _kept(rows),
        "agreement": {system: _agreement(rows, system) for system in _systems(rows)[1:]},
        "diversity": {system: _diversity(rows, system) for system in _systems(rows)},
        "same_as_teacher": _same_as_teacher(rows),
    }


def flat_metrics(card: Card) -> dict[str, float]:
    """The shares by dotted name: `guarded.block_free`, `slices.sex.female.guarded.all_pass`."""
    return dict(_flatten(card))


def _systems(rows: list[Scored]) -> list[str]:
    found = {row.system for row in rows}
    return [system for system in SYSTEMS if system in found]


def _shares(rows: list[Scored]) -> Card:
    return {
        system: {short: share_of(values) for short, values in _values(rows, system)}
        for system in _systems(rows)
    }


def _values(rows: list[Scored], system: str) -> Iterator[tuple[str, list[bool]]]:
    scores = [row.score for row in rows if row.system == system]
    for name, short in MEASURES.items():
        yield short, [bool(getattr(score, name)) for score in scores]


def share_of(values: list[bool]) -> Card:
    """A share with its count and Wilson interval."""
    count, n = sum(values), len(values)
    interval = wilson(count, n)
    share = count / n if n else 0.0
    return {"n": n, "count": count, "share": share, "low": interval.low, "high": interval.high}


def _exact(rows: list[Scored], system: str) -> Card:
    exact: Card = {}
    for short, values in _values(rows, system):
        interval = clopper_pearson(sum(values), len(values))
        exact[short] = {"low": interval.low, "high": interval.high}
    return exact


def _slice(rows: list[Scored], name: str) -> Card:
    """The shares of each value of a slice, and what it lost in safety against the teacher."""
    by_value: dict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        by_value[row.slices[name]].append(row)
    return {value: _shares(by_value[value]) for value in sorted(by_value)}


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
    """Cases where the teacher was safe and the student was not, per system and slice."""
    safe = {r.query_id for r in rows if r.system == "teacher" and r.score.is_block_free}
    deltas: Card = {}
    for system in SYSTEMS[1:]:
        asked = [row for row in rows if row.system == system and row.query_id in safe]
        if not asked:
            continue
        lost = [row for row in asked if not row.score.is_block_free]
        deltas[system] = {
            **share_of([not row.score.is_block_free for row in asked]),
            "queries": sorted(row.query_id for row in lost),
            "slices": {name: _lost_by_value(asked, name) for name in SLICES},
        }
    return deltas


def _lost_by_value(asked: list[Scored], name: str) -> Card:
    """What was lost in each value of a slice where anything was."""
    by_value: dict[str, list[bool]] = defaultdict(list)
    for row in asked:
        by_value[row.slices[name]].append(not row.score.is_block_free)
    return {value: share_of(lost) for value, lost in sorted(by_value.items()) if any(lost)}


def _kept(rows: list[Scored]) -> Card:
    """Mean share of untouched lines left alone, over the requests where that is asked."""
    asked = [row for row in rows if row.score.kept_share is not None]
    return {
        system: _mean([(r.user_id, float(r.score.kept_share or 0)) for r in own])
        for system in _systems(rows)
        if (own := [row for row in asked if row.system == system])
    }


def _agreement(rows: list[Scored], system: str) -> Card:
    """How near a system's answers are to the teacher's, each figure with its interval."""
    compared = [
        (row.user_id, row.agreement)
        for row in rows
        if row.system == system and row.agreement is not None
    ]
    return {
        name: _mean(
            [
                (user_id, float(value))
                for user_id, found in compared
                if (value := getattr(found, name)) is not None
            ]
        )
        for name in AGREEMENTS
    }


def _mean(owned: list[tuple[str, float]]) -> Card:
    values = [value for _, value in owned]
    interval = bootstrap_mean(values, [owner for owner, _ in owned])
    mean = sum(values) / len(values) if values else 0.0
    return {"n": len(values), "mean": mean, "low": interval.low, "high": interval.high}


def _diversity(rows: list[Scored], system: str) -> Card:
    """How the new plans of a system differ from each other."""
    return diversity(
        Written(answer, tuple(row.slices[name] for name in SIMILAR_BY))
        for row in rows
        if row.system == system
        and row.slices["prompt_type"] == PromptType.PLAN_CREATION
        and row.score.is_schema_valid
        and isinstance(answer := parse_answer(row.reply), WorkoutPlan)
    )


def _same_as_teacher(rows: list[Scored]) -> Card:
    """Share of replies that are the teacher's, character for character."""
    teacher = {row.query_id: row.reply for row in rows if row.system == "teacher"}
    return {
        system: share_of([row.reply == teacher[row.query_id] for row in found])
        for system in SYSTEMS[1:]
        if (found := [r for r in rows if r.system == system and r.query_id in teacher])
    }


def _flatten(card: Card) -> Iterator[tuple[str, float]]:
    yield "count_cases", float(card["count_cases"])
    yield from _flatten_shares("", card["overall"])
    for dimension, values in card["slices"].items():
        for value, shares in values.items():
            yield from _flatten_shares(f"slices.{dimension}.{value}.", shares)
    for kind, shares in card["kinds"].items():
        yield from _flatten_shares(f"kinds.{kind}.", shares)
    for path, entry in card["guard_paths"].items():
        yield f"guard.{path}_share", entry["share"]
    yield from _flatten_systems(card)


def _flatten_systems(card: Card) -> Iterator[tuple[str, float]]:
    for system, entry in card["safety_deltas"].items():
        yield f"{system}.safety_lost", float(entry["count"])
    for system, entries in card["agreement"].items():
        for name, entry in entries.items():
            yield f"{system}.agreement.{name}", entry["mean"]
    for system, entry in card["diversity"].items():
        for name, value in entry.items():
            yield f"{system}.diversity.{name}", float(value)


def _flatten_shares(prefix: str, shares: Card) -> Iterator[tuple[str, float]]:
    for system, measures in shares.items():
        for short, entry in measures.items():
            yield f"{prefix}{system}.{short}", entry["share"]
            if prefix and short == "schema":
                yield f"{prefix}{system}.n", float(entry["n"])
