"""Reaching tokens: by their hash before anybody is known, by their owner's id afterwards."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, update

from fitsense_api.accounts.repository import Holder, is_active
from fitsense_api.db.models.accounts import ApiToken, User
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


# Asked with every request of a program, so it is put together once.
_HOLDER: Final = (
    select(
        ApiToken.token_hash,
        ApiToken.id,
        ApiToken.last_used_at,
        User.id,
        User.role,
        ApiToken.scopes,
    )
    .join(User, User.id == ApiToken.user_id)
    .where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.revoked_at.is_(None))
    .where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")))
    .where(*is_active())
)


async def holder_of(unit: Unit, token_hash: bytes) -> Holder | None:
    """Whose token this is, while it opens anything and they are active.

    The index tells how far two hashes agree by its time, but nobody can choose a hash: that tells
    nothing of the token. The last comparison takes the same time for all.
    """
    await unit.prove(PROOF, token_hash.hex())
    values = {"token_hash": token_hash, "now": unit.now}
    found = (await unit.session.execute(_HOLDER, values)).one_or_none()
    if found is None or not compare_digest(found[0], token_hash):
        return None
    return Holder(*found[1:])


async def touch(unit: Unit, token_id: UUID, used_at: datetime) -> None:
    """Remember that a token was used."""
    statement = update(ApiToken).where(ApiToken.id == token_id)
    await unit.session.execute(statement.values(last_used_at=used_at))
