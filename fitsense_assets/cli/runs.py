"""Running jobs from the command line: ordinary Dagster runs, in the home that the UI opens."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dagster as dg
from rich.console import Console

from fitsense_assets.cli.home import open_instance
from fitsense_assets.defs.automation.freshness import Freshness
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.settings import Settings

NAMES_SHOWN = 6
# What failed is told once, by `_what_failed`.
QUIET_LOGS = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
OUR_ERRORS = FitSenseError.__module__ + "."


@dataclass(frozen=True)
class Runner:
    """Runs jobs of one installation, and only what is not up to date."""

    settings: Settings

    @cached_property
    def console(self) -> Console:
        """Progress goes to standard error, so that standard output stays clean."""
        return Console(stderr=True, highlight=False)

    @cached_property
    def instance(self) -> dg.DagsterInstance:
        """The Dagster instance in the home of this installation."""
        return open_instance(self.settings)

    @cached_property
    def definitions(self) -> dg.Definitions:
        """All assets and jobs; importing them takes some seconds."""
        from fitsense_assets.definitions import defs

        return defs()

    @property
    def lake(self) -> Lake:
        """The lake of this installation."""
        return Lake(self.settings.lake_root)

    def add_partitions(self, dimension: dg.DynamicPartitionsDefinition, *keys: str) -> None:
        """Make partitions known to Dagster; those that are there are no harm."""
        name = dimension.name
        if name is not None:
            self.instance.add_dynamic_partitions(name, keys)

    def bring_up_to_date(
        self,
        job: str,
        *partitions: str,
        ops: Mapping[str, Any] | None = None,
        upto: str | None = None,
    ) -> int:
        """Run what is stale of a job for these partitions in one run; returns how many assets.

        Several must follow one another among those Dagster knows, as those added together do; an
        asset that is stale in one of them is made again in all. With `upto`, only those that this
        asset needs, and itself.

        Raises:
            FitSenseError: a step failed or a blocking check stopped the run.
        """
        instance = self.instance  # sets Dagster's home before the definitions are read
        graph = self.definitions.resolve_asset_graph()
        keys = self.definitions.resolve_job_def(job).asset_layer.selected_asset_keys
        if upto is not None:
            keys = keys & dg.AssetSelection.assets(upto).upstream().resolve(graph)
        fresh = Freshness(instance, self.lake, graph)
        found = {key for each in partitions for key in fresh.stale(keys, each)}
        stale = [key for key in graph.toposorted_asset_keys if key in found]
        if not stale:
            self.console.print(f"[green]=[/] {job} {_place(partitions)}: up to date")
            return 0
        self.run(job, partitions, stale, ops)
        return len(stale)

    def run(
        self,
        job: str,
        partitions: Sequence[str],
        keys: Sequence[dg.AssetKey],
        ops: Mapping[str, Any] | None = None,
    ) -> None:
        """Run these assets of a job for partitions that follow one another.

        Raises:
            FitSenseError: a step failed or a blocking check stopped the run.
        """
        instance = self.instance
        definition = self.definitions.resolve_job_def(job)
        is_whole = len(keys) == len(definition.asset_layer.selected_asset_keys)
        place = _place(partitions)
        self.console.print(f"[blue]>[/] {job} {place}: {_named(keys)}", soft_wrap=True)
        with self._printed_to(job, place):
            result = definition.execute_in_process(
                instance=instance,
                partition_key=partitions[0] if len(partitions) == 1 else None,
                tags=_range(partitions),
                asset_selection=None if is_whole else keys,
                run_config={**QUIET_LOGS, **({"ops": dict(ops)} if ops else {})},
                raise_on_error=False,
            )
        if not result.success:
            raise FitSenseError(_what_failed(result, job, place))

    @contextmanager
    def _printed_to(self, job: str, place: str) -> Generator[None]:
        """What tools print on standard output goes to a log; it is for answers."""
        path = self.settings.home / "logs" / f"{job}_{place}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log, redirect_stdout(log):
            yield


def _place(partitions: Sequence[str]) -> str:
    """`c0003`, or `c0003-c0007` for several."""
    return "-".join(dict.fromkeys((partitions[0], partitions[-1])))


def _range(partitions: Sequence[str]) -> dict[str, str] | None:
    """The tags by which one run makes several partitions, from the first to the last."""
    if len(partitions) == 1:
        return None
    return {
        "dagster/asset_partition_range_start": partitions[0],
        "dagster/asset_partition_range_end": partitions[-1],
    }


def _named(keys: Sequence[dg.AssetKey]) -> str:
    names = [key.to_user_string() for key in keys]
    if len(names) <= NAMES_SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:NAMES_SHOWN])} and {len(names) - NAMES_SHOWN} more"


def _what_failed(result: dg.ExecuteInProcessResult, job: str, place: str) -> str:
    """An error of ours says what to do; of any other the place where it came from is told too."""
    head = f"{job} of {place} failed"
    tail = f"(run {result.run_id}; `make up` shows its log)"
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data.error
            cause = failure.cause or failure if failure else None
            message = cause.message.strip() if cause else "no message"
            is_ours = message.startswith(OUR_ERRORS)
            told = message.partition(": ")[2] if is_ours else message
            stack = "" if cause is None or is_ours else "\n" + "".join(cause.stack)
            return f"{head} in {event.step_key}: {told} {tail}{stack}"
    refused = [
        evaluation.check_name
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    ]
    return f"{head}: refused by {', '.join(refused) or 'an unknown step'} {tail}"
