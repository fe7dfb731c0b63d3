"""The jobs people look for: a cohort, a release, a student."""

import dagster as dg

from fitsense_assets.defs.partitions import cohorts, releases

build_cohort = dg.define_asset_job(
    "build_cohort",
    selection=dg.AssetSelection.groups("cohort", "teacher"),
    partitions_def=cohorts,
    description="People, what they logged and asked, the teacher's replies and their verdicts.",
)
build_release = dg.define_asset_job(
    "build_release",
    selection=dg.AssetSelection.groups("release", "slices"),
    partitions_def=releases,
    description="Pin cohorts, split them for training, and judge the slices.",
)
train_student = dg.define_asset_job(
    "train_student",
    selection=dg.AssetSelection.groups("student"),
    partitions_def=releases,
    description="Train the student of a release, measure it, register it, promote it with proof.",
)
