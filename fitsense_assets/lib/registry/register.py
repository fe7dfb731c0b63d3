"""Putting a trained student on record: one MLflow run, one model version, all links in place.

Idempotent: the same bundle of the same release keeps its version, whoever asks how often.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fitsense_assets.lib.registry.store import Registry
from fitsense_training.registration import CHALLENGER, MODEL, VersionTag

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

MODEL_SOURCE = "bundle"
BATCH_METRICS = 900  # MLflow takes at most 1,000 metrics a call


@dataclass(frozen=True)
class Submission:
    """Everything a run and a version record of one student."""

    release: str
    experiment: str
    cohorts: tuple[str, ...]
    bundle: Path
    bundle_sha256: str
    data_version: str
    data_source: str
    data_profile: dict[str, int]
    params: dict[str, str]
    metrics: dict[str, float]
    curves: dict[str, tuple[tuple[int, float], ...]]
    tags: dict[str, str] = field(default_factory=dict[str, str])
    reports: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Registered:
    """The version on record, and whether this call made it."""

    version: str
    run_id: str
    is_new: bool


def register_student(registry: Registry, submission: Submission) -> Registered:
    """Record a student and make it the challenger; an equal one keeps its version."""
    known = _find(registry, submission)
    if known is not None:
        return known
    registry.ensure_model()
    run_id = _record_run(registry, submission)
    run = registry.client.get_run(run_id)
    version = registry.client.create_model_version(
        MODEL,
        source=f"{run.info.artifact_uri}/{MODEL_SOURCE}",
        run_id=run_id,
        description=_describe(submission),
        tags={
            VersionTag.RELEASE: submission.release,
            VersionTag.COHORTS: ",".join(submission.cohorts),
            VersionTag.BUNDLE: submission.bundle_sha256,
        },
    )
    number = str(version.version)
    registry.client.set_registered_model_alias(MODEL, CHALLENGER, number)
    return Registered(number, run_id, is_new=True)


def _find(registry: Registry, submission: Submission) -> Registered | None:
    wanted = (submission.release, submission.bundle_sha256)
    for version in registry.versions():
        tags = version.tags
        if (tags.get(VersionTag.RELEASE), tags.get(VersionTag.BUNDLE)) == wanted:
            return Registered(str(version.version), str(version.run_id), is_new=False)
    return None


def _record_run(registry: Registry, submission: Submission) -> str:
    """A finished run; one that fails half-way is marked FAILED and holds no version."""
    client = registry.client
    tags = {
        **submission.tags,
        "release": submission.release,
        "cohorts": ",".join(submission.cohorts),
        "data_version": submission.data_version,
        "bundle_sha256": submission.bundle_sha256,
    }
    experiment = registry.experiment_id(submission.experiment)
    _close_abandoned(registry, experiment, submission)
    run = client.create_run(experiment, tags=tags, run_name=submission.release)
    run_id = str(run.info.run_id)
    status = "FAILED"
    try:
        _log_numbers(registry, run_id, submission)
        client.log_inputs(run_id, datasets=[_dataset(submission)])
        client.log_artifacts(run_id, str(submission.bundle), MODEL_SOURCE)
        for report in submission.reports:
            client.log_artifact(run_id, str(report), "evaluation")
        status = "FINISHED"
    finally:
        client.set_terminated(run_id, status)
    return run_id


def _close_abandoned(registry: Registry, experiment: str, submission: Submission) -> None:
    """Mark the runs that a killed registration of the same bundle left open."""
    query = (
        f"tags.bundle_sha256 = '{submission.bundle_sha256}' "
        f"and tags.release = '{submission.release}' and attributes.status = 'RUNNING'"
    )
    for run in registry.client.search_runs([experiment], query):
        registry.client.set_terminated(str(run.info.run_id), "KILLED")


def _log_numbers(registry: Registry, run_id: str, submission: Submission) -> None:
    from mlflow.entities import Metric, Param

    params = [Param(key, value[:6000]) for key, value in sorted(submission.params.items())]
    points = [(name, 0, value) for name, value in sorted(submission.metrics.items())]
    for name, curve in sorted(submission.curves.items()):
        points += [(name, step, value) for step, value in curve]
    # The step is the clock: a run of the same student has the same metrics.
    metrics = [Metric(_plain(name), value, step, step) for name, step, value in points]
    registry.client.log_batch(run_id, params=params)
    for start in range(0, len(metrics), BATCH_METRICS):
        registry.client.log_batch(run_id, metrics=metrics[start : start + BATCH_METRICS])


def _plain(name: str) -> str:
    """A metric's name in the letters MLflow takes: `65+` becomes `65_`."""
    return re.sub(r"[^A-Za-z0-9_./ -]", "_", name)


def _dataset(submission: Submission) -> "DatasetInput":
    """The link to the data a student was trained on: where it lies and its content hash."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(
        name=f"sft_splits/{submission.release}",
        digest=submission.data_version,
        source_type="local",
        source=json.dumps({"uri": submission.data_source}),
        profile=json.dumps(submission.data_profile),
    )
    return DatasetInput(dataset, tags=[InputTag("mlflow.data.context", "training")])


def _describe(submission: Submission) -> str:
    cohorts = ", ".join(submission.cohorts)
    return (
        f"Student of release {submission.release}, trained on cohorts {cohorts} "
        f"(data version {submission.data_version})."
    )
