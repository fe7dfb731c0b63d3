"""Each writer of the pipeline on a full disk: one sentence, the old bytes, and no leftovers."""

import asyncio
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.croissant import Publication
from fitsense_assets.lib.release.export import export_release, places_of
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_assets.lib.release.sources import Source
from fitsense_assets.lib.teacher.group_commit import GroupCommit
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.tab import Tab
from fitsense_assets.lib.teacher.teacher import Reply
from fitsense_training.domain.errors import OutOfSpace
from tests.fitsense_assets.release.builders import a_split_lake
from tests.full_disk import a_full_disk

FEW = pl.DataFrame({"n": [1, 2, 3]})
# Hashes do not pack: the file is as large as the column.
MANY = pl.DataFrame({"n": pl.int_range(20_000, eager=True).hash()})


def written(lake: Lake, frame: pl.DataFrame) -> str:
    with lake.write("profiles", "c0001") as draft:
        draft.write_frame("part-0000.parquet", frame)
    return draft.sealed.version


def files_of(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(folder).as_posix() for path in found}


def test_a_partition_with_no_room_leaves_the_old_one(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    before = written(lake, FEW)
    files = files_of(tmp_path)

    with pytest.raises(OutOfSpace, match="profiles c0001: free some"), a_full_disk():
        written(lake, MANY)

    assert lake.verify("profiles", "c0001").version == before
    assert files_of(tmp_path) == files
    assert written(lake, MANY) != before


def test_an_export_with_no_room_leaves_nothing(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    places = places_of(lake, "r0001", read_pins(lake, "r0001"))
    sources = {place: Source(*place, version, "run-1") for place, version in places.items()}
    before = files_of(tmp_path)

    with pytest.raises(OutOfSpace, match="r0001 into"), a_full_disk():
        export_release(
            lake,
            "r0001",
            tmp_path / "out",
            sources,
            Publication(date(2026, 3, 1), url="https://example.org"),
        )

    assert files_of(tmp_path) == before


class SmallJournal(Journal):
    """A journal whose disk has room for 20 pages."""

    def connect(self) -> sqlite3.Connection:
        db = super().connect()
        db.execute("PRAGMA max_page_count = 20")
        return db


def test_replies_that_were_written_down_stay(tmp_path: Path) -> None:
    journal = SmallJournal(tmp_path / "journal.sqlite")
    journal.keep("one", Reply("q1", "big-model", "short"))

    with pytest.raises(OutOfSpace, match="replies down in"):
        journal.keep("two", Reply("q2", "big-model", "x" * 10**6))
    kept, lost = journal.find("one", "q1"), journal.find("two", "q2")
    journal.close()

    assert kept is not None
    assert kept.text == "short"
    assert lost is None


def test_whoever_waits_for_a_reply_to_be_written_is_told(tmp_path: Path) -> None:
    journal = SmallJournal(tmp_path / "journal.sqlite")
    tab = Tab(journal)

    async def ask() -> None:
        commits = GroupCommit(journal)
        number = await tab.open("two", Decimal("0.5"))
        await commits.keep("two", Reply("q2", "big-model", "x" * 10**6), (number,))

    with pytest.raises(OutOfSpace, match="replies down in"):
        asyncio.run(ask())
    asked = journal.count_unanswered
    tab.close()
    journal.close()

    assert asked == (1, 0)
