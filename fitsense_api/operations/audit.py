"""What operators did, for a trail that outlives the process: a port, and the log as its adapter."""

from dataclasses import asdict, dataclass, field
from typing import Protocol, runtime_checkable

from structlog.typing import FilteringBoundLogger


@dataclass(frozen=True)
class AuditEvent:
    """Somebody did something to the service; `facts` are ids, names and states, never words."""

    action: str
    actor: str
    outcome: str
    request_id: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])


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
        self._log.info("audit", **asdict(event))
