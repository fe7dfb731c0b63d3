"""Making, showing and revoking tokens, and telling who holds one."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from fitsense_api.accounts.principal import Principal, hash_token
from fitsense_api.db.models.accounts import ApiToken
from fitsense_api.db.unit import Unit, Units
from fitsense_api.errors import Conflict
from fitsense_api.operations.trail import Scribe
from fitsense_api.tokens.repository import TokenRepository, holder_of, touch
from fitsense_api.tokens.schemas import CreatedToken, NewToken, TokenView, scopes_of, token_view

# A mark of ours, so that scanners for leaked secrets and people know one when they see it.
MARK: Final = "fit_"
PREFIX_CHARS: Final = 12
TOKENS_MAX: Final = 50
REVOKED_KEPT_FOR: Final = timedelta(days=30)
TOUCH_EVERY: Final = timedelta(minutes=5)


class TokenShelf:
    """The tokens of one person."""

    def __init__(self, unit: Unit, owner_id: UUID, scribe: Scribe) -> None:
        self._unit, self._scribe = unit, scribe
        self._tokens = TokenRepository(unit, owner_id)

    async def create(self, asked: NewToken) -> CreatedToken:
        """A new token, shown this once; Conflict where there is one of that name."""
        await self._tokens.forget(self._unit.now - REVOKED_KEPT_FOR)
        await self._refuse_more(asked.name)
        token = MARK + secrets.token_urlsafe(32)
        row = await self._tokens.add(
            ApiToken(
                name=asked.name,
                prefix=token[:PREFIX_CHARS],
                token_hash=hash_token(token),
                scopes=" ".join(sorted(asked.scopes)),
                expires_at=self._unit.now + timedelta(days=asked.expires_in_days),
            )
        )
        scopes = ",".join(sorted(asked.scopes))
        await self._scribe.tell(self._unit, "create_token", token_id=str(row.id), scopes=scopes)
        return CreatedToken(**dict(token_view(row)), token=token)

    async def show(self) -> list[TokenView]:
        """Every token that was not revoked, the newest first."""
        return [token_view(row) for row in await self._tokens.living()]

    async def revoke(self, token_id: UUID) -> None:
        """End a token at once; UnknownName where there is none or it is revoked."""
        row = await self._tokens.get_living(token_id)
        await self._tokens.update(row, revoked_at=self._unit.now)
        await self._scribe.tell(self._unit, "revoke_token", token_id=str(token_id))

    async def _refuse_more(self, name: str) -> None:
        if await self._tokens.find(ApiToken.name == name, ApiToken.revoked_at.is_(None)):
            raise Conflict("there is a token of this name: revoke it first, or take another name")
        if await self._tokens.count_living() >= TOKENS_MAX:
            raise Conflict(f"there are {TOKENS_MAX} tokens already: revoke one that is not used")


class TokenDoor:
    """Tells who holds a token."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def who(self, token: str) -> Principal | None:
        """Whose program holds this token, if it is alive."""
        if not token.startswith(MARK):
            return None
        async with self._units.begin(writes=False) as unit:
            found, now = await holder_of(unit, hash_token(token)), unit.now
        if found is None:
            return None
        if found.used_at is None or now - found.used_at > TOUCH_EVERY:
            async with self._units.begin(found.user_id) as unit:
                await touch(unit, found.proof_id, now)
        scopes = frozenset(scopes_of(found.scopes))
        return Principal(found.user_id, found.role, scopes, found.proof_id, is_token=True)
