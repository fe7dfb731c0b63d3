"""The cohort stage: people, what they logged, and what they ask."""

from typing import Any, TypedDict

import dagster as dg
from pydantic import Field

from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.writing import write_each
from fitsense_assets.lib.automation.orders import seed_of
from fitsense_assets.lib.cohort import daily_logs as daily_log_code
from fitsense_assets.lib.cohort import page, report, stages
from fitsense_assets.lib.cohort import profiles as profile_code
from fitsense_assets.lib.cohort import queries as query_code
from fitsense_assets.lib.cohort import workouts as workout_code
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import TABLE, add_cohort
from fitsense_training.domain.coach.reference import coach


class Stage(TypedDict):
    """What all assets of a stage have in common."""

    group_name: str
    partitions_def: dg.PartitionsDefinition
    backfill_policy: dg.BackfillPolicy
    owners: list[str]


COHORT: Stage = {
    "group_name": "cohort",
    "partitions_def": cohorts,
    "backfill_policy": dg.BackfillPolicy.single_run(),
    "owners": ["team:fitsense"],
}
KINDS = {"polars", "parquet"}


class CohortRun(dg.Config):
    """The recipe of a cohort that has none yet; one that has its own keeps it."""

    users: int = Field(default=1000, description="How many synthetic people.")
    seed: int | None = Field(
        default=None, description="The seed they are drawn from; the number in the key if none."
    )
    lookback_days: int = Field(default=90, description="Days of logs, 28 to 366.")


@dg.asset(**COHORT, kinds=KINDS, code_version=profile_code.VERSION)
def profiles(
    context: dg.AssetExecutionContext, config: CohortRun, home: Home
) -> dg.MaterializeResult:
    """One row per synthetic person: body, health, goals, equipment and time."""
    lake = home.lake
    for key in context.partition_keys:
        if not lake.exists(TABLE, key):
            seed = seed_of(key) if config.seed is None else config.seed
            add_cohort(lake, key, make_config(**{**config.model_dump(), "seed": seed}))

    def describe(key: str) -> dict[str, Any]:
        frame = lake.read_frame("profiles", key, report.PROFILE_COLUMNS)
        return {
            "marginals": dg.MetadataValue.md(report.profile_marginals(frame)),
            "plot": dg.MetadataValue.md(report.profile_plot(frame)),
        }

    return write_each(context, lambda key: stages.write_profiles(lake, key), describe)


@dg.asset(**COHORT, kinds=KINDS, deps=[profiles], code_version=workout_code.VERSION)
def workouts(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """One row per logged set over the look-back window, target beside actual."""
    lake = home.lake

    def describe(key: str) -> dict[str, Any]:
        return {"habits": dg.MetadataValue.md(report.workout_habits(lake, key))}

    return write_each(context, lambda key: stages.write_workouts(lake, key, coach), describe)


@dg.asset(**COHORT, kinds=KINDS, deps=[profiles], code_version=daily_log_code.VERSION)
def daily_logs(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """One row per person and day: calories, sleep, weight."""
    return write_each(context, lambda key: stages.write_daily_logs(home.lake, key))


@dg.asset(
    **COHORT, kinds=KINDS, deps=[profiles, workouts, daily_logs], code_version=query_code.VERSION
)
def queries(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """One row per question to the teacher: prompt, request, slices and split."""
    lake = home.lake

    def describe(key: str) -> dict[str, Any]:
        columns = ["prompt_type", "split", *query_code.SLICES]
        frame = lake.read_frame("queries", key, columns)
        page.write_cohort_report(lake, key)
        return {
            "shares": dg.MetadataValue.md(report.shares_table(frame, columns)),
            "report": dg.MetadataValue.path(page.report_path(lake, key)),
        }

    return write_each(context, lambda key: stages.write_queries(lake, key), describe)
