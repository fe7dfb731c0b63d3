"""Reaching accounts: before a person is known by what they prove, then by their id alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Update, bindparam, delete, or_, select, update

from fitsense_api.db.models.accounts import ApiToken, Credential, Role, User, UserSession
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import EMAIL, PROOF, Unit
from fitsense_training.domain.errors import UnknownName

ATTEMPTS: Final = 10
LOCKED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Holder:
    """An active person and the proof of theirs that was sent: a session or a token."""

    proof_id: UUID
    used_at: datetime | None
    user_id: UUID
    role: Role
    scopes: str = ""


def is_active() -> tuple[ColumnElement[bool], ...]:
    """The users who may come in."""
    return (User.is_active.is_(True), User.deleted_at.is_(None))


# Asked with every request, so it is put together once.
_HOLDER: Final = (
    select(UserSession.id, UserSession.last_seen_at, User.id, User.role)
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.token_hash == bindparam("token_hash"), UserSession.revoked_at.is_(None))
    .where(UserSession.expires_at > bindparam("now"), *is_active())
)


class SessionRepository(Owned[UserSession]):
    """A person's sessions."""

    model_type = UserSession
    what = "session"

    async def living(self, rested_since: datetime) -> Sequence[UserSession]:
        """Those that open something still, the one last used first."""
        return await self.all(*self._opens(rested_since), order_by=UserSession.last_seen_at.desc())

    async def get_living(self, session_id: UUID, rested_since: datetime) -> UserSession:
        """The session of this id; UnknownName where there is none or it has ended."""
        row = await self.find(UserSession.id == session_id, *self._opens(rested_since))
        if row is None:
            raise UnknownName("there is no such session")
        return row

    async def end_all(self, but: UUID | None = None) -> int:
        """End every session but one; how many ended."""
        mine = [UserSession.user_id == self.owner_id, UserSession.revoked_at.is_(None)]
        if but is not None:
            mine.append(UserSession.id != but)
        return await self._count(update(UserSession).where(*mine))

    async def revoke_tokens(self) -> int:
        """Revoke every token of the owner; how many were revoked."""
        mine = (ApiToken.user_id == self.owner_id, ApiToken.revoked_at.is_(None))
        return await self._count(update(ApiToken).where(*mine))

    async def forget(self, until: datetime) -> None:
        """Delete for good what ended up to a moment."""
        has_ended = or_(UserSession.revoked_at <= until, UserSession.expires_at <= until)
        mine = UserSession.user_id == self.owner_id
        await self.unit.session.execute(delete(UserSession).where(mine, has_ended))

    def _opens(self, rested_since: datetime) -> tuple[Any, ...]:
        return (
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > self.unit.now,
            UserSession.last_seen_at >= rested_since,
        )

    async def _count(self, statement: Update) -> int:
        done = await self.unit.session.execute(statement.values(revoked_at=self.unit.now))
        return cast("CursorResult[Any]", done).rowcount


class AccountRepository:
    """Users and their credentials."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def by_email(self, email: str) -> User | None:
        """The active user of this e-mail; who asks so has typed it in."""
        await self._unit.prove(EMAIL, email)
        query = select(User).where(User.email == email, *is_active())
        return await self._unit.session.scalar(query)

    async def add(self, name: str, email: str, password_hash: str) -> User:
        """A new user; the rest of the transaction is in their name."""
        unit = self._unit
        user = User(
            id=unit.next_id(),
            name=name,
            email=email,
            role=Role.USER,
            is_active=True,
            created_at=unit.now,
            updated_at=unit.now,
        )
        await unit.act_for(user.id)
        unit.session.add(user)
        await unit.session.flush()
        unit.session.add(
            Credential(
                user_id=user.id, password_hash=password_hash, changed_at=unit.now, failed_count=0
            )
        )
        await unit.session.flush()
        return user

    async def set_role(self, user: User, role: Role) -> None:
        """Make a user what they are to be; acts for them from here on."""
        await self._unit.act_for(user.id)
        statement = update(User).where(User.id == user.id)
        await self._unit.session.execute(statement.values(role=role, updated_at=self._unit.now))

    async def credential(self, user_id: UUID) -> Credential | None:
        """How this user proves it; acts for them from here on."""
        await self._unit.act_for(user_id)
        return await self._unit.session.get(Credential, user_id)

    async def attempt(self, user_id: UUID) -> str | None:
        """Count an attempt to log in, and give the hash to hold it against; None while locked.

        The tenth wrong attempt in a row locks for a quarter of an hour.
        """
        await self._unit.act_for(user_id)
        known = await self._unit.session.get(Credential, user_id, with_for_update=True)
        if known is None or (known.locked_until and known.locked_until > self._unit.now):
            return None
        known.failed_count += 1
        if known.failed_count >= ATTEMPTS:
            known.failed_count, known.locked_until = 0, self._unit.now + LOCKED_FOR
        await self._unit.session.flush()
        return known.password_hash

    async def succeed(
        self, user_id: UUID, renewed_hash: str | None, *, is_new: bool = False
    ) -> None:
        """Forget the wrong attempts; keep a hash made with today's costs, or of a new password."""
        known = await self.credential(user_id)
        assert known is not None, "who logged in has a password"
        known.changed_at = self._unit.now if is_new else known.changed_at
        known.failed_count, known.locked_until = 0, None
        known.password_hash = renewed_hash or known.password_hash
        await self._unit.session.flush()

    async def holder_of(self, token_hash: bytes) -> Holder | None:
        """Whose session this token opens, if it still opens any and they are active."""
        await self._unit.prove(PROOF, token_hash.hex())
        values = {"token_hash": token_hash, "now": self._unit.now}
        found = (await self._unit.session.execute(_HOLDER, values)).one_or_none()
        return None if found is None else Holder(*found)

    async def touch(self, session_id: UUID, seen_at: datetime) -> None:
        """Remember that a session was used."""
        statement = update(UserSession).where(UserSession.id == session_id)
        await self._unit.session.execute(statement.values(last_seen_at=seen_at))
