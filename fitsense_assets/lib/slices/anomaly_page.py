"""The anomaly report for people: the verdict, what is odd and where, then the whole evidence."""

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from fitsense_assets.lib.page import page, table
from fitsense_assets.lib.slices import inline
from fitsense_assets.lib.slices.anomalies import Finding
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level

FINDINGS = "findings.json"
MOST_SHOWN = 200
MOST_PAIRS = 20
MOST_SHIFTS = 100
_COVERAGE = {
    "enough": "enough to learn from",
    "thin": "asked, and few rows to learn from",
    "lost": "asked, and no row to learn from",
    "absent": "nobody asked",
}
KIND_WORDS = {
    "missing": "missing values",
    "range": "impossible values",
    "outlier_z": "far from the median",
    "outlier_iqr": "far outside the quartiles",
    "duplicate": "there twice",
    "schema": "changed columns",
    "slice": "missing slice",
    "shift": "has moved",
}


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


def anomaly_page(found: Assessment, pictures: Mapping[str, bytes]) -> str:
    """The report for people, pictures inside."""
    title = f"Anomalies of {found.release}"
    parts = (
        inline.STYLE,
        f"<h1>{html.escape(title)}</h1>",
        "<p>Is anything in the tables missing, impossible, odd, there twice, or not as it was?</p>",
        _verdict(found),
        "<h2>What was found</h2>",
        _findings_table(found.findings),
        inline.legend(_legend(found.policy)),
        "<h2>Odd rows, column by column</h2>",
        inline.picture(pictures["anomalies"], "Share of odd rows per column and kind"),
        "<h2>What has moved since the release before</h2>",
        _shift_part(found, pictures),
        "<h2>Where two slices meet: is there enough to learn from?</h2>",
        _coverage_part(found.coverage, pictures),
    )
    return page(title, "".join(parts))


def count_levels(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings stop the release, and how many do not."""
    counts = Counter(finding.level for finding in findings)
    return {f"count_{level.lower()}": counts[level] for level in Level}


def _verdict(found: Assessment) -> str:
    counts = count_levels(found.findings)
    whole = found.anomalies.filter(pl.col("dimension") == "all")
    columns = whole.select("table_name", "column_name").n_unique()
    slices = found.anomalies.filter(
        (pl.col("dimension") != "all") & (pl.col("count_rows") >= found.policy.minimum_n)
    )
    before = found.previous or "none: this is the first"
    more = (
        f"{columns} columns were looked at, for everybody and in "
        f"{slices.select('dimension', 'slice_value').n_unique()} slices of at least "
        f"{found.policy.minimum_n} people. Release before: {before}. "
        f"Anomaly policy {found.policy.version}."
    )
    return inline.verdict(counts["count_block"], counts["count_warn"], more)


def _findings_table(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>No column, slice or distribution is beyond what the policy lets pass.</p>"
    rows = [
        (
            inline.level_cell(each.level),
            KIND_WORDS[each.kind],
            each.place,
            "everybody" if each.slice_name == "all" else each.slice_name,
            f"{each.n:,}" if each.n else "",
            ("", each.says),
        )
        for each in findings[:MOST_SHOWN]
    ]
    more = len(findings) - MOST_SHOWN
    note = f"<p>{more} more stand in {FINDINGS}.</p>" if more > 0 else ""
    shown = table(("", "kind", "table and column", "slice", "n", "what"), rows)
    return f'<div class="findings">{shown}</div>{note}'


def _legend(policy: AnomalyPolicy) -> list[tuple[str, str]]:
    few = policy.minimum_n
    return [
        ("STOPS, WARNS", "more than the policy file tolerates for this kind, table and column"),
        (
            "n",
            "rows or people a figure is counted from; of a missing slice, what it had before",
        ),
        ("slice", f"only told of where it is surely graver than everybody, from {few} people on"),
        ("impossible values", "outside the plausible range that the seed feature_ranges gives"),
        (
            "far from the median",
            "robust z-score above 3.5; far outside the quartiles: more than 3 quartile distances",
        ),
        (
            "has moved",
            "since the release before. PSI: population stability index, by custom stable below 0.1 "
            "and another population above 0.25. Jensen-Shannon: 0 alike, 1 bit nothing in common",
        ),
        (
            "chance gives",
            "what 95 % of random deals of the same people into two parts stay below: a figure "
            "under it proves nothing",
        ),
    ]


def _shift_part(found: Assessment, pictures: Mapping[str, bytes]) -> str:
    if found.previous is None:
        return "<p>This is the first release with marts: there is nothing to compare it with.</p>"
    words = (
        f"<p>Compared with {html.escape(found.previous)}. Releases that share people differ less "
        "than chance would make strangers differ.</p>"
    )
    plot = inline.picture(pictures["shifts"], "Stability index per variable")
    whole = [shift for shift in found.shifts if shift.slice_name == "all"]
    slices = [shift for shift in found.shifts if shift.slice_name != "all"]
    parts = [inline.folded("Everybody, in figures", _shift_table(found, whole))]
    if slices:
        title = f"Within slices, in figures (the {min(MOST_SHIFTS, len(slices))} furthest)"
        parts.append(inline.folded(title, _shift_table(found, slices)))
    return words + plot + "".join(parts)


def _shift_table(found: Assessment, shifts: Sequence[Shift]) -> str:
    ordered = sorted(
        shifts, key=lambda s: (s.psi_chance - s.psi, s.population, s.variable, s.slice_name)
    )
    rows = [
        (
            shift.population,
            shift.variable,
            "everybody" if shift.slice_name == "all" else shift.slice_name,
            f"{shift.count_before:,}",
            f"{shift.count_after:,}",
            f"{shift.psi:.4f}",
            f"{shift.psi_baseline:.4f}",
            f"{shift.js:.4f}",
            f"{shift.js_baseline:.4f}",
            f"{shift.p_value:.3f}" if shift.slice_name == "all" else f"{shift.tail_p:.2g}",
        )
        for shift in ordered[:MOST_SHIFTS]
    ]
    head = ("population", "variable", "slice", f"n in {found.previous}", f"n in {found.release}")
    return table((*head, "PSI", "chance gives", "JS bits", "chance gives", "p"), rows)


def coverage_counts(coverage: pl.DataFrame) -> dict[str, int]:
    """How many pairs of slices there are of each status."""
    counts = Counter(coverage["status"].to_list())
    return {status: counts[status] for status in _COVERAGE}


def _coverage_part(coverage: pl.DataFrame, pictures: Mapping[str, bytes]) -> str:
    counts = coverage_counts(coverage)
    summary = table(
        ("pairs", "count"), [(_COVERAGE[status], f"{count:,}") for status, count in counts.items()]
    )
    missed = coverage.filter(pl.col("status").is_in(["lost", "thin"])).with_columns(
        gap=pl.col("expected_train") - pl.col("count_train")
    )
    order = ["gap", "dimension", "slice_value", "second_dimension", "second_value"]
    worst = missed.sort(order, descending=[True, *[False] * 4]).head(MOST_PAIRS)
    rows = [
        (
            f"{row['dimension']}={row['slice_value']}",
            f"{row['second_dimension']}={row['second_value']}",
            f"{row['count_queries']:,}",
            f"{row['count_train']:,}",
            f"{row['expected_train']:,.0f}",
        )
        for row in worst.iter_rows(named=True)
    ]
    head = ("slice", "and slice", "asked", "rows to learn from", "if slices were independent")
    plot = inline.picture(pictures["coverage"], "Share of pairs with enough rows")
    thin = f"The {len(rows)} thinnest pairs, beside what independence would give"
    return plot + summary + inline.folded(thin, table(head, rows))
