"""The bias policy: `bias_policy.yaml`, typed."""

import importlib.resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_assets.lib.slices.measures import MEASURES
from fitsense_assets.lib.slices.policy import Level
from fitsense_training.domain.errors import BadInput

Difference = Annotated[float, Field(gt=0, lt=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Margin(_Frozen):
    """How far below the rest a slice may lie on one measure; None lets everything pass."""

    warn: Difference | None
    block: Difference | None = None
    why: str

    @model_validator(mode="after")
    def _block_is_above_warn(self) -> "Margin":
        if self.block is not None and (self.warn is None or self.block < self.warn):
            raise ValueError("block needs a warn that is not above it")
        return self

    def level(self, shortfall: float) -> Level | None:
        """What a proven shortfall amounts to."""
        if self.block is not None and shortfall > self.block:
            return Level.BLOCK
        return Level.WARN if self.warn is not None and shortfall > self.warn else None


class PresencePolicy(_Frozen):
    """What it amounts to that a slice has less of the training rows than of the population."""

    low: Annotated[float, Field(gt=0, lt=1)]
    high: Annotated[float, Field(gt=1)]
    under: Literal["warn", "block"]
    lost: Literal["warn", "block"]


class BiasPolicy(_Frozen):
    """`bias_policy.yaml`, typed."""

    version: int
    minimum_n: Annotated[int, Field(ge=1)]
    level: Annotated[float, Field(gt=0, lt=1)]
    measures: dict[str, Margin]
    pairs: Literal["warn", "block"]
    presence: PresencePolicy

    @model_validator(mode="after")
    def _every_measure_has_its_margin(self) -> "BiasPolicy":
        odd = sorted({*self.measures} ^ {*MEASURES})
        if odd:
            raise ValueError(f"measures must be {', '.join(MEASURES)}; check {', '.join(odd)}")
        return self


def load_bias_policy(path: Path | None = None) -> BiasPolicy:
    """The policy file, the shipped one by default; BadInput names the field that breaks it."""
    shipped = importlib.resources.files("fitsense_assets.lib.slices")
    source = path or shipped.joinpath("bias_policy.yaml")
    try:
        return BiasPolicy.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError) as error:
        raise BadInput(f"the bias policy {source} cannot be used: {error}") from error
