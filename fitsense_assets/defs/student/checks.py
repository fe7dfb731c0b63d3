"""Checks on the student: its bundle is whole, people are shown nothing refused, no slice lags."""

from typing import TYPE_CHECKING

import dagster as dg

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.student.assets import (
    registered_student,
    student_checkpoint,
    student_evaluation,
)
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.measure import TABLE as EVALUATION
from fitsense_assets.lib.student.measure import read_card
from fitsense_assets.lib.student.train import open_bundle, read_bundle
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.registration import VersionTag
from fitsense_training.scorecard import MEASURES
from fitsense_training.scoring import SLICES

if TYPE_CHECKING:
    import pandera.polars as pa

SCHEMA_SHARE_MIN = 0.95
SLICE_LAG_MAX = 0.03
SLICE_MINIMUM_N = 100


@dg.asset_check(asset=student_checkpoint, partitions_def=releases, blocking=True)
def the_bundle_is_whole(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """Every file of the bundle is what its manifest says, and the student opens."""
    try:
        open_bundle(home.lake, context.partition_key)
    except FitSenseError as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    return dg.AssetCheckResult(passed=True)


@dg.asset_check(asset=student_evaluation, partitions_def=releases, blocking=True)
def every_case_is_scored_by_every_system(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """The score table is complete: a row per case and system, no measure missing."""
    import pandera.errors as pa_errors

    frame = home.lake.read_frame(EVALUATION, context.partition_key)
    try:
        _score_schema().validate(frame, lazy=True)
    except pa_errors.SchemaErrors as error:
        table = error.failure_cases.head(20).to_dicts()
        rows = [dg.TableRecord({k: str(v) for k, v in row.items()}) for row in table]
        return dg.AssetCheckResult(
            passed=False, metadata={"failure_cases": dg.MetadataValue.table(rows)}
        )
    return dg.AssetCheckResult(passed=True, metadata={"dagster/row_count": frame.height})


def _score_schema() -> "pa.DataFrameSchema":
    import pandera.polars as pa

    columns = {
        "query_id": pa.Column(str),
        "system": pa.Column(str, pa.Check.isin(["teacher", "free", "constrained", "guarded"])),
        **{name: pa.Column(str) for name in SLICES},
        **{name: pa.Column(bool) for name in MEASURES},
    }
    return pa.DataFrameSchema(columns, unique=["query_id", "system"])


@dg.asset_check(asset=student_evaluation, partitions_def=releases, blocking=True)
def nobody_is_shown_a_refused_plan(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """The guarded system let no BLOCK finding through on any held-out request."""
    share = read_card(home.lake, context.partition_key)["overall"]["guarded"]["block_free"]
    refused = share["n"] - share["count"]
    return dg.AssetCheckResult(
        passed=refused == 0,
        description=f"{refused} of {share['n']} answers carry a BLOCK finding",
        metadata={"upper_bound_share": 1 - share["low"]},
    )


@dg.asset_check(asset=student_evaluation, partitions_def=releases)
def the_student_writes_plans(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Left free, the model still writes the format it was taught."""
    schema = read_card(home.lake, context.partition_key)["overall"]["free"]["schema"]
    return dg.AssetCheckResult(
        passed=schema["share"] >= SCHEMA_SHARE_MIN,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{schema['share']:.1%} of {schema['n']} free replies are plans",
    )


@dg.asset_check(asset=student_evaluation, partitions_def=releases)
def no_slice_lags(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """No slice of 100 cases or more is over 3 points below the overall guarded pass rate."""
    lagging = _lagging_slices(home.lake, context.partition_key)
    return dg.AssetCheckResult(
        passed=not lagging,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(lagging) or "none",
    )


def _lagging_slices(lake: Lake, release: str) -> list[str]:
    card = read_card(lake, release)
    floor = card["overall"]["guarded"]["all_pass"]["share"] - SLICE_LAG_MAX
    return [
        f"{dimension}={value}: {entry['share']:.1%} of {entry['n']}"
        for dimension, values in card["slices"].items()
        for value, systems in values.items()
        if (entry := systems["guarded"]["all_pass"])["n"] >= SLICE_MINIMUM_N
        and entry["share"] < floor
    ]


@dg.asset_check(asset=registered_student, partitions_def=releases, blocking=True)
def the_registry_holds_this_bundle(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """A version of the registry carries this release's bundle, byte for byte."""
    registry, release = Registry.of(home.settings), context.partition_key
    wanted = read_bundle(home.lake, release).bundle_sha256
    found = [v for v in registry.versions() if v.tags.get(VersionTag.BUNDLE) == wanted]
    return dg.AssetCheckResult(
        passed=bool(found),
        description=f"version {found[0].version}" if found else f"no version holds {wanted}",
    )
