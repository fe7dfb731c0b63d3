"""Only a verified student serves, and what serves is given up for nothing worse."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fitsense_api.log import json_log
from fitsense_api.student.keeper import StudentKeeper, Trouble
from fitsense_api.student.served import Champion, Writer
from fitsense_api.student.shelf import CURRENT, Shelf
from fitsense_training.bundle import ONNX
from fitsense_training.domain.request import PlanRequest
from tests.fitsense_api.fakes import CoachWriter, FakeSource, a_champion


class Mute:
    def reply(self, request: PlanRequest) -> str:
        return "I would rather not."


def a_keeper(folder: Path, source: FakeSource, writer: Writer | None = None) -> StudentKeeper:
    shelf = Shelf(folder / "serving", lambda _: writer or CoachWriter())
    return StudentKeeper(source, shelf, json_log(io.StringIO()))


def a_serving_keeper(folder: Path) -> tuple[StudentKeeper, FakeSource]:
    source = FakeSource(a_champion(folder))
    keeper = a_keeper(folder, source)
    keeper.refresh()
    assert version_of(keeper) == "1"
    return keeper, source


def version_of(keeper: StudentKeeper) -> str | None:
    return keeper.served.version if keeper.served else None


def copies(folder: Path) -> set[str]:
    return {path.name for path in (folder / "serving").iterdir()}


def test_the_champion_is_copied_by_version_and_served(tmp_path: Path) -> None:
    keeper, source = a_serving_keeper(tmp_path)

    assert keeper.trouble is None
    assert keeper.served is not None
    assert keeper.served.manifest.release == "r0001"
    assert source.found is not None
    assert json.loads((tmp_path / "serving" / CURRENT).read_text()) == {
        "version": "1",
        "bundle_sha256": source.found.bundle_sha256,
    }
    assert copies(tmp_path) == {"1", CURRENT}


def test_the_alias_is_followed_and_two_copies_are_kept(tmp_path: Path) -> None:
    keeper, source = a_serving_keeper(tmp_path)

    for version in ("2", "3"):
        source.found = a_champion(tmp_path, version, f"r000{version}")
        keeper.refresh()

    assert version_of(keeper) == "3"
    assert copies(tmp_path) == {"2", "3", CURRENT}


def test_a_champion_that_stands_is_not_opened_again(tmp_path: Path) -> None:
    keeper, _ = a_serving_keeper(tmp_path)
    served = keeper.served

    keeper.refresh()

    assert keeper.served is served


def change_a_file(champion: Champion) -> Champion:
    (champion.folder / ONNX).write_bytes(b"another model")
    return champion


def remove_a_file(champion: Champion) -> Champion:
    (champion.folder / ONNX).unlink()
    return champion


def plant_a_pickle(champion: Champion) -> Champion:
    (champion.folder / "model.pkl").write_bytes(b"\x80\x04.")
    return champion


def plant_code(champion: Champion) -> Champion:
    (champion.folder / "code").mkdir()
    (champion.folder / "code" / "loader.py").write_text("raise SystemExit")
    return champion


def link_a_file(champion: Champion) -> Champion:
    twin = champion.folder.parent / "twin.onnx"
    (champion.folder / ONNX).rename(twin)
    (champion.folder / ONNX).symlink_to(twin)
    return champion


def remove_the_folder(champion: Champion) -> Champion:
    return replace(champion, folder=champion.folder / "gone")


def tag_another_hash(champion: Champion) -> Champion:
    return replace(champion, bundle_sha256="0" * 64)


def leave_the_shelf(champion: Champion) -> Champion:
    return replace(champion, version="../2")


@pytest.mark.parametrize(
    "tamper",
    [
        change_a_file,
        remove_a_file,
        plant_a_pickle,
        plant_code,
        link_a_file,
        remove_the_folder,
        tag_another_hash,
        leave_the_shelf,
    ],
)
def test_a_bundle_that_is_not_as_registered_is_refused_and_the_last_one_kept(
    tmp_path: Path, tamper: Callable[[Champion], Champion]
) -> None:
    keeper, source = a_serving_keeper(tmp_path)

    source.found = tamper(a_champion(tmp_path, "2"))
    keeper.refresh()

    assert version_of(keeper) == "1"
    assert keeper.trouble is Trouble.BUNDLE_REFUSED
    assert copies(tmp_path) == {"1", CURRENT}


def test_a_refused_bundle_that_is_mended_is_served(tmp_path: Path) -> None:
    keeper, source = a_serving_keeper(tmp_path)
    source.found = champion = a_champion(tmp_path, "2")
    good = (champion.folder / ONNX).read_bytes()
    change_a_file(champion)
    keeper.refresh()

    (champion.folder / ONNX).write_bytes(good)
    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == ("2", None)


def test_a_student_that_writes_nothing_readable_is_refused(tmp_path: Path) -> None:
    keeper = a_keeper(tmp_path, FakeSource(a_champion(tmp_path)), Mute())

    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == (None, Trouble.BUNDLE_REFUSED)


def test_a_model_file_that_foreign_code_chokes_on_is_refused(tmp_path: Path) -> None:
    def choke(_: Path) -> Writer:
        raise RuntimeError("protobuf parsing failed")

    keeper = StudentKeeper(
        FakeSource(a_champion(tmp_path)),
        Shelf(tmp_path / "serving", choke),
        json_log(io.StringIO()),
    )

    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == (None, Trouble.BUNDLE_REFUSED)


def test_a_copy_that_rotted_is_taken_anew(tmp_path: Path) -> None:
    _, source = a_serving_keeper(tmp_path)
    (tmp_path / "serving" / "1" / ONNX).write_bytes(b"rot")

    again = a_keeper(tmp_path, source)
    again.refresh()

    assert (version_of(again), again.trouble) == ("1", None)


def test_a_registry_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    keeper, source = a_serving_keeper(tmp_path)

    source.is_down = True
    keeper.refresh()
    assert (version_of(keeper), keeper.trouble) == ("1", Trouble.REGISTRY_UNREACHABLE)

    source.is_down = False
    keeper.refresh()
    assert (version_of(keeper), keeper.trouble) == ("1", None)


def test_with_the_registry_away_at_start_the_last_good_student_serves(tmp_path: Path) -> None:
    a_serving_keeper(tmp_path)

    keeper = a_keeper(tmp_path, FakeSource(is_down=True))
    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == ("1", Trouble.REGISTRY_UNREACHABLE)


@pytest.mark.parametrize("victim", [f"1/{ONNX}", CURRENT])
def test_a_last_good_student_that_was_tampered_with_serves_nobody(
    tmp_path: Path, victim: str
) -> None:
    a_serving_keeper(tmp_path)
    (tmp_path / "serving" / victim).write_bytes(b"tampered")

    keeper = a_keeper(tmp_path, FakeSource(is_down=True))
    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == (None, Trouble.REGISTRY_UNREACHABLE)


def test_taking_the_alias_away_switches_the_student_off(tmp_path: Path) -> None:
    keeper, source = a_serving_keeper(tmp_path)

    source.found = None
    keeper.refresh()

    assert (version_of(keeper), keeper.trouble) == (None, None)
