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

    async def log_in(self, email: str, password: str, leaving: Principal | None) -> LoggedIn:
        """A session; the same refusal, after the same work, whatever was wrong.

        The session that asked, if there was one, ends: nobody is left holding an older cookie.
        """
        user, known = await self._attempt(email)
        is_right = await self._passwords.is_right(password, known)
        if user is None or known is None or not is_right:
            raise NotAuthorizedException
        renewed = None
        if self._passwords.is_outdated(known):
            renewed = await self._passwords.hash(password)
        if leaving is not None and not leaving.is_token:
            await self.log_out(leaving)
        async with self._units.begin(user.id) as unit:
            await AccountRepository(unit).succeed(user.id, renewed)
            return LoggedIn(user, await self._open_session(unit, user))

    async def _attempt(self, email: str) -> tuple[User | None, str | None]:
        """The user of an e-mail and their hash; no hash where there is none or it is locked.

        The attempt counts before the password is looked at, so that many at once are many.
        """
        async with self._units.begin() as unit:
            accounts = AccountRepository(unit)
            user = await accounts.by_email(email)
            known = await accounts.attempt(user.id) if user else None
        return user, known

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
