"""Checks on the slices of a release: nothing stops it, and nobody is served worse or left out."""

import dagster as dg

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.slices.assets import anomaly_report, bias_report
from fitsense_assets.lib.slices.anomaly_report import findings_markdown, read_findings
from fitsense_assets.lib.slices.bias import Concern
from fitsense_assets.lib.slices.bias_report import concern_markdown, read_concerns
from fitsense_assets.lib.slices.policy import Level


@dg.asset_check(asset=anomaly_report, partitions_def=releases, blocking=True)
def no_anomaly_blocks(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """The anomaly policy finds nothing that stops the release."""
    found = read_findings(home.lake, context.partition_key)
    blocks = [finding for finding in found if finding.level is Level.BLOCK]
    return dg.AssetCheckResult(
        passed=not blocks,
        description=f"{len(blocks)} findings stop the release, {len(found) - len(blocks)} do not",
        metadata={"blocks": dg.MetadataValue.md(findings_markdown(blocks))},
    )


@dg.asset_check(asset=bias_report, partitions_def=releases, blocking=True)
def no_bias_blocks(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """The bias policy finds no group so much worse off that it stops the release."""
    found = read_concerns(home.lake, context.partition_key)
    blocks = [each for each in found if each.level is Level.BLOCK]
    return dg.AssetCheckResult(
        passed=not blocks,
        description=f"{len(blocks)} concerns stop the release, {len(found) - len(blocks)} do not",
        metadata={"blocks": dg.MetadataValue.md(concern_markdown(blocks))},
    )


@dg.asset_check(asset=bias_report, partitions_def=releases)
def no_slice_is_worse_off(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """No slice or pair of slices is proven to fare worse than the policy's margin allows."""
    found = read_concerns(home.lake, context.partition_key)
    return _told([each for each in found if not each.is_absence])


@dg.asset_check(asset=bias_report, partitions_def=releases)
def no_slice_is_left_out(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """No slice or pair has clearly less of the training rows than of the population."""
    found = read_concerns(home.lake, context.partition_key)
    return _told([each for each in found if each.is_absence])


def _told(concerns: list[Concern]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not concerns,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{each.slice_name}: {each.says}" for each in concerns[:3]) or "none",
        metadata={"concerns": dg.MetadataValue.md(concern_markdown(concerns))},
    )
