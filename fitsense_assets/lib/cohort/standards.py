"""Standards: strength in single exercises and at single ages, from `standards.yaml`."""

import functools
from typing import Annotated

from pydantic import AfterValidator, Field

from fitsense_assets.lib.cohort.fields import Frozen, Share, Sourced, shipped
from fitsense_training.domain.catalogue import load_catalogue


def _are_exercises(shares: dict[str, float]) -> dict[str, float]:
    if unknown := sorted(name for name in shares if name not in load_catalogue()):
        raise ValueError(f"{unknown[0]} is no exercise of the catalogue: take it out")
    return shares


class OfExercises(Sourced):
    """Strength in an exercise as a share of what its pattern and implement lead to."""

    shares: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=5)]], AfterValidator(_are_exercises)
    ]


class OfMinors(Sourced):
    """Strength for the same body weight as a share of an adult's, at 13, 14, 15, 16 and 17."""

    shares: tuple[Share, Share, Share, Share, Share]


class Standards(Frozen):
    """`standards.yaml`, typed."""

    exercises: OfExercises
    minors: OfMinors


@functools.cache
def load_standards() -> Standards:
    """The tables as shipped; BadInput names the field that breaks them."""
    return shipped(Standards, "standards.yaml")
