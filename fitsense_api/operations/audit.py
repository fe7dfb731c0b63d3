"""What was done to accounts and to the service, for a trail that outlives the process.

A port, and the log as its adapter where there is no database; trail.py has the one that keeps
events in a chain.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol, runtime_checkable
from uuid import UUID

from structlog.typing import FilteringBoundLogger

WITHHELD: Final = "[withheld]"
# Ids, names of models, versions and states. No blank and no @: neither words nor an e-mail pass.
_FACT = re.compile(r"[A-Za-z0-9_./:+,-]{0,120}")


@dataclass(frozen=True)
class AuditEvent:
    """Somebody did something; `facts` are ids, names and states, and what is not is withheld.

    `user_id` is whose account it was about, where it was about one.
    """

    action: str
    actor: str
    outcome: str
    request_id: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    user_id: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", {name: _kept(self.facts[name]) for name in self.facts})


def in_words(event: AuditEvent) -> dict[str, Any]:
    """An event as a line of the log holds it."""
    return {**asdict(event), "user_id": str(event.user_id) if event.user_id else None}


def _kept(fact: str) -> str:
    return fact if _FACT.fullmatch(fact) else WITHHELD


@runtime_checkable
class AuditTrail(Protocol):
    """Where such events are kept."""

    async def record(self, event: AuditEvent) -> None:
        """Keep an event; what it tells of has happened already."""
        ...


class LoggedTrail:
    """Keeps events as lines of the log."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        self._log = log

    async def record(self, event: AuditEvent) -> None:
        """Write one line."""
        self._log.info("audit", **in_words(event))
