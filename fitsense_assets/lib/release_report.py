"""The figures of a release in one place: dataset, slices, student beside teacher, decision."""

import json
from typing import Any

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.manifest import Pins, read_pins
from fitsense_assets.lib.student.measure import TABLE as EVALUATION
from fitsense_assets.lib.student.measure import read_card, read_speed
from fitsense_assets.lib.student.submit import REGISTRATION
from fitsense_assets.lib.student.submit import TABLE as REGISTERED
from fitsense_assets.lib.student.train import TABLE as CHECKPOINT
from fitsense_assets.lib.student.train import read_bundle, read_record
from fitsense_training.domain.errors import UnknownName
from fitsense_training.scorecard import flat_metrics

Figures = dict[str, Any]


def newest_release(lake: Lake) -> str:
    """The newest release that has a manifest; UnknownName when there is none."""
    keys = lake.keys("release_manifest")
    if not keys:
        raise UnknownName("there is no release yet: run `make demo`, or `fitsense release create`")
    return keys[-1]


def release_figures(lake: Lake, release: str) -> Figures:
    """Every figure there is by now; a stage that has not run leaves its figures out.

    Shares are 0-1. Names with dots follow `system.measure` and `slices.<dimension>.<value>....`.
    """
    pins = read_pins(lake, release)
    cohorts = list(pins.cohorts)
    figures: Figures = {"release": release, "cohorts": cohorts, **_dataset(lake, release, pins)}
    if lake.exists(CHECKPOINT, release):
        manifest = read_bundle(lake, release)
        figures |= {
            "student": read_record(lake, release).summary(),
            "bundle_sha256": manifest.bundle_sha256,
            "rules_version": manifest.rules_version,
        }
    if lake.exists(EVALUATION, release):
        speed = read_speed(lake, release)
        figures |= flat_metrics(read_card(lake, release)) | speed
        figures["latency_ms_p50"] = speed["guarded.latency_ms_p50"]
    if lake.exists(REGISTERED, release):
        figures["decision"] = json.loads(lake.read_text(REGISTERED, release, REGISTRATION))
    return figures


def _dataset(lake: Lake, release: str, pins: Pins) -> Figures:
    asked = accepted = 0
    for cohort in pins.cohorts:
        verdicts = lake.read_frame("reviewed_responses", cohort, ["is_accepted"])
        asked += verdicts.height
        accepted += int(verdicts["is_accepted"].sum())
    figures: Figures = {"n_asked": asked, "teacher_accept_rate": accepted / asked if asked else 0.0}
    if not lake.exists("sft_splits", release):
        return figures
    folder = lake.folder("sft_splits", release)
    for split in SPLITS:
        with (folder / f"{split}.parquet").open("rb") as source:
            figures[f"n_{split}"] = pl.read_parquet(source, columns=["query_id"]).height
    return figures
