"""The configuration of a fine-tuning run: frozen, typed, printed and saved with the result."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.domain.errors import BadInput
from fitsense_training.shape import StudentShape


class SftConfig(BaseModel):
    """One recipe. Rates are peaks of a linear schedule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    base: Literal["scratch", "lora", "qlora"] = "scratch"
    shape: StudentShape = StudentShape()
    vocab_size: Annotated[int, Field(ge=512, le=65_536)] = 3000
    tokens_per_step: Annotated[int, Field(ge=64)] = 1024
    epochs: Annotated[int, Field(ge=1, le=100)] = 1
    matrix_rate: Annotated[float, Field(gt=0)] = 6e-3
    other_rate: Annotated[float, Field(gt=0)] = 3e-3
    prompt_loss_weight: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0,
        description="The prompt's weight beside the answer's 1 at first; it falls to 0.",
    )
    repeat_weight: Annotated[float, Field(ge=0, le=10)] = Field(
        default=0.0, description="What it costs to want an exercise again in the same session."
    )
    warm_up_steps: Annotated[int, Field(ge=0)] = 20
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    seed: int = 0
    threads: Annotated[int, Field(ge=1)] = 2
    log_every: Annotated[int, Field(ge=1)] = 10
    checkpoint_every: Annotated[int, Field(ge=1)] = 250

    def fingerprint(self, data: Path) -> str:
        """A hash of everything the weights depend on: this config and the training file."""
        digest = hashlib.sha256(self.model_dump_json().encode())
        with data.open("rb") as source:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


def load_config(path: Path) -> SftConfig:
    """The recipe of a YAML file; BadInput names the field that is wrong."""
    try:
        return SftConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadInput(f"there is no recipe {path}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path} is wrong at {place}: {first['msg']}") from error
