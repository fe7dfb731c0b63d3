"""Numbers that say where they come from: the small shapes every rules file is made of.

Tags: V read in the source, S in a secondary summary, K common knowledge, H our own heuristic.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.vocabulary import ExperienceLevel

Range = tuple[int, int]
"""A closed range of whole numbers."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Tag = Literal["V", "S", "K", "H"]
"""Read in the source, in a secondary summary, common knowledge, our own heuristic."""


class Sourced(_Frozen):
    """Anything with numbers says where they come from, and how well that is known."""

    source: Annotated[str, Field(min_length=3)]
    tag: Tag


class Value(Sourced):
    """One number."""

    value: float


class LowHigh(Sourced):
    """A closed range."""

    low: float
    high: float


class ByLevel(Sourced):
    """One whole number per experience level."""

    novice: int
    intermediate: int
    advanced: int

    def at(self, level: ExperienceLevel) -> int:
        """The number for a level."""
        return {
            ExperienceLevel.NOVICE: self.novice,
            ExperienceLevel.INTERMEDIATE: self.intermediate,
            ExperienceLevel.ADVANCED: self.advanced,
        }[level]
