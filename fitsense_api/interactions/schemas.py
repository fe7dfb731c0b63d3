"""What reviewers look for among the answers of models, and what they see of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.db.models.interactions import ContextType, Outcome
from fitsense_api.paging import PageOf
from fitsense_api.plans.schemas import Planner
from fitsense_training.guard import GuardPath


@dataclass(frozen=True)
class Wanted:
    """What is looked for; None asks nothing."""

    planner: Planner | None = None
    guard_path: GuardPath | None = None
    outcome: Outcome | None = None
    finding: str | None = None
    model_version: str | None = None


@dataclass(frozen=True)
class Span:
    """From a moment on, up to but without another; None is open."""

    first: datetime | None = None
    until: datetime | None = None


class InteractionView(BaseModel):
    """One answer and under what it was given; not whose it was, and nobody's words."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    created_at: datetime
    context_type: ContextType
    planner: Planner | None = Field(description="Who wrote what was shown.")
    guard_path: GuardPath = Field(description="The step the answer left the guard at.")
    outcome: Outcome
    findings: tuple[str, ...] = Field(description="Rules it still bent when it was shown.")
    model_version: str | None
    release: str | None
    prompt_version: str
    rules_version: str
    catalogue_version: str
    latency_ms: int | None
    request_id: str = Field(description="Of the request, as in the log.")


InteractionPage = PageOf[InteractionView]

EXAMPLE: Final[dict[str, Any]] = {
    "items": [
        {
            "id": "019cadbb-5a00-7a3b-9d6e-2f1c5b8a4e70",
            "created_at": "2026-03-02T09:00:00Z",
            "context_type": "plan",
            "planner": "student",
            "guard_path": "repaired",
            "outcome": "proposed",
            "findings": ["VOL04"],
            "model_version": "3",
            "release": "r0003",
            "prompt_version": "4",
            "rules_version": "4d2331b55e",
            "catalogue_version": "9f0c1a77d2",
            "latency_ms": 48,
            "request_id": "9f2d6c0b1e3a4857",
        }
    ],
    "next_cursor": None,
}
