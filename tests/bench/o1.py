"""O1: twenty cohorts in one run, against one run for each of them, in this process.

The assets are the six of a cohort with its checks, without the work they do: what is compared is
what the graph itself costs. Both write their events to databases on disk.
"""

import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from fitsense_assets.defs.checking import tell_each
from fitsense_assets.defs.partitions import cohorts
from fitsense_training.settings import Settings
from tests.bench.cohort_runs import cpu_s
from tests.bench.goal import Goal, Measured

COHORTS = [f"c{number:04d}" for number in range(1, 21)]
REPEATS = 5
MOST = 0.45
CHAIN = ("profiles", "workouts", "daily_logs", "queries", "teacher_responses", "reviewed_responses")
RANGE = {
    "dagster/asset_partition_range_start": COHORTS[0],
    "dagster/asset_partition_range_end": COHORTS[-1],
}

Graph = list[dg.AssetsDefinition | dg.AssetChecksDefinition]


def graph() -> Graph:
    """A chain of assets that only say that they were made, each with a blocking check."""
    found: Graph = []
    for name, before in zip(CHAIN, (None, *CHAIN), strict=False):
        found += [_asset(name, before), _check(name)]
    return found


def _asset(name: str, before: str | None) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        deps=[before] if before else [],
        partitions_def=cohorts,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        for key in context.partition_keys:
            context.add_asset_metadata({"data_version": name}, partition_key=key)
        return dg.MaterializeResult(data_version=dg.DataVersion(name))

    return table


def _check(name: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(name=f"{name}_are_sound", asset=name, partitions_def=cohorts, blocking=True)
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        return tell_each(context, dg.AssetCheckResult(passed=True), ())

    return check


def measure(settings: Settings) -> Measured:
    """CPU of one run over CPU of twenty, alternating, the median of five."""
    with warnings.catch_warnings():
        # Partitioned checks and single-run backfills are still new to Dagster.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        warnings.simplefilter("ignore", dg.BetaWarning)
        assets = graph()
    ways: tuple[Callable[[dg.DagsterInstance], None], ...] = (
        lambda instance: _materialize(assets, instance, tags=RANGE),
        lambda instance: _each(assets, instance),
    )
    _cost(ways[0])  # the first run pays for imports
    costs: tuple[list[float], list[float]] = ([], [])
    for turn in range(REPEATS):
        for way in (0, 1) if turn % 2 else (1, 0):
            costs[way].append(_cost(ways[way]))
    ratios = [one / each for one, each in zip(*costs, strict=True)]
    ratio = statistics.median(ratios)
    one, each = (statistics.median(cost) for cost in costs)
    text = (
        f"{ratio:.2f}x ({min(ratios):.2f}-{max(ratios):.2f}): {one:.2f} CPU-s in one run, "
        f"{each:.2f} in {len(COHORTS)}"
    )
    return Measured(text, ratio <= MOST, {"ratios": ratios, "one_run_cpu_s": costs[0]})


def _cost(way: Callable[[dg.DagsterInstance], None]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        # Without a file Dagster tells at every start that it takes its defaults.
        (Path(folder) / "dagster.yaml").touch()
        with dg.DagsterInstance.local_temp(folder) as instance:
            instance.add_dynamic_partitions("cohort", COHORTS)
            return cpu_s(lambda: way(instance))


def _each(assets: Graph, instance: dg.DagsterInstance) -> None:
    for key in COHORTS:
        _materialize(assets, instance, partition_key=key)


def _materialize(
    assets: Graph,
    instance: dg.DagsterInstance,
    partition_key: str | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
    result = dg.materialize(
        assets, instance=instance, partition_key=partition_key, tags=tags, run_config=quiet
    )
    assert result.success


GOAL = Goal("O1", f"<= {MOST}x", measure)
