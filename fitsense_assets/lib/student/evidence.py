"""Later evidence on a registered student: a full evaluation beside its run, open to the UI.

The run is finished and stays so; MLflow takes metrics, artifacts and inputs of a finished run, and
the version's tags say which prompts it was asked.
"""

import json
from pathlib import Path

from fitsense_assets.lib.durable import is_local
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set.store import TABLE as PROMPTS
from fitsense_assets.lib.registry.datasets import EVALUATION, REQUEST, DatasetLink, dataset_input
from fitsense_assets.lib.registry.register import log_metrics
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.full import TABLE, FullEvaluation
from fitsense_assets.lib.student.measure import GALLERY
from fitsense_assets.lib.student.traces import trace_worst
from fitsense_training.domain.errors import BadInput
from fitsense_training.registration import MODEL, VersionTag

FOLDER = "full_evaluation"


def record_evaluation(registry: Registry, lake: Lake, found: FullEvaluation) -> None:
    """Log a full evaluation to the run of the student's version.

    Raises:
        BadInput: the student is not registered.
    """
    number = found.subject.version
    if number is None:
        raise BadInput("this student is not registered: materialize registered_student first")
    run_id, client = str(registry.version(number).run_id), registry.client
    asked = found.card["prompts"]
    source = str(lake.folder(PROMPTS, asked["key"]))
    link = DatasetLink(
        name=f"{PROMPTS}/{asked['key']}",
        digest=asked["sha"],
        source=source,
        context=EVALUATION,
        profile={"count": asked["count"], "count_seen": asked["count_seen"] or 0},
        layout=REQUEST,
    )
    client.log_inputs(run_id, datasets=[dataset_input(link)])
    log_metrics(registry, run_id, found.metrics())
    folder = lake.folder(TABLE, found.subject.key)
    for entry in found.manifest.files if is_local(folder) else ():
        if not entry.name.endswith(".parquet"):
            client.log_artifact(run_id, str(Path(str(folder)) / entry.name), FOLDER)
    trace_worst(registry, run_id, json.loads(lake.read_text(TABLE, found.subject.key, GALLERY)))
    client.set_model_version_tag(MODEL, number, VersionTag.EVALUATION_PROMPTS, asked["sha"])
