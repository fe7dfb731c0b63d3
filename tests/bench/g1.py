"""G1: cohorts to Parquet: daily logs beside a Faker loop and a plain loop, memory, workouts."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from fitsense_assets.lib.cohort import plans, stages, workouts
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.settings import Settings
from tests.bench.cohort_peers import faker_daily_logs, plain_daily_logs
from tests.bench.cohort_runs import KEY, a_bench_lake, cpu_s, write_plans_and_sets
from tests.bench.goal import Goal, Measured

REPEATS, DAYS = 5, 90
OUR_USERS, FAKER_USERS, PLAIN_USERS = 10_000, 150, 600
SET_USERS, MEMORY_USERS = 5_000, 100_000


def measure(settings: Settings) -> Measured:
    """Rows a CPU-second of each, side by side in alternating order; then memory and sets."""
    del settings
    rates: dict[str, list[float]] = {"ours": [], "faker": [], "plain": []}
    with a_bench_lake(OUR_USERS) as lake, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "peer.parquet"
        runs = {
            "ours": (OUR_USERS, lambda: stages.write_daily_logs(lake, KEY)),
            "faker": (FAKER_USERS, lambda: faker_daily_logs(FAKER_USERS, DAYS, path)),
            "plain": (PLAIN_USERS, lambda: plain_daily_logs(PLAIN_USERS, DAYS, path)),
        }
        for repeat in range(REPEATS):
            for name in [*runs][:: 1 if repeat % 2 else -1]:
                users, work = runs[name]
                rates[name].append(users * DAYS / cpu_s(work))
    over = {name: _ratios(rates["ours"], rates[name]) for name in ("faker", "plain")}
    peak_mb, sets = _peak_mb(), _sets()
    text = (
        f"daily logs {statistics.median(rates['ours']) / 1e6:.1f}M/CPU-s, "
        f"{_range(over['faker'])} x Faker, {_range(over['plain'])} x plain loop, "
        f"{peak_mb} MB at {MEMORY_USERS * DAYS / 1e6:.0f}M rows; "
        f"sets {sets['alone']:,.0f}/CPU-s, with the coach's plans {sets['with_plans']:,.0f}"
    )
    faker, plain = statistics.median(over["faker"]), statistics.median(over["plain"])
    holds = faker >= 60 and plain >= 12 and peak_mb <= 350 and sets["alone"] >= 300_000
    return Measured(text, holds, {"rows_per_cpu_s": rates, "peak_mb": peak_mb, "sets": sets})


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [mine / peer for mine, peer in zip(ours, theirs, strict=True)]


def _range(found: list[float]) -> str:
    return f"{statistics.median(found):.0f} ({min(found):.0f}-{max(found):.0f})"


def _peak_mb() -> int:
    command = [sys.executable, "-m", "tests.bench.cohort_memory", "--users", str(MEMORY_USERS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(json.loads(done.stdout.splitlines()[-1])["peak_mb"])


def _sets() -> dict[str, float]:
    """Set rows a CPU-second: the log alone, and with the coach asked for every kind of person."""
    with a_bench_lake(SET_USERS) as lake:
        whole = cpu_s(lambda: write_plans_and_sets(lake))
        rows = lake.manifest("workouts", KEY).count_rows
        alone = cpu_s(lambda: _only_sets(lake))
    return {"alone": rows / alone, "with_plans": rows / whole}


def _only_sets(lake: Lake) -> None:
    """The same sets once more from the plans that lie in the lake."""
    spec = read_cohort(lake, KEY)
    people = lake.read_frame("profiles", KEY)
    parts = enumerate(lake.read_parts("plans", KEY))
    chunks = ((people.slice(n * plans.CHUNK_USERS, plans.CHUNK_USERS), part) for n, part in parts)
    with lake.write("again", KEY) as draft:
        for number, frame in enumerate(workouts.workout_chunks(spec, chunks)):
            draft.write_frame(f"part-{number:05d}.parquet", frame)


GOAL = Goal(
    "G1",
    ">= 60 x Faker, >= 12 x a plain loop, <= 350 MB at 9M rows; >= 300,000 set rows/CPU-s",
    measure,
)
