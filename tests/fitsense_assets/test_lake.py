"""The lake keeps whole partitions: kills, flipped bytes and second writers do no harm."""

import json
from pathlib import Path

import polars as pl
import pytest
from upath import UPath

from fitsense_assets.lib import lake as lake_module
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName


class Killed(BaseException):
    """Stands for a kill: nothing that catches Exception sees it."""


def write(lake: Lake, text: str, key: str = "c0001") -> str:
    with lake.write("profiles", key) as draft:
        draft.write_text("note.txt", text)
        draft.write_frame("part-0000.parquet", pl.DataFrame({"text": [text]}))
    return draft.sealed.version


def test_a_partition_comes_back_as_it_was_written(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    version = write(lake, "one")

    assert lake.read_text("profiles", "c0001", "note.txt") == "one"
    assert lake.read_frame("profiles", "c0001")["text"].to_list() == ["one"]
    assert lake.manifest("profiles", "c0001").version == version
    assert lake.manifest("profiles", "c0001").count_rows == 1


def test_same_content_has_the_same_version_anywhere(tmp_path: Path) -> None:
    first, second = Lake(str(tmp_path / "a")), Lake(str(tmp_path / "b"))

    assert write(first, "one") == write(second, "one")
    assert write(first, "two") != write(second, "one")


def test_a_failed_write_leaves_the_old_partition(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    write(lake, "old")

    def write_half() -> None:
        with lake.write("profiles", "c0001") as draft:
            draft.write_text("note.txt", "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()

    assert lake.read_text("profiles", "c0001", "note.txt") == "old"
    assert lake.keys("profiles") == ["c0001"]


@pytest.mark.parametrize("renames_done", [0, 1, 2])
def test_a_kill_between_renames_leaves_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames_done: int
) -> None:
    lake = Lake(str(tmp_path))
    write(lake, "old")
    root_type = type(lake.root)
    rename, count = root_type.rename, 0

    def dying_rename(self: UPath, target: UPath) -> UPath:
        nonlocal count
        if count == renames_done:
            raise Killed
        count += 1
        return rename(self, target)

    monkeypatch.setattr(root_type, "rename", dying_rename)
    # A kill runs no clean-up either.
    monkeypatch.setattr(lake_module, "remove_tree", lambda path: None)
    try:
        write(lake, "new")
    except Killed:
        assert renames_done < 2
    monkeypatch.undo()

    expected = "new" if renames_done == 2 else "old"
    assert Lake(str(tmp_path)).read_text("profiles", "c0001", "note.txt") == expected
    assert Lake(str(tmp_path)).keys("profiles") == ["c0001"]
    write(lake, "newer")
    assert lake.read_text("profiles", "c0001", "note.txt") == "newer"


def test_drafts_never_lie_among_the_partitions(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    with lake.write("profiles", "c0001") as draft:
        draft.write_text("note.txt", "half")
        assert not lake.exists("profiles", "c0001")
        assert not (tmp_path / "profiles").exists()

    assert [entry.name for entry in (tmp_path / "profiles").iterdir()] == ["c0001"]


def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    write(lake, "one")
    path = tmp_path / "profiles" / "c0001" / "part-0000.parquet"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))

    with pytest.raises(CorruptArtifact, match="materialize profiles c0001 again"):
        lake.read_frame("profiles", "c0001")


def test_a_forged_manifest_is_refused(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    write(lake, "one")
    path = tmp_path / "profiles" / "c0001" / "manifest.json"
    body = json.loads(path.read_text())
    body["files"].pop()
    path.write_text(json.dumps(body))

    with pytest.raises(CorruptArtifact):
        lake.manifest("profiles", "c0001")


def test_a_missing_partition_is_named_with_those_there(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    write(lake, "one")

    with pytest.raises(UnknownName, match=r"no partition 'c0002'.*c0001"):
        lake.read_frame("profiles", "c0002")


def test_a_key_cannot_leave_the_lake(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no name"):
        Lake(str(tmp_path)).folder("profiles", "../elsewhere")


def test_two_writers_of_one_partition_do_not_meet(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    with lake.write("profiles", "c0001") as draft:
        draft.write_text("note.txt", "first")
        with pytest.raises(BadInput, match="another run"):
            write(Lake(str(tmp_path)), "second")

    assert lake.read_text("profiles", "c0001", "note.txt") == "first"


def test_an_object_store_gets_the_manifest_last() -> None:
    lake = Lake("memory://lake-test")
    write(lake, "old")

    write(lake, "new")

    assert lake.read_text("profiles", "c0001", "note.txt") == "new"
    assert lake.keys("profiles") == ["c0001"]
