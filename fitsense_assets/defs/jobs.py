"""The jobs people look for: a cohort, a release, a student, and all that follows from new content.

Each has a launchpad with defaults; what a field means stands in the config class of its asset.
"""

import dagster as dg

from fitsense_assets.lib.student.train import DEFAULT_RECIPE

DAY_S = 24 * 3600
TAGS = {"dagster/max_runtime": str(DAY_S)}

COHORT = dg.AssetSelection.groups("cohort", "teacher")
RELEASE = dg.AssetSelection.groups("release", "slices")
STUDENT = dg.AssetSelection.groups("student")

build_cohort = dg.define_asset_job(
    "build_cohort",
    selection=COHORT,
    config={"ops": {"profiles": {"config": {"users": 1000, "lookback_days": 90}}}},
    description=(
        "People, what they logged and asked, the teacher's replies and their verdicts. Add a "
        "partition such as c0003 in the launch dialog; a range is built in one run."
    ),
)
build_release = dg.define_asset_job(
    "build_release",
    selection=RELEASE,
    config={"ops": {"release_manifest": {"config": {"cohorts": [], "reason": "made from the UI"}}}},
    description=(
        "Pin cohorts, split them for training, and judge the slices. Add a partition such as "
        "r0002 in the launch dialog; with no cohorts named it holds all that are reviewed."
    ),
)
train_student = dg.define_asset_job(
    "train_student",
    selection=STUDENT,
    config={"ops": {"student_checkpoint": {"config": {"recipe": DEFAULT_RECIPE}}}},
    tags=TAGS,
    description="Train the student of a release, measure it, register it, promote it with proof.",
)
evaluate_and_promote = dg.define_asset_job(
    "evaluate_and_promote",
    selection=dg.AssetSelection.assets("student_evaluation", "registered_student"),
    description=(
        "Measure a trained student again and judge it by today's policy. Whether it became the "
        "champion, and why not, stands in the metadata of registered_student. Choose a trained "
        "release; there is nothing else to set."
    ),
)
retrain = dg.define_asset_job(
    "retrain",
    selection=RELEASE | STUDENT,
    config={
        "ops": {
            "release_manifest": {"config": {"cohorts": [], "reason": "made from the UI"}},
            "student_checkpoint": {"config": {"recipe": DEFAULT_RECIPE}},
        }
    },
    tags=TAGS,
    description=(
        "From pinned cohorts to a judged student in one run: what the sensor "
        "retrain_on_changed_content asks for when there is something new to learn."
    ),
)
