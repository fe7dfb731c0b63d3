"""G2: queries a CPU-second, with history in the prompt, and whether the cost stays linear."""

import statistics

from fitsense_assets.lib.cohort import stages
from fitsense_training.settings import Settings
from tests.bench.cohort_runs import KEY, a_bench_lake, cpu_s, write_plans_and_sets
from tests.bench.goal import Goal, Measured

REPEATS = 5
SIZES = (1_000, 8_000)


def measure(settings: Settings) -> Measured:
    """Queries a CPU-second of a small and of a large cohort."""
    del settings
    rates = {users: _rates(users) for users in SIZES}
    small, large = (statistics.median(rates[users]) for users in SIZES)
    text = (
        f"{large:,.0f}/CPU-s ({min(rates[SIZES[1]]):,.0f}-{max(rates[SIZES[1]]):,.0f}) "
        f"for {SIZES[1]:,} people, {small:,.0f} for {SIZES[0]:,}"
    )
    return Measured(text, large >= 5_000 and large >= 0.8 * small, {"per_cpu_s": rates})


def _rates(users: int) -> list[float]:
    with a_bench_lake(users) as lake:
        write_plans_and_sets(lake)
        stages.write_daily_logs(lake, KEY)
        stages.write_queries(lake, KEY)  # rules are read and compiled once
        count = lake.manifest("queries", KEY).count_rows
        return [count / cpu_s(lambda: stages.write_queries(lake, KEY)) for _ in range(REPEATS)]


GOAL = Goal("G2", ">= 5,000/CPU-s, linear", measure)
