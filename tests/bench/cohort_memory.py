"""Peak memory of profiles and daily logs to Parquet, in a process of its own.

`python -m tests.bench.cohort_memory --users 1000000` prints rows, peak memory and CPU-seconds; the
workouts of as many people are drawn as well with `--workouts`.
"""

import json
import re
import time
from pathlib import Path
from typing import Annotated

import typer

from fitsense_assets.lib.cohort import stages
from tests.bench.cohort_runs import KEY, a_bench_lake, write_plans_and_sets


def main(
    users: Annotated[int, typer.Option(min=1, help="How many people.")] = 1_000_000,
    workouts: Annotated[bool, typer.Option(help="Their plans and sets as well.")] = False,
) -> None:
    """Draw them and print what it took, as one line of JSON."""
    with a_bench_lake(users) as lake:
        rows = stages.write_daily_logs(lake, KEY).count_rows
        if workouts:
            write_plans_and_sets(lake)
        sets = lake.manifest("workouts", KEY).count_rows if workouts else 0
    told = {
        "users": users,
        "daily_log_rows": rows,
        "set_rows": sets,
        "peak_mb": _peak_mb(),
        "cpu_s": round(time.process_time(), 1),
    }
    typer.echo(json.dumps(told))


def _peak_mb() -> int:
    """The most this program ever held; `getrusage` would count what started it as well."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found, "the system does not say how much memory was used at most"
    return round(int(found[1]) / 1024)


if __name__ == "__main__":
    typer.run(main)
