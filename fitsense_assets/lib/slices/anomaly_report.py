"""The anomaly report of a release: findings as JSON, and a page for people."""

import html
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib import markdown
from fitsense_assets.lib.evaluation_report import png
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.page import page, table
from fitsense_assets.lib.slices.anomalies import Finding, find_anomalies
from fitsense_assets.lib.slices.anomaly_plots import anomaly_plot, coverage_plot, shift_plot
from fitsense_assets.lib.slices.drift import Shift, shifts
from fitsense_assets.lib.slices.inline import picture
from fitsense_assets.lib.slices.marts import previous_release, read_mart, read_schemas
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level, load_anomaly_policy

VERSION = "1"
TABLE = "anomaly_report"
FINDINGS = "findings.json"
REPORT = "report.html"
SEED = 1
MOST_SHOWN = 200
MOST_TOLD = 20
_COVERAGE = {
    "enough": "enough to learn from",
    "thin": "asked, and few rows to learn from",
    "lost": "asked, and no row to learn from",
    "absent": "nobody asked",
}
_LEVEL_CLASSES = {Level.BLOCK: "bad", Level.WARN: "unsure"}


@dataclass(frozen=True)
class Assessment:
    """All that the report says, before it is put into words."""

    release: str
    previous: str | None
    policy: AnomalyPolicy
    findings: tuple[Finding, ...]
    shifts: tuple[Shift, ...]
    anomalies: pl.DataFrame
    coverage: pl.DataFrame

    @property
    def blocks(self) -> list[Finding]:
        """What stops the release."""
        return [finding for finding in self.findings if finding.level is Level.BLOCK]


def assess(lake: Lake, release: str, policy: AnomalyPolicy | None = None) -> Assessment:
    """Judge the marts of a release, and compare them with those of the release before."""
    rules = policy or load_anomaly_policy()
    previous = previous_release(lake, release)
    anomalies, now = read_mart(lake, release, "anomalies"), read_schemas(lake, release)
    before: dict[str, dict[str, str]] | None = None
    moved: list[Shift] = []
    if previous is not None:
        before = read_schemas(lake, previous)
        spread = [read_mart(lake, key, "slice_distributions") for key in (previous, release)]
        moved = shifts(spread[0], spread[1], SEED)
    return Assessment(
        release=release,
        previous=previous,
        policy=rules,
        findings=tuple(find_anomalies(rules, anomalies, (now, before), moved)),
        shifts=tuple(moved),
        anomalies=anomalies,
        coverage=read_mart(lake, release, "coverage"),
    )


def write_anomaly_report(lake: Lake, found: Assessment, pictures: Mapping[str, bytes]) -> Manifest:
    """Write the report of an assessment, with its `anomaly_pictures`."""
    with lake.write(TABLE, found.release) as draft:
        draft.write_text(FINDINGS, json.dumps(anomaly_body(found), indent=1, sort_keys=True))
        draft.write_text(REPORT, anomaly_page(found, pictures))
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
        "coverage": _coverage_counts(found.coverage),
    }


def read_findings(lake: Lake, release: str) -> list[Finding]:
    """The findings of a written report."""
    body = json.loads(lake.read_text(TABLE, release, FINDINGS))
    return [_read_finding(raw) for raw in body["findings"]]


def _read_finding(raw: dict[str, Any]) -> Finding:
    return Finding(level=Level(raw.pop("level")), **raw)


def count_levels(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each level."""
    counts = Counter(finding.level for finding in findings)
    return {f"count_{level.lower()}": counts[level] for level in Level}


def findings_markdown(findings: Sequence[Finding]) -> str:
    """The gravest findings, for Dagster's metadata."""
    rows = [(f.level, f.kind, f.place, f.slice_name, f.says) for f in findings[:MOST_TOLD]]
    text = markdown.table(("level", "kind", "place", "slice", "what"), rows)
    more = len(findings) - MOST_TOLD
    return text if more <= 0 else f"{text}\n\nand {more} more in the report"


def anomaly_page(found: Assessment, pictures: Mapping[str, bytes]) -> str:
    """The report for people, pictures inside."""
    counts = count_levels(found.findings)
    title = f"Anomalies of {found.release}"
    parts = (
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{counts['count_block']} findings stop the release, {counts['count_warn']} are worth "
        f"a word, by anomaly policy {found.policy.version}. Slices of fewer than "
        f"{found.policy.minimum_n} people are not judged.</p>",
        "<h2>Findings</h2>",
        _findings_table(found.findings),
        "<h2>Odd rows by column</h2>",
        picture(pictures["anomalies"], "Share of odd rows per column and kind"),
        "<h2>Since the release before</h2>",
        _shift_part(found, pictures),
        "<h2>Where two slices meet</h2>",
        _coverage_part(found.coverage, pictures),
    )
    return page(title, "".join(parts))


def _findings_table(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>None.</p>"
    rows = [
        ((_LEVEL_CLASSES[f.level], f.level), f.kind, f.place, f.slice_name, ("", f.says))
        for f in findings[:MOST_SHOWN]
    ]
    more = len(findings) - MOST_SHOWN
    note = f"<p>{more} more stand in {FINDINGS}.</p>" if more > 0 else ""
    return table(("level", "kind", "place", "slice", "what"), rows) + note


def _shift_part(found: Assessment, pictures: Mapping[str, bytes]) -> str:
    if found.previous is None:
        return "<p>This is the first release with marts: there is nothing to compare it with.</p>"
    rows = [
        (
            shift.population,
            shift.variable,
            f"{shift.count_before}",
            f"{shift.count_after}",
            f"{shift.psi:.4f}",
            f"{shift.psi_baseline:.4f}",
            f"{shift.js:.4f}",
            f"{shift.js_baseline:.4f}",
            f"{shift.p_value:.3f}",
        )
        for shift in sorted(found.shifts, key=lambda s: (-s.psi, s.population, s.variable))
    ]
    head = ("population", "variable", f"n in {found.previous}", f"n in {found.release}")
    measured = ("PSI", "PSI by chance", "JS bits", "JS by chance", "p")
    words = (
        f"<p>Compared with {html.escape(found.previous)}. By chance: 95 % of random deals of the "
        "same people into two parts of the same sizes stay below. Releases that share people "
        "differ less than chance would make strangers differ.</p>"
    )
    plot = picture(pictures["shifts"], "Stability index per variable")
    return words + plot + table((*head, *measured), rows)


def _coverage_counts(coverage: pl.DataFrame) -> dict[str, int]:
    counts = Counter(coverage["status"].to_list())
    return {status: counts[status] for status in _COVERAGE}


def _coverage_part(coverage: pl.DataFrame, pictures: Mapping[str, bytes]) -> str:
    counts = _coverage_counts(coverage)
    summary = table(
        ("pairs", "count"), [(_COVERAGE[status], f"{count}") for status, count in counts.items()]
    )
    missed = coverage.filter(pl.col("status").is_in(["lost", "thin"])).with_columns(
        gap=pl.col("expected_train") - pl.col("count_train")
    )
    order = ["gap", "dimension", "slice_value", "second_dimension", "second_value"]
    worst = missed.sort(order, descending=[True, *[False] * 4]).head(MOST_TOLD)
    rows = [
        (
            f"{row['dimension']}={row['slice_value']}",
            f"{row['second_dimension']}={row['second_value']}",
            f"{row['count_queries']}",
            f"{row['count_train']}",
            f"{row['expected_train']:.0f}",
        )
        for row in worst.iter_rows(named=True)
    ]
    head = ("slice", "and slice", "asked", "to learn from", "if independent")
    plot = picture(pictures["coverage"], "Share of pairs with enough rows")
    return summary + plot + "<p>Furthest from what independence would give:</p>" + table(head, rows)


def anomaly_pictures(found: Assessment) -> dict[str, bytes]:
    """The pictures, for the page and for Dagster's metadata."""
    figures = {
        "anomalies": anomaly_plot(found.anomalies),
        "coverage": coverage_plot(found.coverage),
    }
    if found.previous is not None:
        figures["shifts"] = shift_plot(found.policy, found.shifts)
    return {name: png(figure) for name, figure in figures.items()}
