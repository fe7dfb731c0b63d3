"""The anomaly report of a release: judged, and written as JSON, as rows, and as a page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from fitsense_assets.lib import markdown
from fitsense_assets.lib.evaluation_report import png
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.slices.absence import missing_slices
from fitsense_assets.lib.slices.anomalies import Finding, find_anomalies
from fitsense_assets.lib.slices.anomaly_page import (
    FINDINGS,
    Assessment,
    anomaly_page,
    count_levels,
    coverage_counts,
)
from fitsense_assets.lib.slices.anomaly_plots import anomaly_plot, coverage_plot, shift_plot
from fitsense_assets.lib.slices.drift import Shift, shifts
from fitsense_assets.lib.slices.marts import previous_release, read_mart, read_schemas
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level, load_anomaly_policy
from fitsense_assets.lib.slices.rows import table_of

VERSION = "2"
TABLE = "anomaly_report"
REPORT = "report.html"
SEED = 1
MOST_TOLD = 20


def assess(lake: Lake, release: str, policy: AnomalyPolicy | None = None) -> Assessment:
    """Judge the marts of a release, and compare them with those of the release before."""
    rules = policy or load_anomaly_policy()
    previous = previous_release(lake, release)
    anomalies, now = read_mart(lake, release, "anomalies"), read_schemas(lake, release)
    before: dict[str, dict[str, str]] | None = None
    asked_before: pl.DataFrame | None = None
    moved: list[Shift] = []
    if previous is not None:
        before, asked_before = (
            read_schemas(lake, previous),
            read_mart(lake, previous, "slice_counts"),
        )
        spread = [read_mart(lake, key, "slice_distributions") for key in (previous, release)]
        moved = shifts(spread[0], spread[1], SEED, rules.shift.minimum_n)
    asked = read_mart(lake, release, "slice_counts")
    missing = missing_slices(asked, asked_before, rules.minimum_n)
    return Assessment(
        release=release,
        previous=previous,
        policy=rules,
        findings=tuple(find_anomalies(rules, anomalies, (now, before), moved, missing)),
        shifts=tuple(moved),
        anomalies=anomalies,
        coverage=read_mart(lake, release, "coverage"),
    )


def write_anomaly_report(lake: Lake, found: Assessment, pictures: Mapping[str, bytes]) -> Manifest:
    """Write the report of an assessment, with its `anomaly_pictures`."""
    with lake.write(TABLE, found.release) as draft:
        draft.write_text(FINDINGS, json.dumps(anomaly_body(found), indent=1, sort_keys=True))
        draft.write_text(REPORT, anomaly_page(found, pictures))
        for name, frame in anomaly_rows(found).items():
            draft.write_frame(f"{name}.parquet", frame)
        draft.count_rows = len(found.findings)
        draft.facts.update(code_version=VERSION, policy_version=found.policy.version)
        draft.facts.update(previous=found.previous or "none", **count_levels(found.findings))
    return draft.sealed


def anomaly_body(found: Assessment) -> dict[str, Any]:
    """The report for programs."""
    return {
        "release": found.release,
        "previous": found.previous,
        "policy": found.policy.model_dump(mode="json"),
        "counts": count_levels(found.findings),
        "findings": [asdict(finding) for finding in found.findings],
        "shifts": [asdict(shift) for shift in found.shifts],
        "coverage": coverage_counts(found.coverage),
    }


def anomaly_rows(found: Assessment) -> dict[str, pl.DataFrame]:
    """The same figures as tables: one row per finding, and per variable that could shift."""
    return {
        "anomaly_findings": table_of(found.release, Finding, found.findings),
        "anomaly_shifts": table_of(found.release, Shift, found.shifts),
    }


def read_findings(lake: Lake, release: str) -> list[Finding]:
    """The findings of a written report."""
    body = json.loads(lake.read_text(TABLE, release, FINDINGS))
    return [_read_finding(raw) for raw in body["findings"]]


def _read_finding(raw: dict[str, Any]) -> Finding:
    return Finding(level=Level(raw.pop("level")), **raw)


def findings_markdown(findings: Sequence[Finding]) -> str:
    """The gravest findings, for Dagster's metadata."""
    rows = [(f.level, f.kind, f.place, f.slice_name, f.says) for f in findings[:MOST_TOLD]]
    text = markdown.table(("level", "kind", "place", "slice", "what"), rows)
    more = len(findings) - MOST_TOLD
    return text if more <= 0 else f"{text}\n\nand {more} more in the report"


def anomaly_pictures(found: Assessment) -> dict[str, bytes]:
    """The pictures, for the page and for Dagster's metadata."""
    figures = {
        "anomalies": anomaly_plot(found.policy, found.anomalies),
        "coverage": coverage_plot(found.coverage),
    }
    if found.previous is not None:
        figures["shifts"] = shift_plot(found.policy, found.shifts)
    return {name: png(figure) for name, figure in figures.items()}
