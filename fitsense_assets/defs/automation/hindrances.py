"""What stands in the way of a release: runs under way, cohorts out of date, failed checks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from fitsense_assets.defs.automation.freshness import Freshness

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

COHORT_JOB = "build_cohort"
RELEASE_JOBS = ("build_release", "train_student", "evaluate_and_promote", "retrain")


@dataclass(frozen=True)
class Lookout:
    """Looks at one installation; `cohort_keys` are the assets that every cohort has."""

    instance: dg.DagsterInstance
    graph: "AssetGraph"
    freshness: Freshness
    cohort_keys: frozenset[dg.AssetKey]

    def hindrance(self, cohorts: Sequence[str], now: datetime, quiet_s: int) -> str | None:
        """The first thing that stands in the way, in words; None when nothing does."""
        return next(self._hindrances(cohorts, now, quiet_s), None)

    def _hindrances(self, cohorts: Sequence[str], now: datetime, quiet_s: int) -> Iterator[str]:
        if not cohorts:
            yield "no cohort is reviewed yet"
            return
        yield from self._under_way()
        yield from self._just_now(now, quiet_s)
        yield from self._stale(cohorts)
        yield from self._unsound(cohorts)

    def _under_way(self) -> Iterator[str]:
        for run in self.instance.get_runs(dg.RunsFilter(statuses=list(NOT_FINISHED_STATUSES))):
            if self._is_of_cohorts(run):
                yield f"run {_short(run)} is building {_partition_of(run) or 'cohorts'}"
            elif self._is_of_releases(run):
                yield f"run {_short(run)} is at work on {_partition_of(run) or 'a release'}"
        wanted = BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED])
        for backfill in self.instance.get_backfills(filters=wanted):
            if self.cohort_keys & set(backfill.asset_selection or ()):
                yield f"backfill {backfill.backfill_id} is building cohorts"

    def _just_now(self, now: datetime, quiet_s: int) -> Iterator[str]:
        since = now - timedelta(seconds=quiet_s)
        for record in self.instance.get_run_records(dg.RunsFilter(updated_after=since), limit=50):
            run = record.dagster_run
            ended = record.end_time or 0.0
            if self._is_of_cohorts(run) and ended > since.timestamp():
                yield f"{_partition_of(run) or 'a cohort'} ended building in the last {quiet_s} s"

    def _stale(self, cohorts: Sequence[str]) -> Iterator[str]:
        for cohort in cohorts:
            if stale := self.freshness.stale(self.cohort_keys, cohort):
                names = ", ".join(key.to_user_string() for key in stale)
                yield f"{cohort} is not up to date: materialize {names} of it"

    def _unsound(self, cohorts: Sequence[str]) -> Iterator[str]:
        checks = [
            key
            for key in self.graph.asset_check_keys
            if key.asset_key in self.cohort_keys and self.graph.get(key).blocking
        ]
        found = self.instance.event_log_storage.get_asset_check_partition_info(
            checks, partition_keys=list(cohorts)
        )
        passed = {
            (each.check_key, each.partition_key)
            for each in found
            if each.latest_execution_status is AssetCheckExecutionRecordStatus.SUCCEEDED
        }
        for cohort in cohorts:
            for check in sorted(checks, key=lambda key: key.to_user_string()):
                if (check, cohort) not in passed:
                    yield f"{check.name} of {cohort} has not passed"

    def _is_of_cohorts(self, run: dg.DagsterRun) -> bool:
        return run.job_name == COHORT_JOB or bool(self.cohort_keys & (run.asset_selection or set()))

    def _is_of_releases(self, run: dg.DagsterRun) -> bool:
        selected: Iterable[dg.AssetKey] = run.asset_selection or ()
        return run.job_name in RELEASE_JOBS or any(key not in self.cohort_keys for key in selected)


def _partition_of(run: dg.DagsterRun) -> str | None:
    start = run.tags.get("dagster/asset_partition_range_start")
    end = run.tags.get("dagster/asset_partition_range_end")
    return run.tags.get("dagster/partition") or (f"{start} to {end}" if start else None)


def _short(run: dg.DagsterRun) -> str:
    return run.run_id[:8]
