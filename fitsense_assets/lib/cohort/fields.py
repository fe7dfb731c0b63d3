"""What the recipe of a cohort is written in: shares, spans, and tables that leave nobody out.

Each kind refuses at its own field, so that the message names the field that is wrong.
"""

import importlib.resources
from collections.abc import Collection, Mapping
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.domain.errors import BadInput

TOLERANCE = 1e-6
Key = TypeVar("Key")
Number = TypeVar("Number", int, float)
Table = TypeVar("Table", bound=Mapping[Any, Any])
Block = TypeVar("Block", bound=BaseModel)


class Frozen(BaseModel):
    """A block of the recipe: no field may be unknown, and no number endless or none at all."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Sourced(Frozen):
    """A block that says where its numbers come from, and with which evidence tag."""

    source: Annotated[str, Field(min_length=1)]
    tag: Annotated[str, Field(pattern="^[VSKH]$")]


def sums_to_one(shares: Mapping[Any, float]) -> None:
    """Refuse shares that do not sum to 1."""
    if abs(sum(shares.values()) - 1) > TOLERANCE:
        raise ValueError(f"the shares must sum to 1, they sum to {sum(shares.values()):.4f}")


def _distribution(shares: dict[Key, float]) -> dict[Key, float]:
    sums_to_one(shares)
    return shares


def _span(ends: tuple[Number, Number]) -> tuple[Number, Number]:
    if ends[0] > ends[1]:
        raise ValueError(f"the range must run from low to high, not from {ends[0]} to {ends[1]}")
    return ends


def complete(names: Collection[str]) -> AfterValidator:
    """A table that has a line for each of these names."""

    def has_all(table: Table) -> Table:
        if absent := [str(name) for name in names if name not in table]:
            raise ValueError(f"there is no line for {', '.join(absent)}: add one")
        return table

    return AfterValidator(has_all)


Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=100)]
Shares = Annotated[dict[Key, Share], AfterValidator(_distribution)]
Span = Annotated[tuple[Number, Number], AfterValidator(_span)]


def parse(block: type[Block], fields: Any, name: str) -> Block:
    """A block from parsed YAML or JSON; BadInput says which field of `name` is wrong, and why."""
    try:
        return block.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the whole"
        raise BadInput(f"{name}: {place} is wrong: {first['msg']}") from error


def read_shipped(name: str) -> Any:
    """The fields of a YAML file beside this module."""
    folder = importlib.resources.files("fitsense_assets.lib.cohort")
    return yaml.safe_load(folder.joinpath(name).read_text("utf-8"))


def shipped(block: type[Block], name: str) -> Block:
    """A block from the YAML file beside this module; BadInput says which field breaks it."""
    return parse(block, read_shipped(name), name)
