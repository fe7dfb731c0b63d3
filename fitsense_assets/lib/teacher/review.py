"""Reviewed responses: the verdict on every reply, accepted or rejected with the reason.

An answer is accepted when it parses, breaks no BLOCK or FIX rule, and does what was asked.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.queries import SLICES
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import parse_answer, write_answer
from fitsense_training.domain.vocabulary import Severity
from fitsense_training.task_success import task_success

VERSION = "2"
CARRIED = ("query_id", "user_id", "cohort", "split", "prompt_type", *SLICES, "prompt")
SCHEMA = {
    **dict.fromkeys(CARRIED, pl.String),
    "answer": pl.String,
    "is_accepted": pl.Boolean,
    "rejection_reason": pl.String,
    "count_block": pl.Int32,
    "count_fix": pl.Int32,
    "count_warn": pl.Int32,
    "rule_ids": pl.List(pl.String),
    "findings_json": pl.String,
    "is_handoff": pl.Boolean,
    "is_task_success": pl.Boolean,
    "request_json": pl.String,
    "teacher": pl.String,
    "served_model": pl.String,
}


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one reply; `answer` is the canonical wire text."""

    answer: str | None
    rejection_reason: str | None
    findings: tuple[Finding, ...] = ()
    is_handoff: bool = False
    is_task_success: bool | None = None

    def count(self, severity: Severity) -> int:
        """Findings of this severity."""
        return Counter(finding.severity for finding in self.findings)[severity]


def judge(request: PlanRequest, reply: str, error: str | None) -> Verdict:
    """The verdict on one raw reply."""
    if error is not None:
        return Verdict(None, f"error: {error}")
    try:
        answer = parse_answer(reply)
    except PlanParseError as failure:
        return Verdict(None, f"unreadable: {failure}")
    findings = review(request, answer)
    # A plan with an exercise nobody knows cannot be judged further.
    is_known = all(finding.rule_id != "SCH03" for finding in findings)
    success = task_success(request, answer) if is_known else None
    return Verdict(
        answer=write_answer(answer),
        rejection_reason=_rejection(findings, is_success=success is True),
        findings=findings,
        is_handoff=isinstance(answer, Handoff),
        is_task_success=success,
    )


def _rejection(findings: tuple[Finding, ...], *, is_success: bool) -> str | None:
    grave = [f.rule_id for f in findings if f.severity is not Severity.WARN]
    if grave:
        return f"rules: {' '.join(sorted(set(grave)))}"
    return None if is_success else "the task is not done"


def review_rows(queries: pl.DataFrame, responses: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """One reviewed row per query, in the order of the queries."""
    both = queries.join(
        responses.select("query_id", "teacher", "served_model", "reply", "error"),
        on="query_id",
        how="left",
        maintain_order="left",
    )
    for row in both.iter_rows(named=True):
        request = PlanRequest.model_validate_json(row["request_json"])
        error = "no response was recorded" if row["reply"] is None else row["error"]
        verdict = judge(request, row["reply"] or "", error)
        yield {
            **{name: row[name] for name in CARRIED},
            "answer": verdict.answer,
            "is_accepted": verdict.rejection_reason is None,
            "rejection_reason": verdict.rejection_reason,
            "count_block": verdict.count(Severity.BLOCK),
            "count_fix": verdict.count(Severity.FIX),
            "count_warn": verdict.count(Severity.WARN),
            "rule_ids": sorted({finding.rule_id for finding in verdict.findings}),
            "findings_json": _findings_json(verdict.findings),
            "is_handoff": verdict.is_handoff,
            "is_task_success": verdict.is_task_success,
            "request_json": row["request_json"],
            "teacher": row["teacher"] or "",
            "served_model": row["served_model"] or "",
        }


def _findings_json(findings: tuple[Finding, ...]) -> str:
    return json.dumps(
        [
            {"rule_id": f.rule_id, "severity": f.severity, "place": f.place, "detail": f.detail}
            for f in findings
        ],
        separators=(",", ":"),
    )


def review_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a table."""
    return pl.DataFrame(rows, schema=SCHEMA)
