"""Growth: a new cohort of people every so often."""

import dagster as dg
from dagster._utils.schedules import is_valid_cron_schedule

from fitsense_assets.defs.jobs import build_cohort
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.automation.orders import order_cohort
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, load_settings

SETTINGS = load_settings()


def cron_of(settings: Settings) -> str:
    """The cron line of the schedule; BadInput when it is none."""
    if not is_valid_cron_schedule(settings.growth_cron):
        raise BadInput(
            f"FITSENSE_GROWTH_CRON is wrong: {settings.growth_cron!r} is no cron line. "
            "Use one such as '0 3 * * 1' (Mondays at 3:00 UTC) or unset it."
        )
    return settings.growth_cron


@dg.schedule(
    job=build_cohort,
    cron_schedule=cron_of(SETTINGS),
    execution_timezone="UTC",
    default_status=(
        dg.DefaultScheduleStatus.RUNNING
        if SETTINGS.automation
        else dg.DefaultScheduleStatus.STOPPED
    ),
    description=(
        "Adds a cohort and builds it. FITSENSE_GROWTH_CRON says when, FITSENSE_GROWTH_USERS how "
        "many people it has."
    ),
)
def grow_cohorts(context: dg.ScheduleEvaluationContext, home: Home) -> dg.RunRequest:
    """One new cohort a tick, whoever evaluates the tick and however often."""
    users, at = home.settings.growth_users, context.scheduled_execution_time
    known = context.instance.get_dynamic_partitions(str(cohorts.name))
    key = order_cohort(home.lake, at, users, known)
    context.instance.add_dynamic_partitions(str(cohorts.name), [key])
    reason = f"growth of {at:%Y-%m-%d %H:%M}: {users} people"
    return dg.RunRequest(run_key=key, partition_key=key, tags={"fitsense/reason": reason})
