"""A real daemon, left alone: a cohort becomes a release, a student and a registered version.

Run it by hand: `python -m tests.live.self_running`. It works in a folder of its own, takes some
minutes, and ends the daemon it started. Each line it prints is a promise that held.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from fitsense_assets.cli.home import prepare_home
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.spec import TABLE, read_release
from fitsense_training.settings import Settings, make_quiet, quiet_environment

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 420
TICK_S = 35
PEOPLE = "60"


def main() -> None:
    """All promises, one after the other, over one daemon."""
    with TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", retrain_recipe="scratch_tiny")
        prepare_home(settings)
        make_quiet(settings)
        # Two processes that both make the databases of a new home stumble over each other.
        dg.DagsterInstance.get().dispose()
        lake = Lake(settings.lake_root)
        with _daemon(settings) as log:
            _fitsense(settings, "cohort", "add", "--users", PEOPLE, "--build")
            _wait(lambda: lake.exists("registered_student", "r0001"), "r0001 is registered", log)
            print("a cohort became a release and a registered student:", _why(lake, "r0001"))
            _rebuild(settings, "c0001")
            time.sleep(2 * TICK_S)
            assert lake.keys(TABLE) == ["r0001"], lake.keys(TABLE)
            print("an unchanged rebuild did nothing")
            for _ in range(2):
                _fitsense(settings, "cohort", "add", "--users", PEOPLE, "--build")
            _wait(lambda: lake.exists("registered_student", "r0002"), "r0002 is registered", log)
            print("two cohorts between two ticks are both in the next:", _why(lake, "r0002"))
            assert read_release(lake, "r0002").cohorts == ("c0001", "c0002", "c0003")
            assert lake.keys(TABLE) == ["r0001", "r0002"], lake.keys(TABLE)


@contextmanager
def _daemon(settings: Settings) -> Generator[Path]:
    log = settings.home / "daemon.log"
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(ROOT / "workspace.yaml")]
    with log.open("wb") as out:
        child = subprocess.Popen(
            command, env=_environment(settings), cwd=ROOT, stdout=out, stderr=out
        )
        try:
            yield log
        finally:
            child.terminate()
            child.wait(timeout=60)


def _environment(settings: Settings) -> dict[str, str]:
    own = {"FITSENSE_RETRAIN_RECIPE": settings.retrain_recipe, "FITSENSE_RETRAIN_QUIET_S": "5"}
    return {**quiet_environment(settings), **own}


def _fitsense(settings: Settings, *words: str) -> None:
    command = [str(Path(sys.executable).with_name("fitsense")), *words]
    subprocess.run(command, env=_environment(settings), cwd=ROOT, check=True, capture_output=True)


def _rebuild(settings: Settings, cohort: str) -> None:
    """The whole chain again, as a person would from the UI."""
    from fitsense_assets.definitions import defs

    with dg.DagsterInstance.get() as instance:
        job = defs().resolve_job_def("build_cohort")
        assert job.execute_in_process(instance=instance, partition_key=cohort).success


def _wait(is_done: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_done():
        if time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise SystemExit(f"{what}: not within {DEADLINE_S} s\n{tail}")
        time.sleep(2)


def _why(lake: Lake, release: str) -> str:
    return f"{release}, {read_release(lake, release).reason}"


if __name__ == "__main__":
    main()
