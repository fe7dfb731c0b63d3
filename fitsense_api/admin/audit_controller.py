"""The audit log for operators: page through it, and hold its chain."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.db.unit import Units
from fitsense_api.errors import ADMIN_PROBLEMS
from fitsense_api.model.guards import requires_operator
from fitsense_api.operations.chain import Entry
from fitsense_api.operations.repository import read_back, verify
from fitsense_api.paging import Limit

POSITION_MAX = 2**63 - 1
Before = Annotated[
    int | None,
    QueryParameter(ge=1, le=POSITION_MAX, description="Entries below this place alone."),
]


class AuditView(BaseModel):
    """One entry: who did what, when, and how it went; ids and states, nobody's words."""

    model_config = ConfigDict(frozen=True)

    position: int
    id: UUID
    at: datetime
    user_id: UUID | None = Field(description="Whose account it was about.")
    actor: str
    action: str
    outcome: str
    request_id: str
    facts: dict[str, str]
    previous_hash: str
    entry_hash: str


class AuditPage(BaseModel):
    """Entries, the newest first."""

    model_config = ConfigDict(frozen=True)

    items: tuple[AuditView, ...]
    next_before: int | None = Field(description="Ask with this for older ones; null at the end.")


class AuditVerdict(BaseModel):
    """Whether the chain holds; note the last hash elsewhere to hold a later log against it."""

    model_config = ConfigDict(frozen=True)

    holds: bool
    count_entries: int = Field(description="So many hold, from the first one on.")
    last_hash: str
    trouble: str | None


class AuditController(Controller):
    """For operators and admins alone."""

    path = "/v1/admin/audit"
    tags = ("admin",)
    guards = (requires_operator,)
    security = ({"operatorToken": []},)
    responses = ADMIN_PROBLEMS

    @get(operation_id="ListAuditEntries", summary="What was done")
    async def show(
        self, units: NamedDependency[Units], before: Before = None, limit: Limit = 20
    ) -> AuditPage:
        """Entries of everybody, the newest first."""
        async with units.begin(writes=False) as unit:
            found = await read_back(unit, before, limit + 1)
        shown = tuple(_view(entry) for entry in found[:limit])
        return AuditPage(
            items=shown, next_before=shown[-1].position if len(found) > limit else None
        )

    @get("/verdict", operation_id="VerifyAudit", summary="Whether the log holds")
    async def verdict(self, units: NamedDependency[Units]) -> AuditVerdict:
        """The whole chain, read from its first entry."""
        async with units.begin(writes=False) as unit:
            found = await verify(unit)
        return AuditVerdict(
            holds=found.trouble is None,
            count_entries=found.count_entries,
            last_hash=found.last_hash.hex(),
            trouble=found.trouble,
        )


def _view(entry: Entry) -> AuditView:
    event, link = entry.event, entry.link
    return AuditView(
        position=link.position,
        id=entry.id,
        at=entry.at,
        user_id=event.user_id,
        actor=event.actor,
        action=event.action,
        outcome=event.outcome,
        request_id=event.request_id,
        facts=event.facts,
        previous_hash=link.previous_hash.hex(),
        entry_hash=link.entry_hash.hex(),
    )
