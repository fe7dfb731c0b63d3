"""New cohorts and releases: a spec in the lake and a partition in Dagster, under one key."""

from collections.abc import Sequence

from fitsense_assets.cli.runs import Runner
from fitsense_assets.defs.partitions import cohorts, releases
from fitsense_assets.lib.automation.orders import LOOKBACK_DAYS, seed_of
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import TABLE, add_cohort
from fitsense_assets.lib.release.spec import (
    add_release,
    next_key,
    next_release_key,
    ready_cohorts,
)
from fitsense_training.domain.errors import BadInput


def add_cohort_partition(runner: Runner, users: int, key: str, seed: int | None) -> None:
    """Add a cohort; the same key with the same recipe is no harm."""
    chosen = seed_of(key) if seed is None else seed
    config = make_config(users=users, seed=chosen, lookback_days=LOOKBACK_DAYS)
    add_cohort(runner.lake, key, config)
    runner.add_partitions(cohorts, key)


def next_cohort_keys(runner: Runner, count: int) -> list[str]:
    """The next free keys, which Dagster keeps side by side once they are added."""
    taken = {*runner.lake.keys(TABLE), *runner.instance.get_dynamic_partitions(str(cohorts.name))}
    keys: list[str] = []
    for _ in range(count):
        keys.append(next_key("c", {*taken, *keys}))
    return keys


def add_release_partition(runner: Runner, names: Sequence[str], reason: str) -> str:
    """Add a release of these cohorts, or of all that are ready; returns its key."""
    lake = runner.lake
    pinned = tuple(names) or tuple(ready_cohorts(lake))
    if not pinned:
        raise BadInput("no cohort is ready: add one with `fitsense cohort add --build`")
    release = next_release_key(lake)
    add_release(lake, release, pinned, reason)
    runner.add_partitions(releases, release)
    return release
