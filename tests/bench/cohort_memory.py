"""Peak memory of profiles and daily logs to Parquet, in a process of its own.

`python -m tests.bench.cohort_memory --users 1000000` prints rows, peak memory and CPU-seconds; the
workouts of as many people are drawn as well with `--workouts`.
"""

import json
import resource
import time
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
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cpu_s": round(time.process_time(), 1),
    }
    typer.echo(json.dumps(told))


if __name__ == "__main__":
    typer.run(main)
