"""Signing up, logging in and out, and telling who holds a session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from litestar.exceptions import NotAuthorizedException

from fitsense_api.accounts.passwords import Passwords
from fitsense_api.accounts.principal import ROLE_SCOPES, Principal, hash_token
from fitsense_api.accounts.repository import AccountRepository, SessionRepository
from fitsense_api.config import ApiSettings
from fitsense_api.db.models.accounts import User, UserSession
from fitsense_api.db.unit import Unit, Units
from fitsense_api.errors import Conflict

TOUCH_EVERY = timedelta(minutes=5)
TAKEN = "this e-mail has an account already: log in, or reset the password"


@dataclass(frozen=True)
class LoggedIn:
    """A person who is in, and the token their cookie is to hold."""

    user: User
    token: str


class Accounts:
    """What can be done without being known yet, and leaving again.

    Hashing takes its time, so it happens outside of any transaction.
    """

    def __init__(self, units: Units, passwords: Passwords, settings: ApiSettings) -> None:
        self._units, self._passwords, self._settings = units, passwords, settings

    async def sign_up(self, name: str, email: str, password: str) -> LoggedIn:
        """A new account, logged in; Conflict where the e-mail has one."""
        password_hash = await self._passwords.hash(password)
        try:
            async with self._units.begin() as unit:
                accounts = AccountRepository(unit)
                user = await accounts.add(name, email, password_hash)
                return LoggedIn(user, await self._open_session(unit, user))
        except Conflict as error:
            raise Conflict(TAKEN) from error

    async def log_in(self, email: str, password: str) -> LoggedIn:
        """A session; the same refusal, after the same work, whatever was wrong."""
        async with self._units.begin(writes=False) as unit:
            accounts = AccountRepository(unit)
            user = await accounts.by_email(email)
            known = await accounts.credential(user.id) if user else None
        password_hash = known.password_hash if known else None
        is_right = await self._passwords.is_right(password, password_hash)
        if user is None or not is_right:
            raise NotAuthorizedException
        async with self._units.begin(user.id) as unit:
            return LoggedIn(user, await self._open_session(unit, user))

    async def log_out(self, current: Principal) -> None:
        """End the session that asks."""
        async with self._units.begin(current.user_id) as unit:
            sessions = SessionRepository(unit, current.user_id)
            await sessions.update(await sessions.get(current.proof_id), revoked_at=unit.now)

    async def who(self, token: str) -> Principal | None:
        """Who holds this session token, if it is alive."""
        async with self._units.begin(writes=False) as unit:
            accounts = AccountRepository(unit)
            found = await accounts.session_of(hash_token(token))
            if found is None or unit.now - found.last_seen_at > self._idle:
                return None
            user = await accounts.user(found.user_id)
            now = unit.now
        if user is None:
            return None
        if now - found.last_seen_at > TOUCH_EVERY:
            async with self._units.begin(user.id) as unit:
                await AccountRepository(unit).touch(found.id, now)
        return Principal(user.id, user.role, ROLE_SCOPES[user.role], found.id)

    @property
    def _idle(self) -> timedelta:
        return timedelta(seconds=self._settings.session_idle_s)

    async def _open_session(self, unit: Unit, user: User) -> str:
        token = secrets.token_urlsafe(32)
        await SessionRepository(unit, user.id).add(
            UserSession(
                token_hash=hash_token(token),
                last_seen_at=unit.now,
                expires_at=unit.now + timedelta(seconds=self._settings.session_max_s),
                label="",
            )
        )
        return token
