"""The anomaly policy: `anomaly_policy.yaml`, typed, and which tolerance judges what."""

import importlib.resources
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput

Share = Annotated[float, Field(ge=0, le=1)]
Index = Annotated[float, Field(ge=0)]


class Level(StrEnum):
    """What a finding does: it is told, or it stops the release."""

    WARN = "WARN"
    BLOCK = "BLOCK"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tolerance(_Frozen):
    """How much of one kind of anomaly is let pass."""

    kind: Literal["missing", "range", "outlier_z", "outlier_iqr", "duplicate"]
    table: str = "*"
    column: str = "*"
    warn: Share
    block: Share | None = None
    why: str

    @model_validator(mode="after")
    def _block_is_above_warn(self) -> "Tolerance":
        if self.block is not None and self.block < self.warn:
            raise ValueError("block must not be below warn")
        return self

    def fits(self, kind: str, table: str, column: str) -> bool:
        """Whether it judges this kind of anomaly in this column."""
        return (
            kind == self.kind
            and fnmatchcase(table, self.table)
            and fnmatchcase(column, self.column)
        )

    def level(self, share: float) -> Level | None:
        """What a share of anomalies amounts to."""
        if self.block is not None and share > self.block:
            return Level.BLOCK
        return Level.WARN if share > self.warn else None


class SchemaChange(_Frozen):
    """What a change of columns amounts to."""

    removed: Literal["warn", "block"]
    changed: Literal["warn", "block"]
    added: Literal["warn", "block"]


class SlicePolicy(_Frozen):
    """What a slice without a single question amounts to."""

    gone: Literal["warn", "block"]
    absent: Literal["warn", "block"]


class ShiftPolicy(_Frozen):
    """What a shift of a distribution amounts to."""

    minimum_n: Annotated[int, Field(ge=1)]
    p_max: Annotated[float, Field(gt=0, lt=1)]
    psi_warn: Index
    psi_block: Index
    js_warn: Index
    js_block: Index


class AnomalyPolicy(_Frozen):
    """`anomaly_policy.yaml`, typed."""

    version: int
    minimum_n: Annotated[int, Field(ge=1)]
    tolerances: tuple[Tolerance, ...]
    schema_change: SchemaChange
    missing_slice: SlicePolicy
    shift: ShiftPolicy

    def tolerance(self, kind: str, table: str, column: str) -> Tolerance | None:
        """The first tolerance that fits; None lets everything pass."""
        return next((t for t in self.tolerances if t.fits(kind, table, column)), None)


def load_anomaly_policy(path: Path | None = None) -> AnomalyPolicy:
    """The policy file, the shipped one by default; BadInput names the field that breaks it."""
    shipped = importlib.resources.files("fitsense_assets.lib.slices")
    source = path or shipped.joinpath("anomaly_policy.yaml")
    try:
        return AnomalyPolicy.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError) as error:
        raise BadInput(f"the anomaly policy {source} cannot be used: {error}") from error
