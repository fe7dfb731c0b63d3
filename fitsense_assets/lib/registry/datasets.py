"""The link from a run to the data it learned from or was asked: where it lies and its hash."""

import json
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput
    from mlflow.types import Schema

TRAINING = "training"
EVALUATION = "evaluation"
CHAT = "messages"
REQUEST = "request"


@dataclass(frozen=True)
class DatasetLink:
    """A dataset by name, content hash and place; `context` says what it was for."""

    name: str
    digest: str
    source: str
    context: str
    profile: dict[str, int] = field(default_factory=dict[str, int])
    layout: str = CHAT


def dataset_input(link: DatasetLink) -> "DatasetInput":
    """What MLflow records of a dataset: `mlflow.data` resolves the source and writes the schema.

    The rows stay in the lake; only their layout and how many there are is told.
    """
    from mlflow.data.dataset_source_registry import resolve_dataset_source
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.entities import Dataset, DatasetInput, InputTag

    with warnings.catch_warnings():
        # MLflow registers its own source of local files twice, and warns that there are two.
        warnings.filterwarnings("ignore", message="The specified dataset source can be interpreted")
        source = resolve_dataset_source(link.source)
    told = MetaDataset(source, name=link.name, digest=link.digest, schema=_schema(link)).to_dict()
    dataset = Dataset(
        name=told["name"],
        digest=told["digest"],
        source_type=told["source_type"],
        source=told["source"],
        schema=told["schema"],
        profile=json.dumps(link.profile, sort_keys=True),
    )
    return DatasetInput(dataset, tags=[InputTag("mlflow.data.context", link.context)])


def _schema(link: DatasetLink) -> "Schema":
    """The columns of a chat file, or of the evaluation prompts."""
    from mlflow.types import ColSpec, DataType, Schema
    from mlflow.types.schema import Array, Object, Property

    if link.layout == CHAT:
        turn = Object([Property(name, DataType.string) for name in ("role", "content")])
        return Schema([ColSpec(Array(turn), CHAT)])
    names = ("query_id", "kind", "prompt", "request_json", "reference_reply")
    return Schema([ColSpec(DataType.string, name) for name in names])
