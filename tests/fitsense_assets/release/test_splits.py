"""The splits of a release: files others read, in an order of their own, the same every time."""

import itertools
import json
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.splits import read_funnel, read_split, write_splits
from fitsense_training.conversations import Conversation, read_conversations
from fitsense_training.domain.errors import BadInput
from fitsense_training.scoring import SLICES
from tests.fitsense_assets.release.builders import (
    a_lake,
    a_pinned_lake,
    a_prompt,
    a_row,
    a_split_lake,
    pin,
    some_rows,
    write_cohort,
)


def test_the_chats_are_what_the_student_reads(tmp_path: Path) -> None:
    note = 'line one\nnote <<<ünïcode " \u2028 quotes>>>'
    rows = [*some_rows(), a_row(77, "val", prompt=a_prompt(77) + note)]
    lake = a_split_lake(tmp_path, rows)

    for split in SPLITS:
        path = tmp_path / "lake" / "sft_splits" / "r0001" / f"{split}.jsonl"
        expected = {(row["prompt"], row["answer"]) for row in rows if row["split"] == split}
        chats = list(read_conversations(path))
        assert {(chat.prompt, chat.answer) for chat in chats} == expected
        told = read_split(lake, "r0001", split)["messages"].to_list()
        assert [Conversation(m[0]["content"], m[1]["content"]) for m in told] == chats


def test_a_line_is_nothing_but_its_chat(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)

    line = lake.read_text("sft_splits", "r0001", "test.jsonl").splitlines()[0]

    row = next(row for row in some_rows() if row["split"] == "test")
    assert line == (
        f'{{"messages": [{{"role": "user", "content": {json.dumps(row["prompt"])}}}, '
        f'{{"role": "assistant", "content": {json.dumps(row["answer"])}}}]}}'
    )


def test_rows_carry_what_measuring_needs(tmp_path: Path) -> None:
    test = read_split(a_split_lake(tmp_path), "r0001", "test")

    assert {"query_id", "user_id", "cohort", "request_json", "messages", *SLICES} <= {*test.columns}
    assert {"equipment_band", "split", "teacher", "served_model"} <= {*test.columns}
    assert test["messages"][0][-1]["role"] == "assistant"


def test_train_is_shuffled_and_the_rest_in_order(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path, some_rows(count=100))

    train, test = (read_split(lake, "r0001", split)["query_id"] for split in ("train", "test"))

    assert sorted(train) == sorted(
        r["query_id"] for r in some_rows(count=100) if r["split"] == "train"
    )
    neighbours = sum(int(b[-9:-3]) - int(a[-9:-3]) == 1 for a, b in itertools.pairwise(train))
    assert neighbours < 10
    assert test.to_list() == sorted(test)


def test_an_added_cohort_leaves_the_order_of_the_others(tmp_path: Path) -> None:
    one, two = a_pinned_lake(tmp_path / "one"), a_pinned_lake(tmp_path / "two", "c0001", "c0002")
    for lake in (one, two):
        write_splits(lake, "r0001")

    first = read_split(one, "r0001", "train")["query_id"]
    both = read_split(two, "r0001", "train").filter(pl.col("cohort") == "c0001")["query_id"]

    assert first.to_list() == both.to_list()


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = a_split_lake(tmp_path / "a"), a_split_lake(tmp_path / "b")

    versions = [lake.manifest("sft_splits", "r0001").version for lake in (first, second)]
    assert versions[0] == versions[1] == write_splits(first, "r0001").version


@pytest.mark.slow
def test_a_kill_while_writing_leaves_the_old_splits(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    before = lake.manifest("sft_splits", "r0001")
    dying = (
        "import os, signal\n"
        "from fitsense_assets.lib.lake import Lake\n"
        "from fitsense_assets.lib.release import splits\n"
        "splits.dataset_card = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"splits.write_splits(Lake({str(tmp_path / 'lake')!r}), 'r0001')\n"
    )

    killed = subprocess.run([sys.executable, "-c", dying], check=False, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "lake" / ".writing" / "sft_splits" / "r0001" / "train.jsonl").exists()
    assert lake.verify("sft_splits", "r0001") == before
    assert write_splits(lake, "r0001") == before


def test_a_cohort_that_changed_since_is_refused_and_the_old_splits_stay(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    before = lake.manifest("sft_splits", "r0001")
    write_cohort(lake, "c0001", some_rows()[:10])

    with pytest.raises(BadInput, match=r"c0001 reviewed_responses changed .* make a new release"):
        write_splits(lake, "r0001")

    assert lake.manifest("sft_splits", "r0001") == before


def test_a_release_with_nobody_to_train_on_is_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    write_cohort(lake, "c0001", [a_row(1, "test"), a_row(2, is_accepted=False)])
    pin(lake, "r0001", "c0001")

    with pytest.raises(BadInput, match="add a cohort with accepted replies"):
        write_splits(lake, "r0001")


def test_funnel_and_manifest_count_what_is_in_the_files(tmp_path: Path) -> None:
    rejected = [a_row(n, is_accepted=False, rejection_reason="why") for n in (91, 92)]
    lake = a_split_lake(tmp_path, [*some_rows(), *rejected])

    funnel = read_funnel(lake, "r0001")
    heights = {split: read_split(lake, "r0001", split).height for split in SPLITS}

    assert funnel["fixed_prompts"]["count"] == 0
    assert funnel["rows_out"] == heights == {"train": 12, "val": 4, "test": 4}
    assert funnel["filters"][0]["lost"] == {"train": 2, "val": 0, "test": 0}
    assert lake.manifest("sft_splits", "r0001").count_rows == 20
    assert read_split(lake, "r0001", "removed")["reason"].to_list() == ["why", "why"]


def test_the_card_says_what_it_must(tmp_path: Path) -> None:
    rows = some_rows()
    lake = a_split_lake(tmp_path, [{**row, "sex": "female"} for row in rows])

    card = lake.read_text("sft_splits", "r0001", "card.md")

    assert card.startswith("---\nlicense: apache-2.0\n")
    assert "No clinician has reviewed the rules." in card
    assert "Synthetic people only" in card
    assert "| rows out | 12 | 4 | 4 | 20 |" in card
    assert "| sex | `female` | 12 | 4 | 4 | 20 |" in card
    assert "| c0001 | `reference` | `reference` | 20 | 20 | [c] |" in card
    version = lake.manifest("reviewed_responses", "c0001").version
    assert f"| [c] | reviewed_responses | c0001 | `{version}` |" in card
    assert '`{"messages": [...]}`'.replace("`", "") in card
