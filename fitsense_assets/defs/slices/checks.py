"""Checks on the slices of a release: nothing stops it, and nobody is served worse or left out."""

import dagster as dg

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.slices.assets import anomaly_report, bias_report
from fitsense_assets.lib.slices.anomaly_report import findings_markdown, read_findings
from fitsense_assets.lib.slices.bias import GAP_MAX, MEASURES, MINIMUM_N
from fitsense_assets.lib.slices.bias_report import assess_bias
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


@dg.asset_check(asset=bias_report, partitions_def=releases)
def no_slice_is_worse_off(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """No slice with enough cases is proven to be answered worse than the rest by over 3 points."""
    lagging = [
        f"{each.dimension}={each.slice_value}: {MEASURES[each.measure]} {each.share:.1%} of "
        f"{each.n}, the rest {each.rest_share:.1%}"
        for each in assess_bias(home.lake, context.partition_key).lagging
    ]
    return dg.AssetCheckResult(
        passed=not lagging,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(lagging) or "none",
        metadata={"gap_max": GAP_MAX, "minimum_n": MINIMUM_N},
    )


@dg.asset_check(asset=bias_report, partitions_def=releases)
def no_slice_is_left_out(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """No slice has clearly less of the training rows than of the population."""
    missing = [
        f"{each.dimension}={each.slice_value}: {each.train_share:.1%} of the rows, "
        f"{each.population_share:.1%} of the population"
        for each in assess_bias(home.lake, context.partition_key).missing
    ]
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(missing) or "none",
    )
