"""A run whose process is gone is seen to be dead, and no other."""

import os
import subprocess
import sys
import time
from collections.abc import Generator

import dagster as dg
import pytest
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.test_utils import create_run_for_test

from fitsense_assets.cli.launcher import GRACE_S, LocalRunLauncher


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def health(
    instance: dg.DagsterInstance, process_id: int | None, ago_s: float
) -> CheckRunHealthResult:
    """What the launcher says of a run that a process began so long ago."""
    run = create_run_for_test(instance, job_name="build_cohort")
    event = dg.DagsterEvent(
        event_type_value=dg.DagsterEventType.RUN_START.value,
        job_name="build_cohort",
        pid=process_id,
    )
    instance.report_dagster_event(event, run.run_id, timestamp=time.time() - ago_s)
    launcher = LocalRunLauncher()
    launcher.register_instance(instance)
    started = instance.get_run_by_id(run.run_id)
    assert started is not None
    assert started.status is dg.DagsterRunStatus.STARTED
    return launcher.check_run_worker_health(started)


def ended_process() -> int:
    """The number of a process that was and is no more."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_run_whose_process_is_gone_is_dead(instance: dg.DagsterInstance):
    process_id = ended_process()

    found = health(instance, process_id, ago_s=GRACE_S + 5)

    assert found.status is WorkerStatus.FAILED
    assert f"process {process_id} is gone" in str(found.msg)


def test_a_run_whose_process_lives_is_left_alone(instance: dg.DagsterInstance):
    assert health(instance, os.getpid(), ago_s=GRACE_S + 5).status is WorkerStatus.RUNNING


def test_a_process_that_came_later_is_not_the_one_that_began_the_run(
    instance: dg.DagsterInstance,
):
    assert health(instance, os.getpid(), ago_s=24 * 3600).status is WorkerStatus.FAILED


def test_a_run_that_has_only_begun_is_given_time(instance: dg.DagsterInstance):
    assert health(instance, ended_process(), ago_s=1).status is WorkerStatus.RUNNING


def test_a_run_that_never_said_its_process_is_left_to_the_time_limit(
    instance: dg.DagsterInstance,
):
    assert health(instance, None, ago_s=GRACE_S + 5).status is WorkerStatus.RUNNING
