"""Tells who asks, once a request, before any guard; nobody is no error here."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.base import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from fitsense_api.accounts.principal import COOKIE, Principal

SCHEME = "bearer "
Who = Callable[[str], Awaitable[Principal | None]]


class KnowWhoAsks(ASGIMiddleware):
    """Puts a Principal, or None, in the scope."""

    def __init__(self, by_cookie: Who, by_token: Who) -> None:
        self._by_cookie, self._by_token = by_cookie, by_token

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the token or the cookie up and pass the request on."""
        scope["user"] = await self._who(ASGIConnection(scope))
        await next_app(scope, receive, send)

    async def _who(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Principal | None:
        # Who sends a token asks as a program: a cookie beside it does not make up for a wrong one.
        sent = connection.headers.get("authorization")
        if sent is not None:
            is_bearer = sent.lower().startswith(SCHEME)
            return await self._by_token(sent[len(SCHEME) :].strip()) if is_bearer else None
        cookie = connection.cookies.get(COOKIE)
        return await self._by_cookie(cookie) if cookie else None
