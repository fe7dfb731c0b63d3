"""Everything the registry is to record of a release's student, gathered from the lake."""

from pathlib import Path

from fitsense_assets.lib.durable import is_local
from fitsense_assets.lib.evaluation_plots import curve_plot, overall_plot, slice_plot
from fitsense_assets.lib.evaluation_report import png
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.datasets import EVALUATION as FOR_EVALUATION
from fitsense_assets.lib.registry.datasets import TRAINING, DatasetLink
from fitsense_assets.lib.registry.model_card import ModelFacts, model_card
from fitsense_assets.lib.registry.register import Submission
from fitsense_assets.lib.release.splits import read_funnel
from fitsense_assets.lib.student.measure import (
    GALLERY,
    PAIRS,
    REPORT,
    SCORECARD,
    SPEED,
    read_card,
    read_speed,
)
from fitsense_assets.lib.student.measure import TABLE as EVALUATION
from fitsense_assets.lib.student.train import SPLITS, bundle_folder, read_bundle, read_record
from fitsense_training.scorecard import flat_metrics

FILES = (REPORT, SCORECARD, GALLERY, PAIRS, SPEED)


def experiment_of(base: str) -> str:
    """One experiment for each base, so that its runs can be laid side by side."""
    return f"fitsense-{base}"


def submission_of(lake: Lake, release: str, dagster_run_id: str) -> Submission:
    """The submission of a release that was trained and measured."""
    manifest, record = read_bundle(lake, release), read_record(lake, release)
    card, speed = read_card(lake, release), read_speed(lake, release)
    curves = {name: tuple(points) for name, points in record.curves().items()}
    facts = ModelFacts(
        manifest=manifest,
        record=record.summary(),
        rows=read_funnel(lake, release)["rows_out"],
        card=card,
        speed=speed,
    )
    return Submission(
        release=release,
        experiment=experiment_of(manifest.base),
        cohorts=manifest.cohorts,
        bundle=bundle_folder(lake, release),
        bundle_sha256=manifest.bundle_sha256,
        data_version=manifest.data_version,
        datasets=tuple(_datasets(lake, release, manifest.data_version, facts.rows)),
        params=record.params(),
        metrics={
            **flat_metrics(card),
            **speed,
            "train_cpu_s": record.body["train_cpu_s"],
            **manifest.scores,
        },
        curves=curves,
        tags={
            "dagster_run_id": dagster_run_id,
            "base": manifest.base,
            "rules_version": manifest.rules_version,
            "prompt_version": manifest.prompt_version,
            "wire_version": manifest.wire_version,
            "catalogue_version": manifest.catalogue_version,
        },
        card=model_card(facts),
        reports=_files(lake, release),
        pictures={
            "overall.png": png(overall_plot(card)),
            "slices.png": png(slice_plot(card)),
            "loss.png": png(curve_plot(record.curves())),
        },
    )


def _datasets(
    lake: Lake, release: str, data_version: str, rows: dict[str, int]
) -> tuple[DatasetLink, DatasetLink]:
    """What it learned from and what it was asked: two files of one partition of the lake."""
    folder = lake.folder(SPLITS, release)
    trained = {f"count_{split}": rows[split] for split in ("train", "val")}
    name = f"{SPLITS}/{release}"
    return (
        DatasetLink(name, data_version, str(folder / "train.jsonl"), TRAINING, trained),
        DatasetLink(
            f"{name}/test",
            data_version,
            str(folder / "test.jsonl"),
            FOR_EVALUATION,
            {"count_test": rows["test"]},
        ),
    )


def _files(lake: Lake, release: str) -> tuple[Path, ...]:
    """The files of the evaluation that MLflow's UI opens; none where the lake is remote."""
    folder = lake.folder(EVALUATION, release)
    if not is_local(folder):
        return ()
    known = {entry.name for entry in lake.manifest(EVALUATION, release).files}
    return tuple(Path(str(folder)) / name for name in FILES if name in known)
