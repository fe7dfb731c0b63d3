"""Checks on the teacher: one reply and one verdict a query, no row lost, enough accepted."""

import dagster as dg

from fitsense_assets.defs.checking import CaseTable, tell_each
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.teacher.assets import reviewed_responses, teacher_responses
from fitsense_assets.lib.cohort.roll import Roll
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.teacher.report import accepted_share

ACCEPT_RATE_MIN = 0.9
STAGES = ("queries", "teacher_responses", "reviewed_responses")


@dg.asset_check(asset=teacher_responses, partitions_def=cohorts, blocking=True)
def every_query_has_one_response(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every query, and nothing else, has one possible response; an error too is one."""
    from fitsense_assets.lib.teacher.schemas import response_schema

    found, schema = CaseTable(), response_schema()
    for key in sorted(context.partition_keys):
        roll = _queries(home.lake, key)
        for part in home.lake.read_parts("teacher_responses", key):
            found.validate(key, part, schema)
            found.call(key, roll, "query_id", part["query_id"].to_list())
        found.add(key, "query_id", "has a response", roll.absent)
    return found.result(context)


@dg.asset_check(asset=reviewed_responses, partitions_def=cohorts, blocking=True)
def every_query_has_one_review(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every query, and nothing else, has one verdict, and nothing refused is accepted."""
    from fitsense_assets.lib.teacher.schemas import review_schema

    found, schema = CaseTable(), review_schema()
    for key in sorted(context.partition_keys):
        roll = _queries(home.lake, key)
        for part in home.lake.read_parts("reviewed_responses", key):
            found.validate(key, part, schema)
            found.call(key, roll, "query_id", part["query_id"].to_list())
        found.add(key, "query_id", "has a review", roll.absent)
    return found.result(context)


@dg.asset_check(asset=reviewed_responses, partitions_def=cohorts, blocking=True)
def no_row_is_lost(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """As many responses as queries, and as many reviews as responses."""
    rows = [
        (key, *(home.lake.manifest(stage, key).count_rows for stage in STAGES))
        for key in sorted(context.partition_keys)
    ]
    lost = [str(key) for key, *counts in rows if len(set(counts)) > 1]
    result = dg.AssetCheckResult(
        passed=not lost,
        description=f"rows are lost in {', '.join(lost)}" if lost else "every row went through",
        metadata={"rows": dg.MetadataValue.md(table(("cohort", *STAGES), rows))},
    )
    return tell_each(context, result, lost)


@dg.asset_check(asset=reviewed_responses, partitions_def=cohorts)
def teacher_accept_rate(context: dg.AssetCheckExecutionContext, home: Home) -> dg.AssetCheckResult:
    """At least nine replies in ten are accepted, in every cohort."""
    rates = {key: _accept_rate(home.lake, key) for key in sorted(context.partition_keys)}
    worst = min(rates, key=lambda key: rates[key])
    result = dg.AssetCheckResult(
        passed=rates[worst] >= ACCEPT_RATE_MIN,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{rates[worst]:.1%} of the replies of {worst} are accepted",
        metadata={"accept_rates": dg.MetadataValue.md(table(("cohort", "rate"), rates.items()))},
    )
    return tell_each(context, result, [key for key in rates if rates[key] < ACCEPT_RATE_MIN])


def _accept_rate(lake: Lake, key: str) -> float:
    frame = lake.read_frame("reviewed_responses", key, ["is_accepted"])
    return accepted_share(frame["is_accepted"])


def _queries(lake: Lake, key: str) -> Roll:
    return Roll(lake.read_frame("queries", key, ["query_id"])["query_id"])
