"""A run that is killed leaves whole partitions or none, and the next run gives the same bytes."""

import random
import signal
from pathlib import Path

import pytest

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach
from tests.killing import killed_after

TABLES = ("profiles", "plans", "workouts", "daily_logs", "queries")
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
    stages.write_queries(lake, "c0001")
"""


def draw(lake: Lake) -> None:
    """Every stage once, as the child does it."""
    stages.write_profiles(lake, "c0001")
    stages.write_workouts(lake, "c0001", coach)
    stages.write_daily_logs(lake, "c0001")
    stages.write_queries(lake, "c0001")


def versions(lake: Lake) -> dict[str, str]:
    """The content of every partition there is; each of its files is read and hashed."""
    found = [table for table in TABLES if lake.exists(table, "c0001")]
    return {table: lake.verify(table, "c0001").version for table in found}


@pytest.mark.slow
def test_killed_runs_leave_no_torn_partition_and_a_rerun_the_same_bytes(tmp_path: Path):
    rules = make_config(users=60, lookback_days=30)
    lakes = {name: Lake(str(tmp_path / name)) for name in ("calm", "killed")}
    for lake in lakes.values():
        add_cohort(lake, "c0001", rules)
    draw(lakes["calm"])
    whole, chance = versions(lakes["calm"]), random.Random(7)

    for _ in range(KILLS):
        delay_s = chance.uniform(0.01, 0.5)
        code = killed_after(CHILD, tmp_path / "killed", delay_s=delay_s)
        assert code == -signal.SIGKILL
        left = versions(lakes["killed"])
        assert left == {table: whole[table] for table in left}

    draw(lakes["killed"])
    assert versions(lakes["killed"]) == whole
