"""One's sessions: which there are, and ending them."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.accounts.principal import Principal
from fitsense_api.accounts.repository import SessionRepository
from fitsense_api.db.models.accounts import UserSession
from fitsense_api.db.unit import Unit
from fitsense_api.operations.trail import Scribe


class SessionView(BaseModel):
    """One place where a person is logged in."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    label: str = Field(description="The browser and the system, coarsely.")
    created_at: datetime
    last_seen_at: datetime = Field(description="To five minutes.")
    expires_at: datetime = Field(description="At the latest; a session that rests ends before.")
    is_current: bool


class SessionShelf:
    """The living sessions of who asks."""

    def __init__(self, unit: Unit, current: Principal, idle: timedelta, scribe: Scribe) -> None:
        self._unit, self._current, self._scribe = unit, current, scribe
        self._idle, self._sessions = idle, SessionRepository(unit, current.user_id)

    async def show(self) -> list[SessionView]:
        """Every session, the one last used first."""
        found = await self._sessions.living(self._unit.now - self._idle)
        return [self._view(row) for row in found]

    async def end(self, session_id: UUID) -> None:
        """End one; UnknownName where there is none, or it has ended."""
        row = await self._sessions.get_living(session_id, self._unit.now - self._idle)
        await self._sessions.update(row, revoked_at=self._unit.now)
        await self._scribe.tell(self._unit, "end_session", session_id=str(session_id))

    async def end_all(self, *, tokens_too: bool) -> None:
        """End every one, this one too, and if asked revoke every token."""
        ended = str(await self._sessions.end_all())
        revoked = str(await self._sessions.revoke_tokens() if tokens_too else 0)
        await self._scribe.tell(
            self._unit, "log_out_everywhere", count_sessions_ended=ended, count_tokens_ended=revoked
        )

    def _view(self, row: UserSession) -> SessionView:
        return SessionView(
            id=row.id,
            label=row.label,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            is_current=row.id == self._current.proof_id,
        )
