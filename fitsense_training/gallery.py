"""The failure gallery: the cases a student did worst on, every system's reply side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from fitsense_training.domain.vocabulary import Severity
from fitsense_training.scorecard import Scored

GALLERY_SIZE = 20
_WEIGHT = {Severity.BLOCK: 100, Severity.FIX: 10, Severity.WARN: 1}


def worst_cases(
    scored: Iterable[Scored], prompts: Mapping[str, str] | None = None, count: int = GALLERY_SIZE
) -> list[dict[str, Any]]:
    """The worst cases first, with what was asked; a case the student did well is in no gallery."""
    by_case: dict[str, dict[str, Scored]] = defaultdict(dict)
    for row in scored:
        by_case[row.query_id][row.system] = row
    ordered = sorted(by_case, key=lambda name: (-_badness(by_case[name]), name))
    return [
        {**_entry(by_case[name]), "prompt": (prompts or {}).get(name, "")}
        for name in ordered[:count]
        if _badness(by_case[name]) > 0
    ]


def _entry(systems: dict[str, Scored]) -> dict[str, Any]:
    first = next(iter(systems.values()))
    return {
        "query_id": first.query_id,
        "kind": first.kind,
        "slices": first.slices,
        **{
            system: {
                "reply": row.reply,
                "rules": list(row.score.rule_ids),
                "findings": list(row.score.details),
                "is_task_success": row.score.is_task_success,
                "path": row.path,
                "actions": list(row.actions),
            }
            for system, row in systems.items()
        },
    }


def _badness(systems: dict[str, Scored]) -> int:
    """How wrong the student was: what reaches people counts most, then each rule it broke."""
    worth = {"guarded": 4, "constrained": 2, "free": 1}
    total = 0
    for system, factor in worth.items():
        if system in systems:
            score = systems[system].score
            wrong = 500 * (not score.is_schema_valid) + 50 * (not score.is_task_success)
            # A rule broken on every line is one thing that the student has not understood.
            broken = dict(zip(score.rule_ids, score.severities, strict=True))
            total += factor * (wrong + sum(_WEIGHT[severity] for severity in broken.values()))
    return total
