"""The student's assets: trained on a release, measured against its teacher, put on record."""

from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.evaluation_plots import curve_plot, overall_plot, slice_plot
from fitsense_assets.lib.evaluation_report import picture_markdown
from fitsense_assets.lib.evaluation_tables import overall_markdown
from fitsense_assets.lib.registry.policy import load_policy
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.measure import (
    REPORT,
    TABLE,
    read_cases,
    speed_figures,
    write_evaluation,
)
from fitsense_assets.lib.student.submission import submission_of
from fitsense_assets.lib.student.submit import Office, submit
from fitsense_assets.lib.student.train import (
    DEFAULT_RECIPE,
    open_bundle,
    open_folder,
    read_record,
    train_release,
)
from fitsense_training.evaluate import EvaluationConfig, evaluate, pick_cases
from fitsense_training.registration import MODEL

GROUP = "student"
OWNERS = ["team:fitsense"]


class StudentRun(dg.Config):
    """How the student is trained."""

    recipe: str = Field(
        default=DEFAULT_RECIPE, description="A file of fitsense_training/configs, without .yaml."
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"pytorch", "onnx"},
    owners=OWNERS,
    code_version="4",
    deps=["sft_splits", "anomaly_report", "bias_report"],
)
def student_checkpoint(
    context: dg.AssetExecutionContext, config: StudentRun, home: Home
) -> dg.MaterializeResult:
    """The student bundle: weights, tokenizer, ONNX and versions, with a sha256 for every file.

    An interrupted training goes on from its last checkpoint.
    """
    release = context.partition_key
    manifest = train_release(home.settings, home.lake, release, config.recipe)
    record = read_record(home.lake, release)
    return dg.MaterializeResult(
        metadata={
            **record.summary(),
            "loss": dg.MetadataValue.md(picture_markdown(curve_plot(record.curves()), "loss")),
            "path": dg.MetadataValue.path(str(home.lake.folder("student_checkpoint", release))),
        },
        data_version=dg.DataVersion(manifest.version),
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"onnx", "python"},
    owners=OWNERS,
    code_version="1",
    deps=["student_checkpoint", "sft_splits"],
)
def student_evaluation(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Student and teacher on the same held-out requests: free, under the grammar, and guarded."""
    lake, release = home.lake, context.partition_key
    cases = pick_cases(read_cases(lake, release), EvaluationConfig())
    evaluation = evaluate(open_bundle(lake, release), cases)
    speed = speed_figures(evaluation.speed)
    manifest, card = write_evaluation(lake, release, evaluation, speed)
    report = str(lake.folder(TABLE, release) / REPORT)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            "shares": dg.MetadataValue.md(overall_markdown(card)),
            "overall": dg.MetadataValue.md(picture_markdown(overall_plot(card), "overall")),
            "slices": dg.MetadataValue.md(picture_markdown(slice_plot(card), "slices")),
            "report": dg.MetadataValue.path(report),
            **speed,
        },
        data_version=dg.DataVersion(manifest.version),
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"mlflow"},
    owners=OWNERS,
    code_version="1",
    deps=["student_checkpoint", "student_evaluation", "release_manifest"],
)
def registered_student(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """The MLflow version of a release's student, and whether it became the champion, and why."""
    lake, registry = home.lake, Registry.of(home.settings)
    office = Office(lake, registry, load_policy(), open_folder, datetime.now(tz=UTC))
    submission = submission_of(lake, context.partition_key, context.run_id)
    judged = submit(office, submission)
    return dg.MaterializeResult(
        metadata={
            "model": f"{MODEL} version {judged.registered.version}",
            "outcome": str(judged.outcome),
            "reasons": dg.MetadataValue.md("\n".join(f"- {line}" for line in judged.reasons)),
            "champion": judged.champion or "none",
            "mlflow_run": judged.registered.run_id,
        },
        data_version=dg.DataVersion(judged.manifest.version),
    )
