"""A partition's source is the first run that recorded it at the version it has."""

from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.slow

PLACE = ("sft_splits", "r0001")


def test_the_first_run_of_this_very_version_is_the_source() -> None:
    import dagster as dg

    from fitsense_assets.defs.partitions import releases
    from fitsense_assets.defs.release.lineage import sources_of

    runs: list[str] = []
    versions = iter(["old", "now", "now"])

    @dg.asset(name="sft_splits", partitions_def=releases)
    def splits(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        runs.append(context.run.run_id)
        return dg.MaterializeResult(data_version=dg.DataVersion(next(versions)))

    @dg.asset(name="reviewed_responses", partitions_def=releases)
    def reviewed(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        # What a run over several partitions leaves of each: its version as metadata.
        context.add_asset_metadata({"data_version": "v7"}, partition_key="r0001")
        return dg.MaterializeResult(data_version=dg.DataVersion("of all"))

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("release", ["r0001", "r0002"])
        for _ in range(3):
            dg.materialize([splits], partition_key="r0001", instance=instance)
        dg.materialize([reviewed], partition_key="r0001", instance=instance)
        wanted = {
            PLACE: "now",
            ("reviewed_responses", "r0001"): "v7",
            ("sft_splits", "r0002"): "now",
        }
        sources, days = sources_of(instance, wanted)
        elsewhere, _ = sources_of(instance, {PLACE: "never"})

    assert sources.keys() == {PLACE, ("reviewed_responses", "r0001")}
    assert (sources[PLACE].version, sources[PLACE].run) == ("now", runs[1])
    assert days[PLACE] == datetime.now(tz=UTC).date()
    assert elsewhere == {}
