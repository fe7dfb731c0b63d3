"""New cohorts and releases: a spec in the lake and a partition in Dagster, under one key."""

from collections.abc import Sequence

from fitsense_assets.cli.runs import Runner
from fitsense_assets.defs.partitions import cohorts, releases
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import TABLE, add_cohort
from fitsense_assets.lib.release.spec import (
    add_release,
    next_key,
    next_release_key,
    ready_cohorts,
)
from fitsense_training.domain.errors import BadInput

LOOKBACK_DAYS = 90


def add_cohort_partition(runner: Runner, users: int, key: str | None, seed: int | None) -> str:
    """Add a cohort; returns its key. The same key with the same recipe is no harm."""
    lake = runner.lake
    name = key or next_key("c", lake.keys(TABLE))
    digits = "".join(char for char in name if char.isdigit())
    config = make_config(
        users=users,
        seed=seed if seed is not None else int(digits or 1),
        lookback_days=LOOKBACK_DAYS,
    )
    add_cohort(lake, name, config)
    runner.add_partition(cohorts, name)
    return name


def add_release_partition(runner: Runner, names: Sequence[str], reason: str) -> str:
    """Add a release of these cohorts, or of all that are ready; returns its key."""
    lake = runner.lake
    pinned = tuple(names) or tuple(ready_cohorts(lake))
    if not pinned:
        raise BadInput("no cohort is ready: add one with `fitsense cohort add --build`")
    release = next_release_key(lake)
    add_release(lake, release, pinned, reason)
    runner.add_partition(releases, release)
    return release
