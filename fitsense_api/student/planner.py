"""The one port every writer of plans stands behind, and what it hands over.

A planner proposes; it is never believed. What it proposes goes through the guard, and where it
fails the reference coach answers.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fitsense_api.boundary import Failure
from fitsense_api.student.served import ModelOrigin
from fitsense_training.domain.request import PlanRequest


class Trouble(StrEnum):
    """Why the service is not at its best."""

    REGISTRY_UNREACHABLE = "registry_unreachable"
    BUNDLE_REFUSED = "bundle_refused"
    STUDENT_STUCK = "student_stuck"
    GUARD_STUCK = "guard_stuck"
    BREAKER_OPEN = "breaker_open"
    SWITCHED_TO_COACH = "switched_to_coach"
    SWITCH_UNREADABLE = "switch_unreadable"
    LINE_FULL = "line_full"
    STOPPING = "stopping"


class Stage(StrEnum):
    """How far an answer is."""

    QUEUED = "queued"
    WRITING = "writing"
    CHECKING = "checking"


class Watcher(Protocol):
    """Somebody who is told how far an answer is, on the event loop."""

    def note(self, stage: Stage, count_tokens: int = 0) -> None:
        """The answer has come this far."""
        ...


class Nobody:
    """Watches nothing."""

    def note(self, stage: Stage, count_tokens: int = 0) -> None:
        """Look away."""


class PlannerKind(StrEnum):
    """Who proposes."""

    STUDENT = "student"
    REMOTE = "remote"
    COACH = "coach"


@dataclass(frozen=True)
class Proposal:
    """A reply nobody has checked yet, and the model it is from (None for the coach)."""

    reply: str
    origin: ModelOrigin | None


class Planner(Protocol):
    """Writes proposals. It never raises for what its model does: it returns a Failure."""

    kind: PlannerKind

    @property
    def origin(self) -> ModelOrigin | None:
        """The model that would write now; None where there is none."""
        ...

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What stands in the way of its best."""
        ...

    async def propose(
        self, request: PlanRequest, timeout_s: float, watcher: Watcher
    ) -> Proposal | Failure:
        """A reply within the time, or why there is none."""
        ...

    async def close(self) -> None:
        """Take no more requests; what was accepted is finished first."""
        ...
