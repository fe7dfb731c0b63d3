"""The retraining sensor over a real lake and event log, with assets that only tell of the lake."""

from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest

from fitsense_assets.defs.automation.sensors import retrain_on_changed_content
from fitsense_assets.defs.jobs import retrain
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import PINNED, write_manifest
from fitsense_assets.lib.release.spec import TABLE
from fitsense_assets.lib.release.splits import write_splits
from tests.fitsense_assets.release.builders import some_rows, write_cohort


def told_assets(lake: Lake) -> list[dg.AssetsDefinition]:
    """The tables of a cohort, each told at the version the lake has."""

    def told(name: str) -> dg.AssetsDefinition:
        @dg.asset(name=name, partitions_def=cohorts, group_name="cohort")
        def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
            version = lake.manifest(name, context.partition_key).version
            return dg.MaterializeResult(data_version=dg.DataVersion(version))

        return table

    return [told(name) for name in PINNED]


class Bench:
    """One installation, its sensor and the cursor of the sensor."""

    def __init__(self, instance: dg.DagsterInstance, lake: Lake) -> None:
        self.instance, self.lake, self.cursor = instance, lake, None
        self.is_sound = True
        self.assets = told_assets(lake)

    @property
    def check(self) -> dg.AssetChecksDefinition:
        @dg.asset_check(asset="reviewed_responses", partitions_def=cohorts, blocking=True)
        def all_is_well() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=self.is_sound)

        return all_is_well

    def land(self, *keys: str) -> None:
        self.instance.add_dynamic_partitions("cohort", list(keys))
        for key in keys:
            dg.materialize(
                [*self.assets, self.check],
                partition_key=key,
                instance=self.instance,
                raise_on_error=False,
            )

    def tick(self) -> dg.SensorResult | dg.SkipReason:
        defs = dg.Definitions(assets=self.assets, asset_checks=[self.check])
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, repository_def=defs.get_repository_def()
        )
        result = retrain_on_changed_content(context, home=Home())
        assert isinstance(result, dg.SensorResult) or isinstance(result, dg.SkipReason)  # noqa: SIM101 - pyright narrows these
        if isinstance(result, dg.SensorResult):
            self.cursor = result.cursor
        return result

    def finish(self, release: str) -> None:
        write_manifest(self.lake, release)
        write_splits(self.lake, release)


def requested(result: dg.SensorResult | dg.SkipReason) -> dg.RunRequest:
    assert isinstance(result, dg.SensorResult)
    assert result.run_requests
    (request,) = result.run_requests
    return request


def reason_of(result: dg.SensorResult | dg.SkipReason) -> str:
    told = result.skip_reason if isinstance(result, dg.SensorResult) else result
    assert told is not None
    return str(getattr(told, "skip_message", told))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Bench]:
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    monkeypatch.setenv("FITSENSE_RETRAIN_QUIET_S", "0")
    monkeypatch.setenv("FITSENSE_RETRAIN_RECIPE", "scratch_tiny")
    lake = Lake(str(tmp_path / "lake"))
    with dg.DagsterInstance.ephemeral() as instance:
        write_cohort(lake, "c0001")
        bench = Bench(instance, lake)
        bench.land("c0001")
        yield bench


def test_a_reviewed_cohort_becomes_a_release_with_its_reason(bench: Bench):
    request = requested(bench.tick())

    assert request.partition_key == "r0001"
    assert request.run_key == f"r0001-{request.tags['fitsense/fingerprint']}"
    assert request.tags["fitsense/reason"] == "the first release, of c0001"
    assert bench.lake.keys(TABLE) == ["r0001"]
    assert request.run_config["ops"]["student_checkpoint"]["config"] == {"recipe": "scratch_tiny"}


def test_two_sensors_on_one_event_ask_for_the_same_run(bench: Bench):
    first = requested(bench.tick())
    bench.cursor = None
    second = requested(bench.tick())

    assert (first.run_key, first.partition_key) == (second.run_key, second.partition_key)
    assert bench.lake.keys(TABLE) == ["r0001"]


def test_unchanged_content_written_again_does_nothing(bench: Bench):
    bench.tick()
    bench.finish("r0001")
    write_cohort(bench.lake, "c0001")
    bench.land("c0001")

    assert "the content is that of r0001" in reason_of(bench.tick())
    assert "nothing was reviewed" in reason_of(bench.tick())
    assert bench.lake.keys(TABLE) == ["r0001"]


def test_cohorts_that_land_between_two_ticks_are_all_in_the_next(bench: Bench):
    bench.tick()
    bench.finish("r0001")
    for key in ("c0002", "c0003"):
        write_cohort(bench.lake, key)
    bench.land("c0002", "c0003")
    request = requested(bench.tick())

    assert request.partition_key == "r0002"
    assert request.tags["fitsense/reason"] == "c0002 is new (20 rows); c0003 is new (20 rows)"


def test_a_failed_blocking_check_holds_the_release_back_and_is_not_forgotten(bench: Bench):
    bench.is_sound = False
    bench.land("c0001")
    held = reason_of(bench.tick())
    bench.is_sound = True
    bench.land("c0001")

    assert held == "waiting: all_is_well of c0001 has not passed"
    assert requested(bench.tick()).partition_key == "r0001"


def test_a_cohort_that_changed_behind_the_log_is_waited_for(bench: Bench):
    rows = some_rows("c0001")
    rows[0]["answer"] = '{"changed":1}'
    write_cohort(bench.lake, "c0001", rows)

    assert "c0001 is not up to date" in reason_of(bench.tick())


def test_a_run_under_way_is_waited_for(bench: Bench):
    job = dg.Definitions(assets=bench.assets).resolve_implicit_global_asset_job_def()
    bench.instance.create_run_for_job(
        job_def=job,
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset({dg.AssetKey("queries")}),
        tags={"dagster/partition": "c0001"},
    )

    assert "is building c0001" in reason_of(bench.tick())


def test_the_sensor_asks_for_the_job_from_pins_to_a_judged_student():
    assert [job.name for job in retrain_on_changed_content.jobs] == [retrain.name]
