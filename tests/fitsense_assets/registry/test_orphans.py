"""A registration killed before its version leaves an orphan: listed, removed, and never served."""

import signal
from pathlib import Path

import pytest

from fitsense_assets.cli.orphans import show_orphans
from fitsense_assets.lib.registry.orphans import find_orphans, remove_orphans
from fitsense_assets.lib.registry.promote import settle
from fitsense_assets.lib.registry.register import register_student
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.domain.errors import OutOfSpace
from fitsense_training.settings import Settings
from tests.fitsense_assets.registry.test_promote import NOW, Outcome, a_dossier, a_submission
from tests.full_disk import a_full_disk
from tests.killing import killed_after

MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.slow

# Stops where the bundle is uploaded and no version points to it; it is killed there.
VICTIM = """
import sys, time
from pathlib import Path

from fitsense_assets.lib.registry.register import register_student
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.settings import Settings
from tests.fitsense_assets.registry.test_promote import a_submission

registry = Registry.of(Settings(home=Path(sys.argv[1])))


def stop(*_, **__):
    print("ready", flush=True)
    time.sleep(60)


registry.client.create_model_version = stop
register_student(registry, a_submission(Path(sys.argv[2]), "r0002", "two"))
"""


def test_a_kill_before_the_version_leaves_the_champion_and_an_orphan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path / "home")
    registry = Registry.of(settings)
    register_student(registry, a_submission(tmp_path, "r0001", "one"))
    settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)
    show_orphans(settings, removes=False)
    told_none = capsys.readouterr().out

    ended = killed_after(VICTIM, settings.home, tmp_path, delay_s=0)
    orphans = find_orphans(registry)
    served = registry.champion()
    show_orphans(settings, removes=False)
    told = capsys.readouterr().out
    again = register_student(registry, a_submission(tmp_path, "r0002", "two"))
    remove_orphans(registry, orphans)

    assert ended == -signal.SIGKILL
    assert "nothing to remove" in told_none
    assert [(each.release, each.status) for each in orphans] == [("r0002", "FINISHED")]
    assert orphans[0].count_bytes > 0
    assert "r0002" in told
    assert "fitsense orphans --remove" in told
    assert served == "1"
    assert (again.version, again.is_new) == ("2", True)
    assert not orphans[0].folder.exists()
    assert find_orphans(registry) == []
    assert (registry.bundle_folder("2") / "manifest.json").is_file()


def test_a_bundle_with_no_room_is_told_and_makes_no_version(tmp_path: Path) -> None:
    registry = Registry.of(Settings(home=tmp_path / "home"))
    register_student(registry, a_submission(tmp_path, "r0001", "one"))
    submission = a_submission(tmp_path, "r0002", "two")
    (submission.bundle / "model.safetensors").write_bytes(bytes(8 * MEGABYTE))

    with pytest.raises(OutOfSpace, match="the student of r0002"), a_full_disk(4 * MEGABYTE):
        register_student(registry, submission)
    failed = find_orphans(registry)
    versions = [str(version.version) for version in registry.versions()]

    assert versions == ["1"]
    assert [(each.release, each.status) for each in failed] == [("r0002", "FAILED")]
    assert register_student(registry, submission).version == "2"
