"""Checks on a cohort: every row is possible, everybody is known, nobody is lost, the recipe holds.

A run may hold several cohorts; each check looks at all of them and says where a case was found.
"""

import dagster as dg

from fitsense_assets.defs.checking import CaseTable, tell_each
from fitsense_assets.defs.cohort.assets import daily_logs, profiles, queries, workouts
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.cohort import realism
from fitsense_assets.lib.cohort.marginals import MARGINAL_COLUMNS, marginals, off_marginals
from fitsense_assets.lib.cohort.roll import Roll
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import table


@dg.asset_check(asset=profiles, partitions_def=cohorts, blocking=True)
def profiles_are_possible_people(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Types, ranges and closed words hold, slices agree with their sources, ids are unique."""
    from fitsense_assets.lib.cohort.schemas import profile_schema

    found = CaseTable()
    for key in sorted(context.partition_keys):
        schema, roll = profile_schema(key), _people(home.lake, key)
        for part in home.lake.read_parts("profiles", key):
            found.validate(key, part, schema)
            found.call(key, roll, "user_id", part["user_id"].to_list())
    return found.result(context)


@dg.asset_check(asset=profiles, partitions_def=cohorts)
def profiles_follow_the_recipe(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """The shares of the recipe come out, as near as so many people allow."""
    rows: list[tuple[object, ...]] = []
    count = 0
    for key in sorted(context.partition_keys):
        rules = read_cohort(home.lake, key).config
        found = list(marginals(rules, home.lake.read_frame("profiles", key, MARGINAL_COLUMNS)))
        count += len(found)
        rows += [
            (key, m.group, m.value, m.expected, m.found, m.tolerance) for m in off_marginals(found)
        ]
    header = ("cohort", "group", "value", "configured", "found", "may be off by")
    result = dg.AssetCheckResult(
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(rows)} of {count} shares are off",
        metadata={"off": dg.MetadataValue.md(table(header, rows))} if rows else {},
    )
    return tell_each(context, result, {str(key) for key, *_ in rows})


@dg.asset_check(asset=workouts, partitions_def=cohorts, blocking=True)
def workouts_are_possible_sets(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every set is possible, unique, within the window, and logged by somebody of the cohort."""
    from fitsense_assets.lib.cohort.schemas import workout_schema

    found = CaseTable()
    for key in sorted(context.partition_keys):
        schema = workout_schema(read_cohort(home.lake, key).config)
        roll = _people(home.lake, key)
        for part in home.lake.read_parts("workouts", key):
            found.validate(key, part, schema)
            found.call(key, roll, "user_id", part["user_id"].unique().to_list())
    return found.result(context)


@dg.asset_check(asset=workouts, partitions_def=cohorts)
def workouts_look_like_people(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Loads grow with the weeks, leg days train legs, and sessions are missed as configured."""
    rows: list[tuple[object, ...]] = []
    for key in sorted(context.partition_keys):
        rules = read_cohort(home.lake, key).config
        people = home.lake.read_frame("profiles", key, realism.PROFILE_COLUMNS)
        plans = home.lake.read_parts("plans", key, ["plan_json"])
        planned = sum(realism.planned_sessions(rules, part) for part in plans)
        sets = realism.logged_sets(home.lake.read_parts("workouts", key, realism.SET_COLUMNS))
        seen = realism.sights(rules, people, planned, sets)
        rows += [(key, s.what, s.expected, s.found) for s in seen if not s.fits]
    header = ("cohort", "what", "configured", "found")
    result = dg.AssetCheckResult(
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(rows)} figures are unlike people",
        metadata={"off": dg.MetadataValue.md(table(header, rows))} if rows else {},
    )
    return tell_each(context, result, {str(key) for key, *_ in rows})


@dg.asset_check(asset=daily_logs, partitions_def=cohorts, blocking=True)
def daily_logs_cover_everybody(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Every person of the cohort, and nobody else, has one possible row for every day."""
    from fitsense_assets.lib.cohort.schemas import daily_log_schema

    found = CaseTable()
    for key in sorted(context.partition_keys):
        schema = daily_log_schema(read_cohort(home.lake, key).config)
        roll = _people(home.lake, key)
        for part in home.lake.read_parts("daily_logs", key):
            found.validate(key, part, schema)
            found.call(key, roll, "user_id", part["user_id"].unique().to_list())
        found.add(key, "user_id", "has daily logs", roll.absent)
    return found.result(context)


@dg.asset_check(asset=queries, partitions_def=cohorts, blocking=True)
def everybody_asks_whole_queries(
    context: dg.AssetCheckExecutionContext, home: Home
) -> dg.AssetCheckResult:
    """Queries are whole and unique, sliced in closed words, and everybody asks in one split."""
    from fitsense_assets.lib.cohort.schemas import query_schema

    found = CaseTable()
    for key in sorted(context.partition_keys):
        schema, roll = query_schema(key), _people(home.lake, key)
        for part in home.lake.read_parts("queries", key):
            found.validate(key, part, schema)
            found.call(key, roll, "user_id", part["user_id"].unique().to_list())
        found.add(key, "user_id", "asks something", roll.absent)
    return found.result(context)


def _people(lake: Lake, key: str) -> Roll:
    return Roll(lake.read_frame("profiles", key, ["user_id"])["user_id"])
