"""Checks on a release: its pins still hold, its rows are sound, and nothing leaks into train."""

import dagster as dg

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.release.assets import release_manifest, sft_splits
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.release.manifest import verify_release
from fitsense_assets.lib.release.soundness import leaked_queries, shared_users, split_failures
from fitsense_training.domain.errors import FitSenseError

SHOWN = 5


@dg.asset_check(asset=release_manifest, partitions_def=releases, blocking=True)
def the_manifest_still_fits(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every pinned file is what it was when the release was pinned."""
    try:
        pins = verify_release(home.lake, context.partition_key)
    except FitSenseError as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    tables = [pin for cohort in pins.cohorts.values() for pin in cohort.tables.values()]
    files = sum(len(pin.files) for pin in tables)
    return dg.AssetCheckResult(passed=True, metadata={"tables": len(tables), "files": files})


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def the_rows_fit_their_schema(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every row of every split is a chat of two turns with all its tags, and stands once."""
    cases = split_failures(home.lake, context.partition_key)
    table = [dg.TableRecord(dict(case)) for case in cases]
    return dg.AssetCheckResult(
        passed=not cases,
        metadata={"failure_cases": dg.MetadataValue.table(table)} if table else {},
    )


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def no_user_is_in_two_splits(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """A person is trained on, validated on or tested on, never two of these."""
    return _none_of(shared_users(home.lake, context.partition_key), "people are in two splits")


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def train_is_decontaminated(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """No prompt of val or test stands in train."""
    leaked = leaked_queries(home.lake, context.partition_key)
    return _none_of(leaked, "queries of train have a held-out prompt")


def _none_of(found: list[str], what: str) -> dg.AssetCheckResult:
    named = f": {', '.join(found[:SHOWN])}" if found else ""
    return dg.AssetCheckResult(passed=not found, description=f"{len(found)} {what}{named}")
