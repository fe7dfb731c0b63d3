"""What differs between two releases: cohorts, tables, versions, rows by split and slice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.manifest import PINNED, Pins, read_pins
from fitsense_assets.lib.release.splits import TABLE as SPLITS_TABLE
from fitsense_assets.lib.release.splits import read_split
from fitsense_training.scoring import SLICES

Place = tuple[str, str]


@dataclass(frozen=True)
class TableChange:
    """A table of a cohort that is in both releases, at another version."""

    cohort: str
    table: str
    rows_before: int
    rows_after: int


@dataclass(frozen=True)
class VersionChange:
    """A version that both releases are under."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class RowCount:
    """Rows of a split or slice value in both releases."""

    name: str
    value: str
    before: int
    after: int


@dataclass(frozen=True)
class RowChange:
    """Rows of a split that came, went, or are there with another prompt or answer."""

    split: str
    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class ReleaseDiff:
    """From one release to another; what is said of rows is empty unless both have their splits."""

    before: str
    after: str
    cohorts_added: tuple[str, ...]
    cohorts_removed: tuple[str, ...]
    tables_changed: tuple[TableChange, ...]
    versions_changed: tuple[VersionChange, ...]
    rows: tuple[RowCount, ...]
    rows_changed: tuple[RowChange, ...]

    @property
    def is_same(self) -> bool:
        """Whether both stand on the same content."""
        return not (
            self.cohorts_added
            or self.cohorts_removed
            or self.tables_changed
            or self.versions_changed
        )


def diff_releases(lake: Lake, before: str, after: str) -> ReleaseDiff:
    """What changed from one pinned release to another; UnknownName where one is not pinned."""
    old, new = read_pins(lake, before), read_pins(lake, after)
    return ReleaseDiff(
        before=before,
        after=after,
        cohorts_added=tuple(sorted(new.cohorts.keys() - old.cohorts.keys())),
        cohorts_removed=tuple(sorted(old.cohorts.keys() - new.cohorts.keys())),
        tables_changed=tuple(_changed_tables(old, new)),
        versions_changed=tuple(_changed_versions(old, new)),
        rows=tuple(_row_counts(lake, before, after)),
        rows_changed=tuple(_row_changes(lake, before, after)),
    )


def _changed_tables(old: Pins, new: Pins) -> Iterator[TableChange]:
    for cohort in sorted(old.cohorts.keys() & new.cohorts.keys()):
        for name in PINNED:
            was, now = old.cohorts[cohort].tables[name], new.cohorts[cohort].tables[name]
            if was.version != now.version:
                yield TableChange(cohort, name, was.count_rows, now.count_rows)


def _changed_versions(old: Pins, new: Pins) -> Iterator[VersionChange]:
    for name, was, now in zip(_VERSIONS, _versions(old), _versions(new), strict=True):
        if was != now:
            yield VersionChange(name, was, now)
    if old.recipe != new.recipe:
        yield VersionChange("recipe", *_first_difference(old, new))


_VERSIONS = ("rules", "catalogue", "prompt", "wire")


def _versions(pins: Pins) -> tuple[str, ...]:
    contract = pins.contract
    return (
        pins.rules_version,
        pins.catalogue_version,
        contract.prompt_version,
        contract.wire_version,
    )


def _first_difference(old: Pins, new: Pins) -> tuple[str, str]:
    was, now = old.recipe.model_dump(), new.recipe.model_dump()
    name = next(name for name in was if was[name] != now[name])
    return f"{name} {was[name]}", f"{name} {now[name]}"


def _have_rows(lake: Lake, before: str, after: str) -> bool:
    return lake.exists(SPLITS_TABLE, before) and lake.exists(SPLITS_TABLE, after)


def _row_changes(lake: Lake, before: str, after: str) -> Iterator[RowChange]:
    for split in SPLITS if _have_rows(lake, before, after) else ():
        columns = ["query_id", "messages"]
        old, new = (read_split(lake, key, split, columns) for key in (before, after))
        kept = new.join(old, on="query_id", suffix="_before")
        yield RowChange(
            split,
            added=new.height - kept.height,
            removed=old.height - kept.height,
            changed=kept.filter(pl.col("messages") != pl.col("messages_before")).height,
        )


def _row_counts(lake: Lake, before: str, after: str) -> Iterator[RowCount]:
    if not _have_rows(lake, before, after):
        return
    old, new = _counts(lake, before), _counts(lake, after)
    for place in sorted(old.keys() | new.keys(), key=_order):
        yield RowCount(*place, old[place], new[place])


def _counts(lake: Lake, key: str) -> Counter[Place]:
    counts: Counter[Place] = Counter()
    for split in SPLITS:
        frame = read_split(lake, key, split, list(SLICES))
        counts["split", split] = frame.height
        for name in SLICES:
            for value, count in frame[name].value_counts().iter_rows():
                counts[name, value] += count
    return counts


def _order(place: Place) -> tuple[int, int, str]:
    name, value = place
    if name == "split":
        return (-1, SPLITS.index(value), "")
    return (SLICES.index(name), 0, value)


def diff_markdown(diff: ReleaseDiff) -> str:
    """The difference as Markdown tables."""
    changes: list[tuple[object, ...]] = [
        *(("cohort", key, "", "added") for key in diff.cohorts_added),
        *(("cohort", key, "removed", "") for key in diff.cohorts_removed),
        *(
            ("table", f"{c.cohort} {c.table}", f"{c.rows_before} rows", f"{c.rows_after} rows")
            for c in diff.tables_changed
        ),
        *(("version", c.name, c.before, c.after) for c in diff.versions_changed),
    ]
    header = ("what", "name", diff.before, diff.after)
    text = table(header, changes) if changes else f"{diff.before} and {diff.after} hold the same."
    if not diff.rows:
        return text
    rows = [(r.name, r.value, r.before, r.after, f"{r.after - r.before:+d}") for r in diff.rows]
    changed = [(c.split, c.added, c.removed, c.changed) for c in diff.rows_changed]
    parts = (
        text,
        table(("rows of", "added", "removed", "with another chat"), changed),
        table(("rows of", "value", diff.before, diff.after, "change"), rows),
    )
    return "\n\n".join(parts)
