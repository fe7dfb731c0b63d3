"""A sweep in MLflow: one run for the sweep, and under it one for every finished trial.

Idempotent: runs are found by the sweep's name and the trial's number, so whatever a kill left out
is logged when the sweep goes on.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.sweep import Trial, best_trial

if TYPE_CHECKING:
    from mlflow.entities import Run

EXPERIMENT = "fitsense-sweeps"
PARENT = "mlflow.parentRunId"


@dataclass(frozen=True)
class SweepLog:
    """Where the runs of one sweep go, and the tags they carry."""

    registry: Registry
    name: str
    tags: dict[str, str]

    def tell(self, trials: list[Trial]) -> None:
        """Log the trials that have no run yet, and the best so far."""
        parent = self._find("sweep") or self._open("sweep", self.name, {})
        known = {run.data.tags["trial"] for run in self._runs() if "trial" in run.data.tags}
        for trial in trials:
            if str(trial.number) not in known:
                self._log(trial, parent)
        best = best_trial(trials)
        if best is not None and best.val_loss is not None:
            client = self.registry.client
            client.log_metric(parent, "best_val_loss", best.val_loss, step=len(trials))
            client.set_tag(parent, "best_trial", str(best.number))
            client.set_terminated(parent, "FINISHED")

    def _log(self, trial: Trial, parent: str) -> None:
        client = self.registry.client
        state = "pruned" if trial.is_pruned else "complete"
        run_id = self._open("trial", f"trial {trial.number}", {PARENT: parent, "state": state})
        for name, value in sorted(trial.values.items()):
            client.log_param(run_id, name, value)
        for rung, loss in trial.curve:
            client.log_metric(run_id, "val_loss_on_the_way", loss, step=rung)
        if trial.val_loss is not None:
            client.log_metric(run_id, "val_loss", trial.val_loss)
        if trial.train_cpu_s is not None:
            client.log_metric(run_id, "train_cpu_s", trial.train_cpu_s)
        # Written last: a run without it was cut off, and the trial is logged again.
        client.set_tag(run_id, "trial", str(trial.number))
        client.set_terminated(run_id, "FINISHED")

    def _open(self, kind: str, title: str, tags: dict[str, str]) -> str:
        experiment = self.registry.experiment_id(EXPERIMENT)
        all_tags = {**self.tags, **tags, "sweep": self.name, "kind": kind}
        run = self.registry.client.create_run(experiment, tags=all_tags, run_name=title)
        return str(run.info.run_id)

    def _find(self, kind: str) -> str | None:
        runs = [run for run in self._runs() if run.data.tags["kind"] == kind]
        return str(runs[0].info.run_id) if runs else None

    def _runs(self) -> "list[Run]":
        experiment = self.registry.experiment_id(EXPERIMENT)
        query = f"tags.sweep = '{self.name}'"
        return list(self.registry.client.search_runs([experiment], query, max_results=5000))
