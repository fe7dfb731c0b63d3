"""The worst cases as MLflow's own evaluation: one trace a case, with a verdict for each measure.

`mlflow.genai.evaluate` runs offline with code scorers and needs no judge model. It writes a trace
and its assessments row by row, about a second each on sqlite, and loses traces when several
threads do; so it gets the failure gallery, one row at a time, and the tables hold the rest. The
scorers read the verdicts that were measured: nothing is judged twice, and none by a model.
"""

import io
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.registry.store import Registry

if TYPE_CHECKING:
    from mlflow.entities import Feedback

RUN_NAME = "worst cases"
SYSTEMS = ("guarded", "free")
Gallery = list[dict[str, Any]]


def trace_worst(registry: Registry, parent_run_id: str, gallery: Gallery) -> str | None:
    """A run below the student's run with one trace per case; its id, or None without cases."""
    if not gallery:
        return None
    import mlflow
    from mlflow.genai import evaluate

    experiment = str(registry.client.get_run(parent_run_id).info.experiment_id)
    with (
        _quietly_at(registry, experiment),
        mlflow.start_run(run_name=RUN_NAME, tags={"mlflow.parentRunId": parent_run_id}) as run,
    ):
        evaluate(data=[_row(entry) for entry in gallery], scorers=_scorers(gallery))
    return str(run.info.run_id)


@contextmanager
def _quietly_at(registry: Registry, experiment: str) -> Generator[None]:
    """MLflow's fluent interface pointed at this registry, one worker, and put back afterwards.

    It prints where the results are; standard output is for answers.
    """
    import mlflow
    from mlflow.environment_variables import (
        MLFLOW_ENABLE_ASYNC_TRACE_LOGGING,
        MLFLOW_GENAI_EVAL_MAX_WORKERS,
    )

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(registry.uri)
    mlflow.set_experiment(experiment_id=experiment)
    MLFLOW_GENAI_EVAL_MAX_WORKERS.set(1)
    MLFLOW_ENABLE_ASYNC_TRACE_LOGGING.set(False)
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            # MLflow's own type hints and calls of pandas are warned of; they are not ours to mend.
            warnings.simplefilter("ignore")
            yield
    finally:
        MLFLOW_GENAI_EVAL_MAX_WORKERS.unset()
        MLFLOW_ENABLE_ASYNC_TRACE_LOGGING.unset()
        mlflow.set_tracking_uri(before)


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "inputs": {"query_id": entry["query_id"], "prompt": entry["prompt"]},
        "outputs": {system: entry[system]["reply"] for system in SYSTEMS},
        "expectations": {"teacher": entry["teacher"]["reply"]},
    }


def _scorers(gallery: Gallery) -> list[Any]:
    """Raw model and guarded system beside each other, each with the findings as its reason."""
    from mlflow.genai.scorers import scorer

    told = {entry["query_id"]: entry for entry in gallery}
    return [
        scorer(_verdict(told, system, measure), name=f"{system}_{measure}")
        for system in SYSTEMS
        for measure in ("no_finding", "task_done")
    ]


def _verdict(
    told: dict[str, dict[str, Any]], system: str, measure: str
) -> "Callable[[dict[str, Any]], Feedback]":
    def judge(inputs: dict[str, Any]) -> "Feedback":
        from mlflow.entities import Feedback

        found = told[inputs["query_id"]][system]
        if measure == "task_done":
            return Feedback(value=bool(found["is_task_success"]))
        return Feedback(value=not found["rules"], rationale="\n".join(found["findings"]))

    return judge
