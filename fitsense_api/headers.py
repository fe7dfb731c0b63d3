"""Headers that stand on every response, errors included."""

from typing import Any, Final, cast

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from fitsense_api.log import request_id_of

# An answer holds somebody's health: it may be kept by no cache, framed by no page, and read by no
# other origin. The service serves no page, so nothing may be loaded from it either.
SECURITY_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


# Two years, and every host below ours.
HSTS: Final = {"strict-transport-security": "max-age=63072000; includeSubDomains"}


class SecurityHeaders:
    """Puts the headers on a response as it begins; with https alone, browsers are told so."""

    def __init__(self, *, is_behind_tls: bool = False) -> None:
        self._headers = {**SECURITY_HEADERS, **(HSTS if is_behind_tls else {})}

    async def __call__(self, message: Message, scope: Scope) -> None:
        """See one ASGI message."""
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers[name] = value
        headers["x-request-id"] = request_id_of(scope)


class AllowHeader:
    """Says in Allow what an address takes, where Litestar answers OPTIONS itself.

    Its own answer knows the methods that were there when the first of them was registered.
    """

    async def __call__(self, message: Message, scope: Scope) -> None:
        """See one ASGI message."""
        if message["type"] != "http.response.start" or scope.get("method") != "OPTIONS":
            return
        headers = MutableScopeHeaders.from_message(message)
        if "allow" in headers:
            template, routes = scope.get("path_template"), scope["litestar_app"].routes
            route = next(route for route in routes if route.path_format == template)
            headers["allow"] = ", ".join(sorted(cast("Any", route).methods))
