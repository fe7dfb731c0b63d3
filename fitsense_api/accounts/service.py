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
from fitsense_api.operations.trail import Scribe

TOUCH_EVERY = timedelta(minutes=5)
ENDED_KEPT_FOR = timedelta(days=30)
TAKEN = "this e-mail has an account already: log in, or reset the password"


@dataclass(frozen=True)
class LoggedIn:
    """A person who is in, and the token their cookie is to hold."""

    user: User
    token: str


@dataclass(frozen=True)
class Visit:
    """Somebody at the door: what they come with, and who writes it down."""

    scribe: Scribe
    label: str = ""
    leaving: Principal | None = None


class Accounts:
    """What can be done without being known yet, and leaving again.

    Hashing takes its time, so it happens outside of any transaction.
    """

    def __init__(self, units: Units, passwords: Passwords, settings: ApiSettings) -> None:
        self._units, self._passwords, self._settings = units, passwords, settings

    async def sign_up(self, name: str, email: str, password: str, visit: Visit) -> LoggedIn:
        """A new account, logged in.

        Raises:
            Conflict: the e-mail has an account.
            BadInput: the password was leaked.
        """
        self._passwords.refuse_leaked(password)
        password_hash = await self._passwords.hash(password)
        try:
            async with self._units.begin() as unit:
                user = await AccountRepository(unit).add(name, email, password_hash)
                entered = LoggedIn(user, await self._open_session(unit, user, visit.label))
                await visit.scribe.about(user.id).tell(unit, "sign_up")
                return entered
        except Conflict as error:
            raise Conflict(TAKEN) from error

    async def log_in(self, email: str, password: str, visit: Visit) -> LoggedIn:
        """A session; the same refusal, after the same work, whatever was wrong.

        The session that asked, if there was one, ends: nobody is left holding an older cookie.
        """
        user, known = await self._attempt(email)
        is_right = await self._passwords.is_right(password, known)
        if user is None or known is None or not is_right:
            await _tell_refusal(visit.scribe, user, known)
            raise NotAuthorizedException
        renewed = None
        if self._passwords.is_outdated(known):
            renewed = await self._passwords.hash(password)
        if visit.leaving is not None and not visit.leaving.is_token:
            await self.log_out(visit.leaving, visit.scribe)
        async with self._units.begin(user.id) as unit:
            await AccountRepository(unit).succeed(user.id, renewed)
            await SessionRepository(unit, user.id).forget(unit.now - ENDED_KEPT_FOR)
            entered = LoggedIn(user, await self._open_session(unit, user, visit.label))
            await visit.scribe.about(user.id).tell(unit, "log_in")
            return entered

    async def _attempt(self, email: str) -> tuple[User | None, str | None]:
        """The user of an e-mail and their hash; no hash where there is none or it is locked.

        The attempt counts before the password is looked at, so that many at once are many.
        """
        async with self._units.begin() as unit:
            accounts = AccountRepository(unit)
            user = await accounts.by_email(email)
            known = await accounts.attempt(user.id) if user else None
        return user, known

    async def log_out(self, current: Principal, scribe: Scribe) -> None:
        """End the session that asks."""
        async with self._units.begin(current.user_id) as unit:
            sessions = SessionRepository(unit, current.user_id)
            await sessions.update(await sessions.get(current.proof_id), revoked_at=unit.now)
            await scribe.about(current.user_id).tell(unit, "log_out")

    async def change_password(
        self, current: Principal, password: str, new: str, scribe: Scribe
    ) -> None:
        """Another password, for who knows the one of now; every other session ends.

        A wrong one counts as an attempt to log in: a stolen cookie is no way to guess passwords.
        """
        self._passwords.refuse_leaked(new)
        async with self._units.begin(current.user_id) as unit:
            known = await AccountRepository(unit).attempt(current.user_id)
        if not await self._passwords.is_right(password, known):
            await scribe.tell_refusal("change_password")
            raise NotAuthorizedException
        new_hash = await self._passwords.hash(new)
        async with self._units.begin(current.user_id) as unit:
            await AccountRepository(unit).succeed(current.user_id, new_hash, is_new=True)
            sessions = SessionRepository(unit, current.user_id)
            ended = await sessions.end_all(but=current.proof_id)
            await scribe.tell(unit, "change_password", count_sessions_ended=str(ended))

    async def who(self, token: str) -> Principal | None:
        """Who holds this session token, if it is alive."""
        async with self._units.begin(writes=False) as unit:
            found, now = await AccountRepository(unit).holder_of(hash_token(token)), unit.now
        if found is None or found.used_at is None or now - found.used_at > self._idle:
            return None
        if now - found.used_at > TOUCH_EVERY:
            async with self._units.begin(found.user_id) as unit:
                await AccountRepository(unit).touch(found.proof_id, now)
        return Principal(found.user_id, found.role, ROLE_SCOPES[found.role], found.proof_id)

    @property
    def _idle(self) -> timedelta:
        return timedelta(seconds=self._settings.session_idle_s)

    async def _open_session(self, unit: Unit, user: User, label: str) -> str:
        token = secrets.token_urlsafe(32)
        await SessionRepository(unit, user.id).add(
            UserSession(
                token_hash=hash_token(token),
                last_seen_at=unit.now,
                expires_at=unit.now + timedelta(seconds=self._settings.session_max_s),
                label=label,
            )
        )
        return token


async def _tell_refusal(scribe: Scribe, user: User | None, known: str | None) -> None:
    if user is None:
        await scribe.tell_refusal("log_in")
        return
    why = "wrong_password" if known else "locked"
    await scribe.about(user.id).tell_refusal("log_in", why=why)
