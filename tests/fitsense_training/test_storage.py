"""A full disk is told in one sentence, whoever wrote, and nothing that was there changes."""

import errno
import sqlite3
from pathlib import Path

import pytest
import torch

from fitsense_training.checkpoint import Checkpoint, load_newest, save_checkpoint
from fitsense_training.domain.errors import OutOfSpace
from fitsense_training.storage import is_full, telling_full
from tests.full_disk import a_full_disk


def a_checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, {"model/w": torch.arange(10_000.0)}, [1.0], 2.0)


def test_only_a_lack_of_room_is_told_as_one() -> None:
    with pytest.raises(OutOfSpace, match="to write the plan: free some"), telling_full("the plan"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), telling_full("the plan"):
        raise PermissionError(errno.EACCES, "no")


def test_libraries_that_hand_on_only_words_are_understood() -> None:
    assert is_full(RuntimeError("I/O error: No space left on device (os error 28)"))
    assert not is_full(RuntimeError("I/O error: no such file"))


def test_a_full_sqlite_file_is_no_room(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "full.db", isolation_level=None)
    db.execute("PRAGMA max_page_count = 2")
    db.execute("CREATE TABLE texts (body TEXT)")

    with pytest.raises(sqlite3.Error) as told:
        db.execute("INSERT INTO texts VALUES (?)", ("x" * 100_000,))

    db.close()
    assert is_full(told.value)


def test_a_checkpoint_with_no_room_leaves_the_older_one(tmp_path: Path) -> None:
    save_checkpoint(a_checkpoint(2), tmp_path, "f")

    with pytest.raises(OutOfSpace, match="checkpoint step-0000004"), a_full_disk():
        save_checkpoint(a_checkpoint(4), tmp_path, "f")
    found = load_newest(tmp_path, "f")
    left = sorted(path.name for path in tmp_path.iterdir())

    assert found is not None
    assert found.step == 2
    assert left == ["step-0000002.json", "step-0000002.safetensors"]
    save_checkpoint(a_checkpoint(4), tmp_path, "f")
    again = load_newest(tmp_path, "f")
    assert again is not None
    assert again.step == 4
