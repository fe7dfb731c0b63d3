"""Reaching tokens: by their hash before anybody is known, by their owner's id afterwards."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from fitsense_api.db.models.accounts import ApiToken
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import PROOF, Unit
from fitsense_training.domain.errors import UnknownName


class TokenRepository(Owned[ApiToken]):
    """A person's tokens."""

    model_type = ApiToken
    what = "token"

    async def living(self) -> Sequence[ApiToken]:
        """Those that were not revoked, the newest first; ended ones are shown as such."""
        not_revoked = ApiToken.revoked_at.is_(None)
        return await self.all(not_revoked, order_by=ApiToken.created_at.desc())

    async def count_living(self) -> int:
        """How many were not revoked."""
        query = select(func.count()).select_from(ApiToken)
        mine = (ApiToken.user_id == self.owner_id, ApiToken.revoked_at.is_(None))
        return int(await self.unit.session.scalar(query.where(*mine)) or 0)

    async def get_living(self, token_id: UUID) -> ApiToken:
        """The token of this id; UnknownName where there is none or it was revoked."""
        row = await self.find(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        if row is None:
            raise UnknownName("there is no such token")
        return row

    async def forget(self, until: datetime) -> None:
        """Delete for good what was revoked up to a moment."""
        mine = (ApiToken.user_id == self.owner_id, ApiToken.revoked_at <= until)
        await self.unit.session.execute(delete(ApiToken).where(*mine))


async def token_of(unit: Unit, token_hash: bytes) -> ApiToken | None:
    """The token of this hash while it opens anything; acts for its person from then.

    The index tells how far two hashes agree by its time, but nobody can choose a hash: that tells
    nothing of the token. The last comparison takes the same time for all.
    """
    await unit.prove(PROOF, token_hash.hex())
    query = select(ApiToken).where(
        ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None), _has_time(unit.now)
    )
    found = await unit.session.scalar(query)
    if found is None or not compare_digest(found.token_hash, token_hash):
        return None
    await unit.act_for(found.user_id)
    return found


async def touch(unit: Unit, token_id: UUID, used_at: datetime) -> None:
    """Remember that a token was used."""
    statement = update(ApiToken).where(ApiToken.id == token_id)
    await unit.session.execute(statement.values(last_used_at=used_at))


def _has_time(now: datetime) -> ColumnElement[bool]:
    return or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
