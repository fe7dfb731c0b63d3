"""Requests that make something: under which key they came, and the answer that is kept for it.

dependencies = {"once": Provide(provide_once)}

async def add(self, data, rows, once: NamedDependency[Once]) -> Response[View]:
    return await once.answer(View, lambda: rows.add(data))
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_201_CREATED
from pydantic import TypeAdapter

from fitsense_api import idempotency
from fitsense_api.accounts.principal import Principal
from fitsense_api.db.unit import Unit
from fitsense_api.idempotency import Kept, KeyHeader, request_hash
from fitsense_api.log import request_id_of
from fitsense_api.preconditions import IfMatch

View = TypeVar("View")


@dataclass(frozen=True)
class Call:
    """A request to change something: under which key, what it was, and its id in the log."""

    key: str | None
    asked: bytes
    request_id: str
    if_match: str | None = None


async def keyed(
    unit: Unit, owner_id: UUID, call: Call, work: Callable[[], Awaitable[Kept]]
) -> Kept:
    """The work, once where it has a key."""
    if call.key is None:
        return await work()
    return await idempotency.once(unit, owner_id, call.key, call.asked, work)


@dataclass(frozen=True)
class Once:
    """A request in its transaction: what it makes is made once under its key."""

    unit: Unit
    owner_id: UUID
    call: Call

    async def answer(
        self, kind: type[View], make: Callable[[], Awaitable[View]], status: int = HTTP_201_CREATED
    ) -> Response[View]:
        """What was made, or what was answered when the same request came before."""
        shape = TypeAdapter[View](kind)

        async def make_it() -> Kept:
            return Kept(status, shape.dump_json(await make()))

        kept = await keyed(self.unit, self.owner_id, self.call, make_it)
        return Response(shape.validate_json(kept.body), status_code=kept.status)


async def provide_call(
    request: Request[Any, Any, Any], key: KeyHeader = None, if_match: IfMatch = None
) -> Call:
    """The request as what is to happen once."""
    asked = request_hash(request.method, request.url.path, await request.body())
    return Call(key, asked, request_id_of(request.scope), if_match)


async def provide_once(
    request: Request[Any, Any, Any],
    unit: NamedDependency[Unit],
    current: NamedDependency[Principal],
    key: KeyHeader = None,
) -> Once:
    """The request in its transaction."""
    return Once(unit, current.user_id, await provide_call(request, key))
