"""Reaching accounts: before a person is known by what they prove, then by their id alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from fitsense_api.db.models.accounts import Credential, Role, User, UserSession
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import EMAIL, PROOF, Unit


class SessionRepository(Owned[UserSession]):
    """A person's sessions."""

    model_type = UserSession
    what = "session"


class AccountRepository:
    """Users and their credentials."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def by_email(self, email: str) -> User | None:
        """The active user of this e-mail; who asks so has typed it in."""
        await self._unit.prove(EMAIL, email)
        query = select(User).where(User.email == email, User.is_active, User.deleted_at.is_(None))
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

    async def credential(self, user_id: UUID) -> Credential | None:
        """How this user proves it; acts for them from here on."""
        await self._unit.act_for(user_id)
        return await self._unit.session.get(Credential, user_id)

    async def user(self, user_id: UUID) -> User | None:
        """The active user of this id."""
        query = select(User).where(User.id == user_id, User.is_active, User.deleted_at.is_(None))
        return await self._unit.session.scalar(query)

    async def session_of(self, token_hash: bytes) -> UserSession | None:
        """The session this token opens, if it still opens any; acts for its person from then."""
        await self._unit.prove(PROOF, token_hash.hex())
        query = select(UserSession).where(
            UserSession.token_hash == token_hash,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > self._unit.now,
        )
        found = await self._unit.session.scalar(query)
        if found is not None:
            await self._unit.act_for(found.user_id)
        return found

    async def touch(self, session_id: UUID, seen_at: datetime) -> None:
        """Remember that a session was used."""
        statement = update(UserSession).where(UserSession.id == session_id)
        await self._unit.session.execute(statement.values(last_seen_at=seen_at))
