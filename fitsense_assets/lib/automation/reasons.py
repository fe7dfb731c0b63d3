"""Why a new release is due, in words: "212 rows changed in c0007; c0008 is new (3120 rows)"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitsense_assets.lib.automation.dataset import Dataset, dataset_of
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS, FilterName
from fitsense_assets.lib.release.manifest import Pins
from fitsense_assets.lib.release.spec import REVIEWED
from fitsense_assets.lib.release.splits import TABLE as SPLITS_TABLE
from fitsense_assets.lib.release.splits import read_split

if TYPE_CHECKING:
    import polars as pl

REASONS_MAX = 6
WORD_CHARS_MAX = 20


@dataclass(frozen=True)
class RowChange:
    """Rows of a cohort that a student would now learn otherwise than from the release before."""

    changed: int
    added: int
    removed: int


def reason_for(lake: Lake, before: Pins | None, now: Dataset) -> str:
    """What differs from the release before; an empty text where nothing does."""
    found = list(reasons(lake, before, now))
    more = len(found) - REASONS_MAX
    shown = [*found[:REASONS_MAX], f"and {more} more"] if more > 0 else found
    return "; ".join(shown)


def reasons(lake: Lake, before: Pins | None, now: Dataset) -> Iterator[str]:
    """One text for every cohort and version that differs."""
    if before is None:
        yield f"the first release, of {', '.join(now.cohorts)}"
        return
    was = dataset_of(before)
    yield from _changed_versions(was, now)
    for cohort, reviewed in now.cohorts.items():
        if cohort not in was.cohorts:
            yield f"{cohort} is new ({reviewed.count_rows} rows)"
        elif was.cohorts[cohort].version != reviewed.version:
            yield _told(cohort, row_change(lake, before.release, cohort))
    yield from (f"{cohort} is gone" for cohort in was.cohorts if cohort not in now.cohorts)


def _changed_versions(was: Dataset, now: Dataset) -> Iterator[str]:
    for name, version in now.versions.items():
        if was.versions[name] != version:
            yield f"the {name} changed{_from_to(was.versions[name], version)}"


def row_change(lake: Lake, release: str, cohort: str) -> RowChange | None:
    """How a cohort's reviewed rows differ from those of a release; None where it has no splits."""
    import polars as pl  # heavy: only a release that is due pays for it

    if not lake.exists(SPLITS_TABLE, release):
        return None
    kept, refused, known = _rows_of(lake, release, cohort)
    columns = ["query_id", "split", "prompt", "answer", "is_accepted"]
    now = lake.read_frame(REVIEWED, cohort, columns)
    same = ["query_id", "split", "prompt", "answer"]
    lost = kept.join(now.filter(pl.col("is_accepted")), on=same, how="anti")
    stays = pl.col("query_id").is_in(now["query_id"].implode())
    accepted_now = now.filter(
        pl.col("is_accepted") & pl.col("query_id").is_in(refused.implode())
    ).height
    return RowChange(
        changed=lost.filter(stays).height + accepted_now,
        added=now.filter(~pl.col("query_id").is_in(known.implode())).height,
        removed=known.filter(~known.is_in(now["query_id"].implode())).len(),
    )


def _rows_of(
    lake: Lake, release: str, cohort: str
) -> tuple["pl.DataFrame", "pl.Series", "pl.Series"]:
    """The rows a release kept of a cohort, the ids it refused, and all ids it knows of."""
    import polars as pl

    parts = [
        read_split(lake, release, split, ["query_id", "cohort", "split", "messages"])
        for split in SPLITS
    ]
    turn = pl.col("messages").list
    kept = (
        pl.concat(parts)
        .filter(pl.col("cohort") == cohort)
        .select(
            "query_id",
            "split",
            prompt=turn.get(0).struct.field("content"),
            answer=turn.get(1).struct.field("content"),
        )
    )
    removed = read_split(lake, release, "removed").filter(
        pl.col("query_id").str.starts_with(f"{cohort}-")
    )
    refused = removed.filter(pl.col("filter") == str(FilterName.NOT_ACCEPTED))["query_id"]
    return kept, refused, pl.concat([kept["query_id"], removed["query_id"]])


def _told(cohort: str, change: RowChange | None) -> str:
    if change is None:
        return f"{cohort} was reviewed anew"
    counts = {"changed": change.changed, "added": change.added, "removed": change.removed}
    parts = [f"{count} rows {word}" for word, count in counts.items() if count]
    if not parts:
        return f"{cohort} was reviewed anew, with the same answers"
    return f"{' and '.join(parts)} in {cohort}"


def _from_to(before: str, after: str) -> str:
    """Versions that are words are shown; templates and recipes would fill the page."""
    if max(len(before), len(after)) > WORD_CHARS_MAX:
        return ""
    return f" from {before} to {after}"
