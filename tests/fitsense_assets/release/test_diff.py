"""Two releases side by side."""

from pathlib import Path

from fitsense_assets.lib.release.diff import (
    RowChange,
    RowCount,
    TableChange,
    diff_markdown,
    diff_releases,
)
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_assets.lib.release.report import since_previous
from fitsense_assets.lib.release.splits import write_splits
from tests.fitsense_assets.release.builders import a_lake, pin, some_rows, write_cohort


def test_added_cohorts_and_changed_tables_are_told(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, "c0001", "c0002", "c0003")
    pin(lake, "r0001", "c0001", "c0002")
    write_splits(lake, "r0001")
    write_cohort(lake, "c0001", some_rows(count=25))
    pin(lake, "r0002", "c0001", "c0003", reason="a larger c0001")
    write_splits(lake, "r0002")

    diff = diff_releases(lake, "r0001", "r0002")

    assert (diff.cohorts_added, diff.cohorts_removed) == (("c0003",), ("c0002",))
    assert TableChange("c0001", "reviewed_responses", 20, 25) in diff.tables_changed
    assert diff.rows[:3] == (
        RowCount("split", "train", 24, 27),
        RowCount("split", "val", 8, 9),
        RowCount("split", "test", 8, 9),
    )
    text = diff_markdown(diff)
    assert "| cohort | c0003 |  | added |" in text
    assert "| cohort | c0002 | removed |  |" in text
    assert "| table | c0001 queries | 20 rows | 25 rows |" in text
    assert "| split | train | 24 | 27 | +3 |" in text
    assert since_previous(lake, read_pins(lake, "r0002")) == text


def test_rows_that_came_went_or_say_something_else_are_counted(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    pin(lake, "r0001", "c0001")
    write_splits(lake, "r0001")
    rows = some_rows(count=22)
    rows[0]["answer"] = '{"a":"another"}'
    rows[2]["is_accepted"] = False
    write_cohort(lake, "c0001", rows)
    pin(lake, "r0002", "c0001", reason="other answers")
    write_splits(lake, "r0002")

    diff = diff_releases(lake, "r0001", "r0002")

    assert diff.rows_changed == (
        RowChange("train", added=0, removed=1, changed=0),
        RowChange("val", added=1, removed=0, changed=0),
        RowChange("test", added=1, removed=0, changed=1),
    )
    assert "| test | 1 | 0 | 1 |" in diff_markdown(diff)


def test_the_same_content_under_two_names_is_the_same(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    pin(lake, "r0001", "c0001")
    pin(lake, "r0002", "c0001", reason="once more")

    diff = diff_releases(lake, "r0001", "r0002")

    assert diff.is_same
    assert diff.rows == ()
    assert diff_markdown(diff) == "r0001 and r0002 hold the same."


def test_the_first_release_has_none_before_it(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    pin(lake, "r0001", "c0001")

    assert "no release before" in since_previous(lake, read_pins(lake, "r0001"))
