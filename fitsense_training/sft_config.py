"""The configuration of a fine-tuning run: frozen, typed, printed and saved with the result."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput
from fitsense_training.shape import StudentShape


def _is_unset(value: object) -> bool:
    return value is None


class LoraRecipe(BaseModel):
    """Which pretrained model a `lora` or `qlora` student begins with, and the adapter put on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, Field(min_length=1)] = Field(
        description="A folder with a Hugging Face checkpoint, or the name of one fetched before."
    )
    revision: str | None = Field(default=None, description="A commit or tag of a fetched model.")
    rank: Annotated[int, Field(ge=1, le=512)] = 16
    alpha: Annotated[int, Field(ge=1, le=1024)] = 32
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    targets: Literal["all-linear"] | tuple[str, ...] = Field(
        default="all-linear", description="The layers that get an adapter, by name."
    )
    rate: Annotated[float, Field(gt=0)] = 2e-4
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    max_tokens: Annotated[int, Field(ge=64, le=32_768)] = Field(
        default=2048, description="Longest conversation; prompt and answer must fit when served."
    )
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32", description="Of the frozen weights; the adapter is float32."
    )
    is_recomputed: bool = Field(
        default=False, description="Recompute activations: a third more time, far less memory."
    )


class SftConfig(BaseModel):
    """One recipe. Rates are peaks of a linear schedule.

    A field that came later stays out of every dump while it is unset, so that the fingerprint of
    an older recipe stays what it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    base: Literal["scratch", "lora", "qlora"] = "scratch"
    shape: StudentShape = StudentShape()
    vocab_size: Annotated[int, Field(ge=512, le=65_536)] = 3000
    tokens_per_step: Annotated[int, Field(ge=64)] = 1024
    epochs: Annotated[int, Field(ge=1, le=100)] = 1
    most_tokens: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        exclude_if=_is_unset,
        description="Where a run ends that would read more; all of the data where unset.",
    )
    spelled_out_tokens: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        exclude_if=_is_unset,
        description="Read first, of changes in which what stays is written out: to copy is learned "
        "there.",
    )
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
    device: Literal["cpu", "cuda"] | None = Field(
        default=None, exclude_if=_is_unset, description="cpu where unset."
    )
    lora: LoraRecipe | None = Field(default=None, exclude_if=_is_unset)

    @model_validator(mode="after")
    def _fits_its_base(self) -> Self:
        if (self.lora is None) != (self.base == "scratch"):
            raise ValueError("a lora section belongs to the bases lora and qlora, and only there")
        if self.base == "qlora" and self.device != "cuda":
            raise ValueError("the base qlora needs device: cuda")
        if self.lora is not None and self.repeat_weight:
            raise ValueError(
                "repeat_weight needs exercises that are single tokens: leave it out of this base"
            )
        return self

    @property
    def max_tokens(self) -> int:
        """The longest conversation that is learned from."""
        return self.shape.max_tokens if self.lora is None else self.lora.max_tokens

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
        place = ".".join(str(part) for part in first["loc"]) or "its base"
        raise BadInput(f"{path} is wrong at {place}: {first['msg']}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path} is no YAML: {error}") from error
