"""The graph as Dagster sees it: it cannot change by accident."""

import dagster as dg
import pytest

from fitsense_assets.definitions import defs

pytestmark = pytest.mark.slow

COHORT = {
    "profiles",
    "workouts",
    "daily_logs",
    "queries",
    "teacher_responses",
    "reviewed_responses",
}
RELEASE = {
    "release_manifest",
    "sft_splits",
    "answers",
    "slice_counts",
    "slice_quality",
    "slice_distributions",
    "feature_statistics",
    "anomalies",
    "coverage",
    "slice_marts",
    "anomaly_report",
    "bias_report",
    "student_checkpoint",
    "student_evaluation",
    "registered_student",
}


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


def test_every_artifact_is_an_asset_of_its_dimension(definitions: dg.Definitions):
    graph = definitions.resolve_asset_graph()
    by_dimension: dict[str, set[str]] = {"cohort": set(), "release": set()}
    for key in graph.get_all_asset_keys():
        partitions = graph.get(key).partitions_def
        if isinstance(partitions, dg.DynamicPartitionsDefinition):
            by_dimension[str(partitions.name)].add(key.path[-1])

    assert by_dimension["cohort"] == COHORT
    assert by_dimension["release"] >= RELEASE


def test_every_lake_asset_says_what_it_is_and_who_owns_it(definitions: dg.Definitions):
    graph = definitions.resolve_asset_graph()
    silent = [
        name
        for name in sorted(COHORT | RELEASE)
        if not (node := graph.get(dg.AssetKey(name))).description or not node.group_name
    ]

    assert silent == []


def test_jobs_schedules_and_sensors_are_those_people_look_for(definitions: dg.Definitions):
    repository = definitions.get_repository_def()

    assert {job.name for job in definitions.resolve_all_job_defs()} >= {
        "build_cohort",
        "build_release",
        "train_student",
        "evaluate_and_promote",
        "retrain",
    }
    assert {each.name for each in repository.schedule_defs} == {"grow_cohorts"}
    assert {each.name for each in repository.sensor_defs} == {
        "cohorts_follow_changes",
        "retrain_on_changed_content",
        "tell_of_failed_runs",
    }


def test_every_asset_has_an_owner_and_a_version_of_its_code(definitions: dg.Definitions):
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.materializable_asset_keys]

    assert [node.key for node in nodes if not node.owners or not node.code_version] == []


def test_cohorts_follow_changes_by_themselves(definitions: dg.Definitions):
    graph = definitions.resolve_asset_graph()
    followed = {
        key.path[-1]
        for key in graph.materializable_asset_keys
        if graph.get(key).automation_condition is not None
    }

    assert followed == COHORT


def test_every_asset_that_is_learned_from_has_a_blocking_check(definitions: dg.Definitions):
    graph = definitions.resolve_asset_graph()
    checked = {key.asset_key.path[-1] for key in graph.asset_check_keys if graph.get(key).blocking}

    assert checked >= COHORT | {"release_manifest", "sft_splits", "anomaly_report"}
