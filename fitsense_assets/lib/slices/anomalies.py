"""What is odd about a release, and what the policy makes of it. Pure: tables in, findings out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.slices.absence import MissingSlice
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.marts import Schemas
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level, Tolerance
from fitsense_training.intervals import holm, wilson

_SAYS = {
    "missing": "have no value",
    "range": "are out of range",
    "outlier_z": "are far from the median",
    "outlier_iqr": "are far outside the quartiles",
    "duplicate": "are there twice",
}
_GRAVITY = {Level.WARN: 1, Level.BLOCK: 2}


@dataclass(frozen=True)
class Finding:
    """One thing the policy does not let pass.

    `measured` is a share for anomalies of rows and the stability index for shifts (within a slice
    less what chance gives); `tolerated` is what would have passed.
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
    missing: Iterable[MissingSlice] = (),
) -> list[Finding]:
    """All findings of a release, the gravest first; `schemas` are its own and the one before's."""
    now, before = schemas
    found = [
        *_row_findings(policy, anomalies),
        *(_schema_findings(policy, before, now) if before is not None else ()),
        *_missing_findings(policy, missing),
        *_shift_findings(policy, shifts),
    ]
    return sorted(
        found, key=lambda f: (-_GRAVITY[f.level], f.kind, f.place, -f.measured, f.slice_name)
    )


def _row_findings(policy: AnomalyPolicy, anomalies: pl.DataFrame) -> Iterator[Finding]:
    """Everybody first; a slice is told of only where it is surely graver than the whole.

    Dozens of slices are looked at, so a slice counts by the least its share can be.
    """
    odd = anomalies.filter(pl.col("count_anomalies") > 0)
    order = [pl.col("dimension") != "all", "kind", "table_name", "column_name"]
    known: dict[tuple[str, ...], int] = {}
    for row in odd.sort(order, maintain_order=True).iter_rows(named=True):
        name = (row["kind"], row["table_name"], row["column_name"])
        tolerance, is_whole = policy.tolerance(*name), row["dimension"] == "all"
        if tolerance is None or (not is_whole and row["count_rows"] < policy.minimum_n):
            continue
        least = wilson(row["count_anomalies"], row["count_rows"]).low
        level = tolerance.level(row["anomaly_share"] if is_whole else least)
        if level is None or _GRAVITY[level] <= known.get(name, 0):
            continue
        if is_whole:
            known[name] = _GRAVITY[level]
        yield _row_finding(row, level, tolerance)


def _row_finding(row: Mapping[str, Any], level: Level, tolerance: Tolerance) -> Finding:
    limit = tolerance.block if level is Level.BLOCK else tolerance.warn
    is_whole = row["dimension"] == "all"
    return Finding(
        level=level,
        kind=row["kind"],
        place=f"{row['table_name']}.{row['column_name']}",
        slice_name="all" if is_whole else f"{row['dimension']}={row['slice_value']}",
        n=row["count_rows"],
        measured=row["anomaly_share"],
        tolerated=limit or 0.0,
        says=f"{row['count_anomalies']} of {row['count_rows']} ({_percent(row['anomaly_share'])}) "
        f"{_SAYS[row['kind']]}{_bounds(row['low'], row['high'])}; {tolerance.why}",
    )


def _percent(share: float) -> str:
    return f"{share:.2%}" if share >= 0.0001 else "less than 0.01%"


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


def _missing_findings(policy: AnomalyPolicy, missing: Iterable[MissingSlice]) -> Iterator[Finding]:
    for each in missing:
        is_gone = each.count_before > 0
        word = policy.missing_slice.gone if is_gone else policy.missing_slice.absent
        says = (
            f"gone: the release before had {each.count_before} questions of it, this one has none"
            if is_gone
            else "absent: the vocabulary knows it, and nobody asked"
        )
        yield Finding(
            level=Level(word.upper()),
            kind="slice",
            place=f"queries.{each.dimension}",
            slice_name=f"{each.dimension}={each.slice_value}",
            n=each.count_before,
            measured=1.0,
            tolerated=0.0,
            says=says,
        )


def _shift_findings(policy: AnomalyPolicy, shifts: Sequence[Shift]) -> Iterator[Finding]:
    """Everybody first; a slice is told of only where it has moved further than the whole."""
    known: dict[tuple[str, str], int] = {}
    whole = [shift for shift in shifts if shift.slice_name == "all"]
    for shift, level in [
        *((shift, shift_level(policy, shift)) for shift in whole),
        *slice_shift_levels(policy, shifts),
    ]:
        name = (shift.population, shift.variable)
        if level is None or _GRAVITY[level] <= known.get(name, 0):
            continue
        if shift.slice_name == "all":
            known[name] = _GRAVITY[level]
        yield _shift_finding(policy, shift, level)


def _shift_finding(policy: AnomalyPolicy, shift: Shift, level: Level) -> Finding:
    rules, is_whole = policy.shift, shift.slice_name == "all"
    return Finding(
        level=level,
        kind="shift",
        place=f"{shift.population}.{shift.variable}",
        slice_name=shift.slice_name,
        n=shift.count_people,
        measured=shift.psi if is_whole else round(shift.psi - shift.psi_chance, 6),
        tolerated=rules.psi_block if level is Level.BLOCK else rules.psi_warn,
        says=f"PSI {shift.psi:.3f}, chance gives {shift.psi_baseline:.3f}; Jensen-Shannon "
        f"{shift.js:.3f} bits, chance gives {shift.js_baseline:.3f}; "
        f"{_chance(shift.p_value if is_whole else shift.tail_p)}",
    )


def _chance(p_value: float) -> str:
    return f"p {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"


def shift_level(policy: AnomalyPolicy, shift: Shift) -> Level | None:
    """What a shift of everybody amounts to: large enough to matter, and beyond what chance does."""
    rules = policy.shift
    if shift.count_people < rules.minimum_n or shift.p_value > rules.p_max:
        return None
    if shift.psi > rules.psi_block or shift.js > rules.js_block:
        return Level.BLOCK
    return Level.WARN if shift.psi > rules.psi_warn or shift.js > rules.js_warn else None


def slice_shift_levels(
    policy: AnomalyPolicy, shifts: Sequence[Shift]
) -> list[tuple[Shift, Level | None]]:
    """What shifts within slices amount to: hundreds are tested, so each must be surer (Holm)."""
    rules = policy.shift
    tested = [s for s in shifts if s.slice_name != "all" and s.count_people >= rules.minimum_n]
    proven = holm([shift.tail_p for shift in tested], rules.p_max)
    found: list[tuple[Shift, Level | None]] = []
    for shift, is_proven in zip(tested, proven, strict=True):
        beyond = shift.psi - shift.psi_chance
        level = Level.WARN if beyond > rules.psi_warn else None
        level = Level.BLOCK if beyond > rules.psi_block else level
        found.append((shift, level if is_proven else None))
    return found
