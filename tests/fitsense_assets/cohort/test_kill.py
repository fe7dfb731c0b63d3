"""A run that is killed leaves whole partitions or none, and the next run gives the same bytes."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach

TABLES = ("profiles", "plans", "workouts", "daily_logs")
KILLS = 10
# A child says `ready` once everything slow is imported; it draws the cohort again and again.
CHILD = """
import sys
from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach
lake = Lake(sys.argv[1])
print("ready", flush=True)
while True:
    stages.write_profiles(lake, "c0001")
    stages.write_workouts(lake, "c0001", coach)
    stages.write_daily_logs(lake, "c0001")
"""


def versions(lake: Lake) -> dict[str, str]:
    """The content of every partition there is; each of its files is read and hashed."""
    found = [table for table in TABLES if lake.exists(table, "c0001")]
    return {table: lake.verify(table, "c0001").version for table in found}


def killed_after(root: Path, delay_s: float) -> int:
    """Start drawing, kill the process without warning, and return its exit code."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    try:
        child.wait(delay_s)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
    child.stdout.close()
    return child.wait()


@pytest.mark.slow
def test_killed_runs_leave_no_torn_partition_and_a_rerun_the_same_bytes(tmp_path: Path):
    rules = make_config(users=60, lookback_days=30)
    lakes = {name: Lake(str(tmp_path / name)) for name in ("calm", "killed")}
    for lake in lakes.values():
        add_cohort(lake, "c0001", rules)
    stages.write_profiles(lakes["calm"], "c0001")
    stages.write_workouts(lakes["calm"], "c0001", coach)
    stages.write_daily_logs(lakes["calm"], "c0001")
    whole, chance = versions(lakes["calm"]), random.Random(7)

    for _ in range(KILLS):
        assert killed_after(tmp_path / "killed", chance.uniform(0.01, 0.5)) == -signal.SIGKILL
        left = versions(lakes["killed"])
        assert left == {table: whole[table] for table in left}

    stages.write_profiles(lakes["killed"], "c0001")
    stages.write_workouts(lakes["killed"], "c0001", coach)
    stages.write_daily_logs(lakes["killed"], "c0001")
    assert versions(lakes["killed"]) == whole
