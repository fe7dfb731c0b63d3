"""What schema checks find, told as the result of a Dagster check: passed, or a table of cases."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from fitsense_assets.lib.cohort.roll import Roll

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

CASES_SHOWN = 20


class CaseTable:
    """The rows that failed, over all partitions and parts of a run; the first ones are shown.

    A check of a run over several partitions has one result for all of them, so every case says
    where it was found.
    """

    def __init__(self) -> None:
        """Start with nothing looked at."""
        self.count_rows = 0
        self.count_cases = 0
        self.places: set[str] = set()
        self._shown: list[dict[str, str]] = []

    def validate(self, place: str, frame: "pl.DataFrame", schema: "pa.DataFrameSchema") -> None:
        """Look at one frame; all its failures are taken down, not only the first."""
        import pandera.errors as pa_errors

        self.count_rows += frame.height
        try:
            schema.validate(frame, lazy=True)
        except pa_errors.SchemaErrors as error:
            cases = error.failure_cases
            self.count_cases += cases.height
            self.places.add(place)
            for case in cases.head(CASES_SHOWN - len(self._shown)).to_dicts():
                shown = ("column", "check", "failure_case")
                self._show(place, *(str(case[name]) for name in shown))

    def add(self, place: str, column: str, check: str, values: Iterable[str]) -> None:
        """Take down values that no schema can see to be wrong, such as unknown people."""
        for value in values:
            self.count_cases += 1
            self.places.add(place)
            self._show(place, column, check, value)

    def call(self, place: str, roll: Roll, column: str, names: Collection[str]) -> None:
        """Call up the names of one part: all must be known, and none stand in two parts."""
        self.add(place, column, "is known", roll.strangers(names))
        self.add(place, column, "stands in one part", roll.call(names))

    def result(self, context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        """Passed when nothing failed; the places are partitions of the run."""
        metadata: dict[str, dg.MetadataValue] = {
            "dagster/row_count": dg.IntMetadataValue(self.count_rows)
        }
        if self._shown:
            records = [dg.TableRecord({**case}) for case in self._shown]
            metadata["failure_cases"] = dg.MetadataValue.table(records)
        result = dg.AssetCheckResult(
            passed=self.count_cases == 0,
            description=f"{self.count_cases} cases failed, {self.count_rows} rows were looked at",
            metadata=metadata,
        )
        return tell_each(context, result, self.places)

    def _show(self, place: str, column: str, check: str, value: str) -> None:
        if len(self._shown) < CASES_SHOWN:
            case = {"place": place, "column": column, "check": check, "value": value[:200]}
            self._shown.append(case)


def tell_each(
    context: dg.AssetCheckExecutionContext, result: dg.AssetCheckResult, failed: Collection[str]
) -> dg.AssetCheckResult:
    """Record what a check of a run over several partitions found in each of them.

    Dagster keeps one result for all, and every single partition as "planned" for ever: nothing
    that waits for its check would ever go on.
    """
    keys = context.partition_keys
    (check,) = context.selected_asset_check_keys
    for key in keys if len(keys) > 1 else ():
        evaluation = dg.AssetCheckEvaluation(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=key not in failed,
            severity=result.severity,
            blocking=any(spec.blocking for spec in context.check_specs if spec.key == check),
            target_materialization_data=_target(context.instance, check.asset_key, key),
            partition=key,
        )
        context.instance.report_dagster_event(_event(context, evaluation), context.run.run_id)
    return result


def _event(
    context: dg.AssetCheckExecutionContext, evaluation: dg.AssetCheckEvaluation
) -> dg.DagsterEvent:
    """It belongs to the run: without one, Dagster takes a second result of a check for the same."""
    verdict = "passed" if evaluation.passed else "did not pass"
    return dg.DagsterEvent(
        event_type_value=dg.DagsterEventType.ASSET_CHECK_EVALUATION.value,
        job_name=context.run.job_name,
        event_specific_data=evaluation,
        message=f"{evaluation.check_name} of {evaluation.partition} {verdict}",
    )


def _target(
    instance: dg.DagsterInstance, asset: dg.AssetKey, key: str
) -> AssetCheckEvaluationTargetMaterializationData | None:
    """The materialization that was looked at: the newest one of the partition."""
    wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=[key])
    records = instance.fetch_materializations(wanted, limit=1).records
    if not records:
        return None
    newest = records[0]
    return AssetCheckEvaluationTargetMaterializationData(
        storage_id=newest.storage_id, run_id=newest.run_id, timestamp=newest.timestamp
    )
