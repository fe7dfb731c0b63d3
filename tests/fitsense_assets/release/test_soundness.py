"""Splits that are not sound are found out, whoever wrote them."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.soundness import (
    broken_files,
    failure_cases,
    split_failures,
)
from fitsense_assets.lib.release.splits import chat_rows, read_split
from fitsense_training.domain.errors import CorruptArtifact
from tests.fitsense_assets.release.builders import Row, a_frame, a_row


def splits_of(folder: Path, *rows: Row) -> Lake:
    lake = Lake(str(folder))
    with lake.write("sft_splits", "r0001") as draft:
        for split in SPLITS:
            draft.write_frame(f"{split}.parquet", chat_rows(a_frame(rows), split, 1))
    return lake


def test_sound_splits_have_nothing_wrong(tmp_path: Path) -> None:
    lake = splits_of(tmp_path, a_row(1), a_row(2, "val"), a_row(3, "test"))

    assert (split_failures(lake, "r0001").count, split_failures(lake, "r0001").looked_at) == (0, 3)
    assert (broken_files(lake, "r0001").count, broken_files(lake, "r0001").looked_at) == (0, 3)


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "its Parquet footer is cut"),
        (lambda path: path.unlink(), "is gone"),
        (
            lambda path: path.write_bytes(b"PAR0" + path.read_bytes()[4:]),
            "is not what was written",
        ),
    ],
)
def test_a_broken_file_is_named(
    tmp_path: Path, harm: Callable[[Path], object], problem: str
) -> None:
    lake = splits_of(tmp_path, a_row(1), a_row(2, "test"))
    harm(tmp_path / "sft_splits" / "r0001" / "test.parquet")

    assert broken_files(lake, "r0001").cases == ({"file": "test.parquet", "problem": problem},)
    with pytest.raises(CorruptArtifact, match="materialize sft_splits r0001 again"):
        read_split(lake, "r0001", "test")


def test_empty_missing_and_repeated_values_are_failures(tmp_path: Path) -> None:
    lake = splits_of(tmp_path, a_row(1, sex=None, answer=""), a_row(1))

    cases = split_failures(lake, "r0001").cases

    assert {case["split"] for case in cases} == {"train"}
    found = {(case["column"], case["check"].split("(")[0]) for case in cases}
    assert found >= {
        ("sex", "not_nullable"),
        ("assistant", "str_length"),
        ("query_id", "field_uniqueness"),
    }


def test_a_chat_of_one_or_three_turns_fails() -> None:
    rows = chat_rows(a_frame([a_row(1)]), "train", 1)
    turns = pl.col("messages").list

    for messages in (turns.head(1), pl.concat_list("messages", turns.head(1))):
        cases = failure_cases(rows.with_columns(messages=messages), "train")
        assert "roles" in {case["column"] for case in cases}


def test_a_row_in_the_wrong_file_and_a_lost_column_fail() -> None:
    rows = chat_rows(a_frame([a_row(1)]), "train", 1)

    assert [case["column"] for case in failure_cases(rows, "test")] == ["split"]
    assert "age_band" in str(failure_cases(rows.drop("age_band"), "train"))
