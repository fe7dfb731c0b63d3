"""The audit trail in the database: one chain, whoever appends."""

from dataclasses import dataclass, replace
from uuid import UUID

from structlog.typing import FilteringBoundLogger

from fitsense_api.db.unit import Unit, Units
from fitsense_api.errors import DatabaseAway
from fitsense_api.operations.audit import AuditEvent, in_words
from fitsense_api.operations.repository import append


class DatabaseTrail:
    """Keeps events in the database, and the hash of each in the log beside it.

    What changes an account is told within the change's own transaction (`within`), so that the
    two stand or fall together; the rest is told in a transaction of its own (`record`).
    """

    def __init__(self, units: Units) -> None:
        self._units = units
        self.log: FilteringBoundLogger | None = None

    async def record(self, event: AuditEvent) -> None:
        """Keep an event; what it tells of has happened already.

        Without the database it stands in the log alone: the kill switch must work then as well.
        """
        try:
            async with self._units.begin(event.user_id) as unit:
                await self.within(unit, event)
        except DatabaseAway:
            if self.log is None:
                raise
            self.log.error("audit not kept", **in_words(event))  # noqa: TRY400

    async def within(self, unit: Unit, event: AuditEvent) -> None:
        """Keep an event if this transaction is kept."""
        link = await append(unit, event)
        if self.log is not None:
            # Beyond the reach of who writes to the database: the chain can be held against it.
            place = {"position": link.position, "entry_hash": link.entry_hash.hex()}
            self.log.info("audit", **in_words(event), **place)


@dataclass(frozen=True)
class Scribe:
    """Writes into the trail for one request: who acts, and about whom, are known to it."""

    trail: DatabaseTrail
    request_id: str = ""
    actor: str = "nobody"
    user_id: UUID | None = None

    def about(self, user_id: UUID) -> "Scribe":
        """The same, about this person, who acts themselves."""
        return replace(self, user_id=user_id, actor=f"person:{user_id}")

    def event(self, action: str, outcome: str, facts: dict[str, str]) -> AuditEvent:
        """What happened, as it is kept."""
        return AuditEvent(action, self.actor, outcome, self.request_id, facts, self.user_id)

    async def tell(self, unit: Unit, action: str, **facts: str) -> None:
        """Keep what is done in this transaction, if the transaction is kept."""
        await self.trail.within(unit, self.event(action, "done", facts))

    async def tell_refusal(self, action: str, **facts: str) -> None:
        """Keep what was refused; there is no other transaction to keep it in."""
        await self.trail.record(self.event(action, "refused", facts))
