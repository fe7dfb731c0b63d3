"""What a check of a run over several partitions leaves behind in each of them."""

from collections.abc import Generator

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from fitsense_assets.defs.checking import tell_each
from fitsense_assets.defs.partitions import cohorts

RANGE = {
    "dagster/asset_partition_range_start": "c0001",
    "dagster/asset_partition_range_end": "c0003",
}
PASSED, FAILED = AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        found.add_dynamic_partitions("cohort", ["c0001", "c0002", "c0003"])
        yield found


def build(instance: dg.DagsterInstance, spoiled: set[str]) -> None:
    """One run over three cohorts, some of which the check refuses."""

    @dg.asset(partitions_def=cohorts, backfill_policy=dg.BackfillPolicy.single_run())
    def rows() -> dg.MaterializeResult:
        return dg.MaterializeResult(data_version=dg.DataVersion("1"))

    @dg.asset_check(asset=rows, partitions_def=cohorts, blocking=True)
    def rows_are_whole(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        return tell_each(context, dg.AssetCheckResult(passed=not spoiled), spoiled)

    dg.materialize([rows, rows_are_whole], instance=instance, tags=RANGE, raise_on_error=False)


def verdicts(instance: dg.DagsterInstance) -> dict[str | None, object]:
    key = dg.AssetCheckKey(dg.AssetKey("rows"), "rows_are_whole")
    found = instance.event_log_storage.get_asset_check_partition_info(
        [key], partition_keys=["c0001", "c0002", "c0003"]
    )
    return {each.partition_key: each.latest_execution_status for each in found}


def test_each_cohort_of_a_range_has_its_own_verdict(instance: dg.DagsterInstance):
    build(instance, spoiled={"c0002"})

    assert verdicts(instance) == {"c0001": PASSED, "c0002": FAILED, "c0003": PASSED}


def test_a_range_built_again_is_judged_again(instance: dg.DagsterInstance):
    build(instance, spoiled={"c0002"})
    build(instance, spoiled=set())

    assert verdicts(instance) == {"c0001": PASSED, "c0002": PASSED, "c0003": PASSED}
