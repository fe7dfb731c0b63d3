"""What is odd about a release, and what the policy makes of it. Pure: tables in, findings out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.marts import Schemas
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level

_SAYS = {
    "missing": "have no value",
    "range": "are out of range",
    "outlier_z": "are far from the median",
    "outlier_iqr": "are far outside the quartiles",
    "duplicate": "are there twice",
}


@dataclass(frozen=True)
class Finding:
    """One thing the policy does not let pass.

    `measured` is a share for anomalies of rows and the stability index for shifts; `tolerated`
    is what would have passed.
    """

    level: Level
    kind: str
    place: str
    slice_name: str
    n: int
    measured: float
    tolerated: float
    says: str


def find_anomalies(
    policy: AnomalyPolicy,
    anomalies: pl.DataFrame,
    schemas: tuple[Schemas, Schemas | None],
    shifts: Sequence[Shift],
) -> list[Finding]:
    """All findings of a release, the gravest first; `schemas` are its own and the one before's."""
    now, before = schemas
    found = [
        *_row_findings(policy, anomalies),
        *(_schema_findings(policy, before, now) if before is not None else ()),
        *_shift_findings(policy, shifts),
    ]
    order = {Level.BLOCK: 0, Level.WARN: 1}
    return sorted(found, key=lambda f: (order[f.level], f.kind, f.place, -f.measured, f.slice_name))


def _row_findings(policy: AnomalyPolicy, anomalies: pl.DataFrame) -> Iterator[Finding]:
    for row in anomalies.filter(pl.col("count_anomalies") > 0).iter_rows(named=True):
        tolerance = policy.tolerance(row["kind"], row["table_name"], row["column_name"])
        is_whole = row["dimension"] == "all"
        if tolerance is None or (not is_whole and row["count_rows"] < policy.minimum_n):
            continue
        level, share = tolerance.level(row["anomaly_share"]), row["anomaly_share"]
        if level is None:
            continue
        limit = tolerance.block if level is Level.BLOCK else tolerance.warn
        yield Finding(
            level=level,
            kind=row["kind"],
            place=f"{row['table_name']}.{row['column_name']}",
            slice_name="all" if is_whole else f"{row['dimension']}={row['slice_value']}",
            n=row["count_rows"],
            measured=share,
            tolerated=limit or 0.0,
            says=f"{row['count_anomalies']} of {row['count_rows']} ({share:.2%}) "
            f"{_SAYS[row['kind']]}{_bounds(row['low'], row['high'])}; {tolerance.why}",
        )


def _bounds(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" [{low:g}, {high:g}]"


def _schema_findings(policy: AnomalyPolicy, before: Schemas, now: Schemas) -> Iterator[Finding]:
    for table in sorted({*before, *now}):
        old, new = before.get(table, {}), now.get(table, {})
        for column in sorted({*old, *new}):
            if old.get(column) == new.get(column):
                continue
            change = "changed" if column in old and column in new else "added"
            change = "removed" if column not in new else change
            yield Finding(
                level=Level(getattr(policy.schema_change, change).upper()),
                kind="schema",
                place=f"{table}.{column}",
                slice_name="all",
                n=0,
                measured=1.0,
                tolerated=0.0,
                says=f"{change}: {old.get(column, 'absent')} became {new.get(column, 'absent')}",
            )


def _shift_findings(policy: AnomalyPolicy, shifts: Sequence[Shift]) -> Iterator[Finding]:
    for shift in shifts:
        level = shift_level(policy, shift)
        if level is None:
            continue
        rules = policy.shift
        yield Finding(
            level=level,
            kind="shift",
            place=f"{shift.population}.{shift.variable}",
            slice_name="all",
            n=shift.count_rows,
            measured=shift.psi,
            tolerated=rules.psi_block if level is Level.BLOCK else rules.psi_warn,
            says=f"PSI {shift.psi:.3f} (chance gives {shift.psi_baseline:.3f}), "
            f"Jensen-Shannon {shift.js:.3f} bits (chance gives {shift.js_baseline:.3f}), "
            f"p {shift.p_value:.3f}",
        )


def shift_level(policy: AnomalyPolicy, shift: Shift) -> Level | None:
    """What a shift amounts to: large enough to matter, and beyond what chance does."""
    rules = policy.shift
    if shift.count_rows < rules.minimum_n or shift.p_value > rules.p_max:
        return None
    if shift.psi > rules.psi_block or shift.js > rules.js_block:
        return Level.BLOCK
    return Level.WARN if shift.psi > rules.psi_warn or shift.js > rules.js_warn else None
