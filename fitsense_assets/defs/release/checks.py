"""Checks on a release: its pins still hold, its rows are sound and true, and nothing leaks.

Every check that fails shows the first rows it failed on, and stops what is made of the release.
"""

from collections.abc import Callable

import dagster as dg

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.release.assets import release_manifest, sft_splits
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.fixed import fixed_prompts
from fitsense_assets.lib.release.gates import (
    default_gates,
    missed_rates,
    rates_of,
    read_slices,
    thin_slices,
)
from fitsense_assets.lib.release.labels import false_labels, read_labels
from fitsense_assets.lib.release.leakage import (
    contaminated,
    read_chats,
    repeated_rows,
    shared_clusters,
    shared_users,
)
from fitsense_assets.lib.release.manifest import read_pins, verify_release
from fitsense_assets.lib.release.soundness import broken_files, split_failures
from fitsense_assets.lib.release.splits import read_funnel
from fitsense_assets.lib.release.verdict import Verdict
from fitsense_training.domain.errors import FitSenseError


@dg.asset_check(asset=release_manifest, partitions_def=releases, blocking=True)
def the_manifest_still_fits(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every pinned file is what it was when the release was pinned."""
    try:
        pins = verify_release(home.lake, context.partition_key)
    except FitSenseError as error:
        return _failed(error)
    tables = [pin for cohort in pins.cohorts.values() for pin in cohort.tables.values()]
    files = sum(len(pin.files) for pin in tables)
    return dg.AssetCheckResult(passed=True, metadata={"tables": len(tables), "files": files})


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def the_files_are_whole(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """Every file of the splits is there, and is byte for byte what was written."""
    return _told(context, home, broken_files)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def the_rows_fit_their_schema(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every row of every split is a chat of two turns with all its tags, and stands once."""
    return _told(context, home, split_failures)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def no_user_is_in_two_splits(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """A person is trained on, validated on or tested on, never two of these."""
    return _told(context, home, lambda lake, key: shared_users(read_chats(lake, key)))


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def no_cluster_is_in_two_splits(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Prompts that nearly repeat each other are all in one split."""

    def look(lake: Lake, key: str) -> Verdict:
        return shared_clusters(read_chats(lake, key), read_pins(lake, key).recipe)

    return _told(context, home, look)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def no_row_is_repeated(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """No row is taught again and again: nothing was poured in."""

    def look(lake: Lake, key: str) -> Verdict:
        return repeated_rows(read_chats(lake, key), read_pins(lake, key).recipe)

    return _told(context, home, look)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def train_is_decontaminated(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """No row of train repeats or tells a prompt of val, test or the fixed evaluation prompts."""

    def look(lake: Lake, key: str) -> Verdict:
        recipe = read_pins(lake, key).recipe
        return contaminated(read_chats(lake, key), recipe, fixed_prompts(lake))

    return _told(context, home, look)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def the_labels_are_true(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """What was accepted passes its rules, the rest does not, and only the first is taught."""

    def look(lake: Lake, key: str) -> Verdict:
        pins = read_pins(lake, key)
        return false_labels(
            read_labels(lake, pins), read_chats(lake, key), pins.recipe.shuffle_seed
        )

    return _told(context, home, look)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def the_rates_are_in_bounds(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """How much was accepted, unsafe, refused or repeated is within the gates."""

    def look(lake: Lake, key: str) -> Verdict:
        count_train = int(read_funnel(lake, key)["rows_in"]["train"])
        return missed_rates(rates_of(lake, read_pins(lake, key)), count_train, default_gates())

    return _told(context, home, look)


@dg.asset_check(asset=sft_splits, partitions_def=releases, blocking=True)
def every_slice_has_its_rows(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every value of every slice has the rows that the gates ask for, in train and in test."""
    return _told(
        context, home, lambda lake, key: thin_slices(read_slices(lake, key), default_gates())
    )


def _told(
    context: dg.AssetCheckExecutionContext, home: Home, look: Callable[[Lake, str], Verdict]
) -> dg.AssetCheckResult:
    """What was found as Dagster shows it; files that cannot be read at all fail the check."""
    try:
        verdict = look(home.lake, context.partition_key)
    except FitSenseError as error:
        return _failed(error)
    records = [dg.TableRecord({**case}) for case in verdict.cases]
    return dg.AssetCheckResult(
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.is_grave else dg.AssetCheckSeverity.WARN,
        description=verdict.sentence(),
        metadata={"failure_cases": dg.MetadataValue.table(records)} if records else {},
    )


def _failed(error: FitSenseError) -> dg.AssetCheckResult:
    """What could not be looked at: the sentence that says why is the only case."""
    case = dg.TableRecord({"problem": str(error)})
    metadata = {"failure_cases": dg.MetadataValue.table([case])}
    return dg.AssetCheckResult(passed=False, description=str(error), metadata=metadata)
