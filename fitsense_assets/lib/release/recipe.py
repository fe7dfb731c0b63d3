"""How a release is filtered and split: `release.yaml`, typed; a release pins a copy of it."""

import functools
import importlib.resources
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput

Share = Annotated[float, Field(gt=0, le=1)]
Words = Annotated[int, Field(ge=1, le=100)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NearDuplicates(_Frozen):
    """When two prompts are one too many, and how such pairs are found."""

    question_lines: Annotated[tuple[str, ...], Field(min_length=1)]
    words: Words
    jaccard_min: Share
    hashes: Annotated[int, Field(ge=16, le=1024)]
    bands: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _bands_divide_hashes(self) -> Self:
        if self.hashes % self.bands:
            raise ValueError(f"{self.bands} bands do not divide {self.hashes} hashes")
        return self


class HeldOutOverlap(_Frozen):
    """How much of a held-out prompt a row of train may tell."""

    words: Words
    template_share: Share
    template_rows: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    share_max: Share

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        low, high = self.template_rows
        if low > high:
            raise ValueError("template_rows are a least and a most, in this order")
        return self

    def template_above(self, count_rows: int) -> float:
        """The number of rows from which on an n-gram counts as template."""
        low, high = self.template_rows
        return min(max(self.template_share * count_rows, low), high)


class Recipe(_Frozen):
    """Everything that decides which rows of a release are kept, and in which order.

    What a release was pinned without is None.
    """

    shuffle_seed: int
    max_chars: Annotated[int, Field(ge=1)]
    near_duplicates: NearDuplicates
    held_out_overlap: HeldOutOverlap
    short_overlap: HeldOutOverlap | None = None

    @property
    def overlaps(self) -> tuple[HeldOutOverlap, ...]:
        """How train is decontaminated, by long n-grams and by short ones."""
        return tuple(rule for rule in (self.held_out_overlap, self.short_overlap) if rule)


@functools.cache
def default_recipe() -> Recipe:
    """The recipe of `release.yaml`."""
    folder = importlib.resources.files("fitsense_assets.lib.release")
    return parse_recipe(yaml.safe_load(folder.joinpath("release.yaml").read_text("utf-8")))


def parse_recipe(fields: Any) -> Recipe:
    """A recipe from parsed YAML or JSON; BadInput names the field that is wrong."""
    try:
        return Recipe.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise BadInput(f"release recipe: {place} is wrong: {first['msg']}") from error
