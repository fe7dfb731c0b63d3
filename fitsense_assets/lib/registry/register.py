"""Putting a trained student on record: one MLflow run, one model version, all links in place.

Idempotent: the same bundle of the same release keeps its version, whoever asks how often.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from fitsense_assets.lib.registry.datasets import DatasetLink, dataset_input
from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.registration import CHALLENGER, MODEL, VersionTag
from fitsense_training.storage import telling_full

MODEL_SOURCE = "bundle"
Curves = dict[str, tuple[tuple[int, float], ...]]
EVALUATION = "evaluation"
MODEL_CARD = "model_card.md"
NOTE = "mlflow.note.content"  # what the UI shows as the description of a run
DESCRIPTION_MAX_CHARS = 5000
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
    datasets: tuple[DatasetLink, ...]
    params: dict[str, str]
    metrics: dict[str, float]
    curves: Curves
    tags: dict[str, str] = field(default_factory=dict[str, str])
    card: str = ""
    reports: tuple[Path, ...] = ()
    pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True)
class Registered:
    """The version on record, and whether this call made it."""

    version: str
    run_id: str
    is_new: bool


def register_student(registry: Registry, submission: Submission) -> Registered:
    """Record a student and make it the challenger; an equal one keeps its version.

    Two at once wait for each other, so that both find the same version.

    Raises:
        OutOfSpace: there is no room for the bundle; no version points to what was written.
    """
    lease = hold_lease(registry.registration_lease, waits=True)
    with telling_full(f"the student of {submission.release} into the registry"), lease:
        return _find(registry, submission) or _register(registry, submission)


def _register(registry: Registry, submission: Submission) -> Registered:
    registry.ensure_model()
    run_id = _record_run(registry, submission)
    run = registry.client.get_run(run_id)
    version = registry.client.create_model_version(
        MODEL,
        source=f"{run.info.artifact_uri}/{MODEL_SOURCE}",
        run_id=run_id,
        description=_describe(submission)[:DESCRIPTION_MAX_CHARS],
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
        NOTE: _describe(submission),
    }
    experiment = registry.experiment_id(submission.experiment)
    _close_abandoned(registry, experiment, submission)
    run = client.create_run(experiment, tags=tags, run_name=submission.release)
    run_id = str(run.info.run_id)
    status = "FAILED"
    try:
        _log_numbers(registry, run_id, submission)
        client.log_inputs(run_id, datasets=[dataset_input(link) for link in submission.datasets])
        client.log_artifacts(run_id, str(submission.bundle), MODEL_SOURCE)
        _log_evaluation(registry, run_id, submission)
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
    from mlflow.entities import Param

    params = [Param(key, value[:6000]) for key, value in sorted(submission.params.items())]
    registry.client.log_batch(run_id, params=params)
    log_metrics(registry, run_id, submission.metrics, submission.curves)


def log_metrics(
    registry: Registry, run_id: str, figures: dict[str, float], curves: Curves | None = None
) -> None:
    """Log figures at step 0 and curves step by step, in batches that MLflow takes."""
    from mlflow.entities import Metric

    points = [(name, 0, value) for name, value in sorted(figures.items())]
    for name, curve in sorted((curves or {}).items()):
        points += [(name, step, value) for step, value in curve]
    # The step is the clock: a run of the same student has the same metrics.
    metrics = [Metric(_plain(name), value, step, step) for name, step, value in points]
    for start in range(0, len(metrics), BATCH_METRICS):
        registry.client.log_batch(run_id, metrics=metrics[start : start + BATCH_METRICS])


def _plain(name: str) -> str:
    """A metric's name in the letters MLflow takes: `65+` becomes `65_`."""
    return re.sub(r"[^A-Za-z0-9_./ -]", "_", name)


def _log_evaluation(registry: Registry, run_id: str, submission: Submission) -> None:
    """Report, figures, gallery and pictures, as files that the UI opens; and the model card."""
    for report in submission.reports:
        registry.client.log_artifact(run_id, str(report), EVALUATION)
    with TemporaryDirectory() as folder:
        for name, body in submission.pictures.items():
            (Path(folder) / name).write_bytes(body)
        if submission.pictures:
            registry.client.log_artifacts(run_id, folder, EVALUATION)
    if submission.card:
        registry.client.log_text(run_id, submission.card, MODEL_CARD)


def _describe(submission: Submission) -> str:
    """The model card, or one sentence where there is none."""
    if submission.card:
        return submission.card
    cohorts = ", ".join(submission.cohorts)
    return (
        f"Student of release {submission.release}, trained on cohorts {cohorts} "
        f"(data version {submission.data_version})."
    )
