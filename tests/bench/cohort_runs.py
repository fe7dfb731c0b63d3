"""Cohorts drawn for the benchmarks, and what each stage cost in CPU-seconds."""

import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach

KEY = "bench"


def cpu_s(work: Callable[[], object]) -> float:
    """CPU-seconds of this process, all threads together."""
    started = time.process_time()
    work()
    return time.process_time() - started


@contextmanager
def a_bench_lake(users: int) -> Generator[Lake]:
    """A lake of its own with one cohort's recipe and people in it."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        add_cohort(lake, KEY, make_config(users=users))
        stages.write_profiles(lake, KEY)
        yield lake


def write_plans_and_sets(lake: Lake) -> object:
    """The plans people follow and the sets they log of them."""
    return stages.write_workouts(lake, KEY, coach)
