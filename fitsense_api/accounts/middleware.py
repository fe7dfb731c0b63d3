"""Tells who asks, once a request, before any guard; nobody is no error here."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware.base import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from fitsense_api.accounts.principal import COOKIE
from fitsense_api.accounts.service import Accounts


class KnowWhoAsks(ASGIMiddleware):
    """Puts a Principal, or None, in the scope."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the cookie up and pass the request on."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        token = connection.cookies.get(COOKIE)
        scope["user"] = await self._accounts.who(token) if token else None
        await next_app(scope, receive, send)
