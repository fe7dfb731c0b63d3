"""A real daemon, left alone: a cohort becomes a release, a student and a registered version.

Run it by hand: `python -m tests.live.self_running`. It works in a folder of its own, takes a
quarter of an hour, and ends the daemon it started. Each line it prints is a promise that held.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill

from fitsense_assets.cli.home import open_instance
from fitsense_assets.cli.runs import QUIET_LOGS
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.spec import TABLE, read_release
from fitsense_training.settings import Settings, quiet_environment

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 420
TICK_S = 35
PEOPLE = "60"
BACKFILL = "lostcohort"
MADE = (
    "profiles",
    "workouts",
    "daily_logs",
    "queries",
    "teacher_responses",
    "reviewed_responses",
)


def main() -> None:
    """All promises, one after the other, over one daemon."""
    with TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", retrain_recipe="scratch_tiny")
        open_instance(settings).dispose()
        lake = Lake(settings.lake_root)
        begun = time.monotonic()
        with _daemon(settings) as log:
            _fitsense(settings, "cohort", "add", "--users", PEOPLE, "--build")
            _wait(lambda: lake.exists("registered_student", "r0001"), "r0001 is registered", log)
            _say(begun, "a cohort became a release and a registered student:", _why(lake, "r0001"))
            _rebuild(settings, "c0001")
            time.sleep(2 * TICK_S)
            assert lake.keys(TABLE) == ["r0001"], lake.keys(TABLE)
            _say(begun, "an unchanged rebuild did nothing")
            for _ in range(2):
                _fitsense(settings, "cohort", "add", "--users", PEOPLE, "--build")
            _wait(lambda: lake.exists("registered_student", "r0002"), "r0002 is registered", log)
            _say(begun, "two cohorts between two ticks are both in the next:", _why(lake, "r0002"))
            assert read_release(lake, "r0002").cohorts == ("c0001", "c0002", "c0003")
            _lose_and_rebuild(lake, log, "c0003")
            _say(begun, "a run killed in the middle failed once, was tried once more: same bytes")
            time.sleep(2 * TICK_S)
            assert lake.keys(TABLE) == ["r0001", "r0002"], lake.keys(TABLE)
            _say(begun, "and there was nothing new to learn from it")


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
        result = job.execute_in_process(
            instance=instance, partition_key=cohort, run_config=QUIET_LOGS
        )
        assert result.success


def _lose_and_rebuild(lake: Lake, log: Path, cohort: str) -> None:
    """A cohort's files are lost, its rebuild is killed in the middle, and it is whole again."""
    before = _bytes(lake, cohort)
    for table in MADE:
        shutil.rmtree(Path(str(lake.folder(table, cohort))))
    with dg.DagsterInstance.get() as instance:
        _backfill(instance, cohort)
        ours = dg.RunsFilter(tags={"dagster/backfill": BACKFILL})
        _wait(lambda: lake.exists("profiles", cohort), "the rebuild has begun", log, every_s=0.05)
        (run,) = instance.get_runs(ours)
        began = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_START)[0]
        assert began.dagster_event is not None
        assert began.dagster_event.pid is not None
        os.kill(began.dagster_event.pid, signal.SIGKILL)
        assert not lake.exists("reviewed_responses", cohort), "the kill came too late to prove it"
        _wait(lambda: _ended(instance, ours) >= 2, "the run was tried again", log)
        states = sorted(run.status.value for run in instance.get_runs(ours))
        assert states == ["FAILURE", "SUCCESS"], states
    assert _bytes(lake, cohort) == before


def _bytes(lake: Lake, cohort: str) -> dict[str, dict[str, str]]:
    """The hash of every file; timings, which may differ, are no content."""
    return {
        table: {e.name: e.sha256 for e in lake.manifest(table, cohort).files if not e.is_volatile}
        for table in MADE
    }


def _backfill(instance: dg.DagsterInstance, cohort: str) -> None:
    """Asked for as from the launch dialog; the daemon does it."""
    from fitsense_assets.definitions import defs

    instance.add_backfill(
        PartitionBackfill.from_asset_partitions(
            backfill_id=BACKFILL,
            asset_graph=defs().resolve_asset_graph(),
            partition_names=[cohort],
            asset_selection=[dg.AssetKey(table) for table in MADE],
            backfill_timestamp=time.time(),
            tags={},
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
    )


def _ended(instance: dg.DagsterInstance, ours: dg.RunsFilter) -> int:
    return sum(run.is_finished for run in instance.get_runs(ours))


def _wait(is_done: Callable[[], bool], what: str, log: Path, every_s: float = 2.0) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_done():
        if time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise SystemExit(f"{what}: not within {DEADLINE_S} s\n{tail}")
        time.sleep(every_s)


def _say(begun: float, *words: str) -> None:
    print(f"{time.monotonic() - begun:5.0f} s ", *words, flush=True)


def _why(lake: Lake, release: str) -> str:
    return f"{release}, {read_release(lake, release).reason}"


if __name__ == "__main__":
    main()
