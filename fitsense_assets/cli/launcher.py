"""The launcher of runs on one machine: Dagster's own, which also sees that a run has died.

Without it a run whose processes were all killed stays "started" for ever: run monitoring asks the
launcher, and Dagster's default one cannot tell. It is named in `dagster.yaml`.
"""

import time

import psutil
from dagster import DagsterEventType, DagsterRun
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

# A run is marked as started a moment before its process has said who it is.
GRACE_S = 20.0


class LocalRunLauncher(DefaultRunLauncher):
    """Runs are processes of this machine: a run whose last process is gone is dead."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring may ask."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Running while the process that began it is there."""
        record = self._instance.get_run_record_by_id(run.run_id)
        if record is None or record.start_time is None or _age_s(record.start_time) < GRACE_S:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        process_id = self._process(run.run_id)
        if process_id is None or _is_there(process_id, record.start_time):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        told = f"its process {process_id} is gone: it was killed, or the machine went down"
        return CheckRunHealthResult(WorkerStatus.FAILED, told)

    def _process(self, run_id: str) -> int | None:
        """The process that began the run."""
        begun = self._instance.event_log_storage.get_logs_for_run(
            run_id, of_type=DagsterEventType.RUN_START, limit=1, ascending=False
        )
        event = begun[0].dagster_event if begun else None
        return None if event is None or event.pid is None else int(event.pid)


def _is_there(process_id: int, started_at: float) -> bool:
    """Whether the process lives and is no later one that was given the same number."""
    try:
        process = psutil.Process(process_id)
        is_dead = process.status() == psutil.STATUS_ZOMBIE
        return not is_dead and process.create_time() <= started_at + GRACE_S
    except psutil.NoSuchProcess:
        return False


def _age_s(at: float) -> float:
    return time.time() - at
