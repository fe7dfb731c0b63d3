"""The teacher stage: its replies to the queries, and the verdict on each."""

from typing import Any

import dagster as dg

from fitsense_assets.defs.cohort.assets import Stage, queries
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.writing import write_each
from fitsense_assets.lib.teacher import report, stages
from fitsense_assets.lib.teacher import responses as response_code
from fitsense_assets.lib.teacher import review as review_code
from fitsense_assets.lib.teacher.choose import teacher_of

TEACHER: Stage = {
    "group_name": "teacher",
    "partitions_def": cohorts,
    "backfill_policy": dg.BackfillPolicy.single_run(),
    "owners": ["team:fitsense"],
}


@dg.asset(
    **TEACHER, deps=[queries], kinds={"litellm", "parquet"}, code_version=response_code.VERSION
)
def teacher_responses(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """One row per query: the teacher's raw reply, who really answered, and what it took."""
    lake, teacher = home.lake, teacher_of(home.settings)

    def describe(key: str) -> dict[str, Any]:
        return {"replies": dg.MetadataValue.md(report.response_table(lake, key))}

    return write_each(context, lambda key: stages.write_responses(lake, key, teacher), describe)


@dg.asset(
    **TEACHER,
    deps=[queries, teacher_responses],
    kinds={"polars", "parquet"},
    code_version=review_code.VERSION,
)
def reviewed_responses(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """One row per query: rule findings, task success, accepted or rejected and why."""
    lake = home.lake

    def describe(key: str) -> dict[str, Any]:
        rate, table = report.review_table(lake, key)
        return {"accept_rate": rate, "verdicts": dg.MetadataValue.md(table)}

    return write_each(context, lambda key: stages.write_reviews(lake, key), describe)
