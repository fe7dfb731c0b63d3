"""What a benchmark says: one goal, what was measured, and whether it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fitsense_training.settings import Settings


@dataclass(frozen=True)
class Measured:
    """One figure against its goal; `figures` are the raw numbers for machines."""

    text: str
    holds: bool
    figures: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Goal:
    """One row of the goals: its id, its target in words, and how it is measured."""

    id: str
    target: str
    measure: Callable[[Settings], Measured]
