"""Idempotency-Key: a request sent twice happens once, and is answered the same both times.

async def do_it() -> Kept: ...
kept = await once(unit, current.user_id, key, request_hash, do_it)

The key's row is written in the transaction of the work itself, so the two stand or fall together;
two that come at once meet at the unique key, and the later one is told to ask again.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from litestar.params import HeaderParameter
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from fitsense_api.db.models.interactions import IdempotencyKey
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_training.domain.errors import BadInput

KEPT_FOR: Final = timedelta(hours=24)
KeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=128,
        description="A fresh UUID for each thing that is to happen once.",
    ),
]


@dataclass(frozen=True)
class Kept:
    """An answer as it was first given."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])


class KeyRepository(Owned[IdempotencyKey]):
    """A person's keys."""

    model_type = IdempotencyKey


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def earlier(unit: Unit, owner_id: UUID, key: str | None, asked: bytes) -> Kept | None:
    """The answer that is kept under a key already; asked before work outside of a transaction."""
    if key is None:
        return None
    found = await KeyRepository(unit, owner_id).find(
        IdempotencyKey.key == key, IdempotencyKey.expires_at > unit.now
    )
    return None if found is None else _again(found, asked)


async def once(
    unit: Unit, owner_id: UUID, key: str, asked: bytes, work: Callable[[], Awaitable[Kept]]
) -> Kept:
    """The answer to a request under its key, whether it is the first or comes again.

    Raises:
        BadInput: the key was used for another request.
        Conflict: the same key is being worked on at this moment.
    """
    keys = KeyRepository(unit, owner_id)
    await unit.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == owner_id, IdempotencyKey.expires_at <= unit.now
        )
    )
    if found := await keys.find(IdempotencyKey.key == key):
        return _again(found, asked)
    entry = IdempotencyKey(key=key, request_hash=asked, headers={}, expires_at=unit.now + KEPT_FOR)
    try:
        await keys.add(entry)
    except IntegrityError as error:
        raise Conflict("a request with this Idempotency-Key is at work: ask again") from error
    kept = await work()
    await keys.update(entry, status=kept.status, body=kept.body, headers=kept.headers)
    return kept


def _again(found: IdempotencyKey, asked: bytes) -> Kept:
    if found.request_hash != asked:
        raise BadInput("this Idempotency-Key was used for another request: take a fresh one")
    assert found.status is not None, "the work is in the key's own transaction"
    return Kept(found.status, found.body or b"", found.headers)
