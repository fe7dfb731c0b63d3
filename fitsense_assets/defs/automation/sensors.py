"""What happens by itself: cohorts follow changes, changed content is learned, failures are told."""

from datetime import UTC, datetime

import dagster as dg

from fitsense_assets.defs.automation.freshness import Freshness
from fitsense_assets.defs.automation.hindrances import Lookout
from fitsense_assets.defs.jobs import retrain
from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.automation.alerts import Alert, hook_of
from fitsense_assets.lib.automation.dataset import Dataset, dataset_now, dataset_of, newest_pins
from fitsense_assets.lib.automation.orders import order_release
from fitsense_assets.lib.automation.reasons import reason_for
from fitsense_assets.lib.release.manifest import Pins
from fitsense_training.settings import load_settings

SETTINGS = load_settings()
RUNNING = dg.DefaultSensorStatus.RUNNING if SETTINGS.automation else dg.DefaultSensorStatus.STOPPED
REVIEWED = dg.AssetKey("reviewed_responses")
COHORT_GROUPS = ("cohort", "teacher")
INTERVAL_S = 30
EVENTS_MAX = 1000
MESSAGE_CHARS_MAX = 500

cohorts_follow_changes = dg.AutomationConditionSensorDefinition(
    "cohorts_follow_changes",
    target=dg.AssetSelection.groups(*COHORT_GROUPS),
    default_status=RUNNING,
    minimum_interval_seconds=INTERVAL_S,
    run_tags={"fitsense/reason": "inputs or code changed"},
    description="Brings cohorts up to date, down the chain as far as content really changes.",
)


@dg.sensor(
    job=retrain,
    minimum_interval_seconds=INTERVAL_S,
    default_status=RUNNING,
    description=(
        "When reviewed replies changed and every cohort is quiet and sound: a new release, and one "
        "run that trains, measures, registers and perhaps promotes its student. Content that is "
        "merely written again does nothing; each tick says why it did what it did."
    ),
)
def retrain_on_changed_content(
    context: dg.SensorEvaluationContext, home: Home
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is the last reviewed event that led to a decision; waiting moves it nowhere."""
    last = _last_event(context)
    if last is None:
        return dg.SkipReason("nothing was reviewed since the last decision")
    lake, now = home.lake, dataset_now(home.lake)
    waits_for = _lookout(context, home).hindrance(
        list(now.cohorts), datetime.now(tz=UTC), home.settings.retrain_quiet_s
    )
    if waits_for is not None:
        return dg.SkipReason(f"waiting: {waits_for}")
    before = newest_pins(lake)
    if before is not None and dataset_of(before).fingerprint == now.fingerprint:
        same = f"reviewed again, but the content is that of {before.release}: nothing to learn"
        return dg.SensorResult(skip_reason=same, cursor=str(last))
    reason = reason_for(lake, before, now)
    cause = f"{before.release if before else 'first'}-{now.fingerprint}"
    release = order_release(lake, cause, now.cohorts, reason)
    context.log.info(f"{release}: {reason}")
    return dg.SensorResult(
        run_requests=[_request(home, release, now, before, reason)],
        dynamic_partitions_requests=[releases.build_add_request([release])],
        cursor=str(last),
    )


def _last_event(context: dg.SensorEvaluationContext) -> int | None:
    """The storage id of the last reviewed event after the cursor: oldest first, none is skipped."""
    cursor = int(context.cursor) if context.cursor else None
    wanted = dg.AssetRecordsFilter(asset_key=REVIEWED, after_storage_id=cursor)
    found = context.instance.fetch_materializations(wanted, limit=EVENTS_MAX, ascending=True)
    return found.records[-1].storage_id if found.records else None


def _lookout(context: dg.SensorEvaluationContext, home: Home) -> Lookout:
    assert context.repository_def is not None
    graph = context.repository_def.asset_graph
    keys = frozenset(
        key for key in graph.materializable_asset_keys if graph.get(key).group_name in COHORT_GROUPS
    )
    freshness = Freshness(context.instance, home.lake, graph)
    return Lookout(context.instance, graph, freshness, keys)


def _request(
    home: Home, release: str, now: Dataset, before: Pins | None, reason: str
) -> dg.RunRequest:
    """The run key names release and content: asked for twice, it is run once."""
    recipe = {"recipe": home.settings.retrain_recipe}
    return dg.RunRequest(
        run_key=f"{release}-{now.fingerprint}",
        partition_key=release,
        run_config={"ops": {"student_checkpoint": {"config": recipe}}},
        tags={
            "fitsense/reason": reason,
            "fitsense/fingerprint": now.fingerprint,
            "fitsense/previous": before.release if before else "none",
        },
    )


@dg.run_failure_sensor(
    minimum_interval_seconds=INTERVAL_S,
    default_status=RUNNING,
    description="Tells of every failed run: in the log, and to FITSENSE_ALERT_WEBHOOK if set.",
)
def tell_of_failed_runs(context: dg.RunFailureSensorContext) -> None:
    """One alert a failed run; it says whether the run is tried again."""
    run = context.dagster_run
    hook_of(load_settings()).send(
        Alert(
            job=run.job_name,
            partition=run.tags.get("dagster/partition", ""),
            run_id=run.run_id,
            message=" ".join(_cause_of(context).split())[:MESSAGE_CHARS_MAX],
            is_retried=run.tags.get("dagster/will_retry") == "true",
        )
    )


def _cause_of(context: dg.RunFailureSensorContext) -> str:
    """What the first failed step said, which tells more than that the run failed."""
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        if error is not None:
            return (error.cause or error).message
    return context.failure_event.message or "no message"
