"""Splits that are not sound are found out, whoever wrote them."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.soundness import (
    failure_cases,
    leaked_queries,
    shared_users,
    split_failures,
)
from fitsense_assets.lib.release.splits import chat_rows
from tests.fitsense_assets.release.builders import Row, a_frame, a_row


def splits_of(folder: Path, *rows: Row) -> Lake:
    lake = Lake(str(folder))
    with lake.write("sft_splits", "r0001") as draft:
        for split in SPLITS:
            draft.write_frame(f"{split}.parquet", chat_rows(a_frame(rows), split, 1))
    return lake


def test_sound_splits_have_nothing_wrong(tmp_path: Path) -> None:
    lake = splits_of(tmp_path, a_row(1), a_row(2, "val"), a_row(3, "test"))

    assert split_failures(lake, "r0001") == []
    assert shared_users(lake, "r0001") == []
    assert leaked_queries(lake, "r0001") == []


def test_a_person_in_two_splits_is_named(tmp_path: Path) -> None:
    lake = splits_of(tmp_path, a_row(1), a_row(2, "test", user_id="c0001-u000001"))

    assert shared_users(lake, "r0001") == ["c0001-u000001"]


@pytest.mark.parametrize("held", ["val", "test"])
def test_a_held_out_prompt_in_train_is_named(tmp_path: Path, held: str) -> None:
    lake = splits_of(tmp_path, a_row(1, prompt="same"), a_row(2, held, prompt="same"), a_row(3))

    assert leaked_queries(lake, "r0001") == ["c0001-u000001-q1"]


def test_empty_missing_and_repeated_values_are_failures(tmp_path: Path) -> None:
    lake = splits_of(tmp_path, a_row(1, sex=None, answer=""), a_row(1))

    cases = split_failures(lake, "r0001")

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
