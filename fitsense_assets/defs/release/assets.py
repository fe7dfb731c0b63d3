"""The release stage: cohorts pinned at their versions, then filtered into train, val and test."""

import dagster as dg
from pydantic import Field

from fitsense_assets.defs.cohort.assets import daily_logs, profiles, queries, workouts
from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.teacher.assets import reviewed_responses, teacher_responses
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set.store import ensure_prompts
from fitsense_assets.lib.release import manifest as manifest_code
from fitsense_assets.lib.release import splits as split_code
from fitsense_assets.lib.release.card import card_body, funnel_table
from fitsense_assets.lib.release.report import pins_table, since_previous
from fitsense_assets.lib.release.spec import TABLE, add_release, ready_cohorts

GROUP = "release"
OWNERS = ["team:fitsense"]
PINNED = [profiles, workouts, daily_logs, queries, teacher_responses, reviewed_responses]


class ReleaseRun(dg.Config):
    """What a release is made of that has no spec yet; one that has its own keeps it."""

    cohorts: list[str] = Field(
        default=[],
        description="Cohorts to put in, such as c0001; every reviewed cohort if none is named.",
    )
    reason: str = Field(
        default="",
        description="Why the release is made, in a few words; it stands in its dataset card.",
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"json"},
    owners=OWNERS,
    code_version=manifest_code.VERSION,
    # A release names its cohorts itself: any cohort may be among them.
    deps=[dg.AssetDep(asset, partition_mapping=dg.AllPartitionMapping()) for asset in PINNED],
)
def release_manifest(
    context: dg.AssetExecutionContext, config: ReleaseRun, home: Home
) -> dg.MaterializeResult:
    """The contract of a release: its cohorts with every file, version and rule they stand on."""
    lake, release = home.lake, context.partition_key
    if not lake.exists(TABLE, release):
        _add_spec(lake, release, config)
    manifest = manifest_code.write_manifest(lake, release)
    pins = manifest_code.read_pins(lake, release)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            "cohorts": ", ".join(pins.cohorts),
            "reason": pins.reason,
            "fingerprint": str(manifest.facts["fingerprint"]),
            "pins": dg.MetadataValue.md(pins_table(pins)),
            "since_previous": dg.MetadataValue.md(since_previous(lake, pins)),
            "path": dg.MetadataValue.path(str(lake.folder(manifest_code.TABLE, release))),
        },
        data_version=dg.DataVersion(manifest.version),
    )


def _add_spec(lake: Lake, release: str, config: ReleaseRun) -> None:
    cohorts = config.cohorts or ready_cohorts(lake)
    named = "the named" if config.cohorts else "all reviewed"
    add_release(lake, release, cohorts, config.reason or f"made of {named} cohorts")


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"polars", "parquet"},
    owners=OWNERS,
    code_version=split_code.VERSION,
    deps=[release_manifest],
)
def sft_splits(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Train, val and test as chats: deduplicated, decontaminated, no person in two of them.

    What tells too much of a prompt of the fixed evaluation is taken out as well.
    """
    lake, release = home.lake, context.partition_key
    evaluation = ensure_prompts(lake)
    manifest = split_code.write_splits(lake, release)
    funnel = split_code.read_funnel(lake, release)
    card = lake.read_text(split_code.TABLE, release, split_code.CARD)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            "evaluation_prompts": evaluation.version,
            **{f"{split}_rows": count for split, count in funnel["rows_out"].items()},
            "funnel": dg.MetadataValue.md(funnel_table(funnel)),
            "card": dg.MetadataValue.md(card_body(card)),
            "path": dg.MetadataValue.path(str(lake.folder(split_code.TABLE, release))),
        },
        data_version=dg.DataVersion(manifest.version),
    )
