"""What the OpenAPI document says of every operation, said once.

A controller names the problems its operations may answer with in `responses`, and what they need
in its guards; Litestar reads the one from single operations alone, and the other not at all.
"""

from typing import Any, Final

from litestar.handlers import HTTPRouteHandler
from litestar.plugins import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute

from fitsense_api.accounts.principal import AREAS, Requires

SESSION: Final[dict[str, list[str]]] = {"session": []}
PROGRAM: Final[dict[str, list[str]]] = {"programToken": []}


class Documented(ReceiveRoutePlugin):
    """Completes the description of each operation as its route is registered."""

    def receive_route(self, route: BaseRoute) -> None:
        """See one route."""
        if not isinstance(route, HTTPRoute):
            return
        for handler in route.route_handlers:
            controller = getattr(handler.fn, "__self__", None)
            told: Any = getattr(controller, "responses", None) or {}
            handler.responses = {**told, **(handler.responses or {})}
            if proofs := _proofs(handler):
                handler.security = proofs


def _proofs(handler: HTTPRouteHandler) -> list[dict[str, list[str]]]:
    areas = [guard.area for guard in handler.resolve_guards() if isinstance(guard, Requires)]
    if not areas:
        return []
    return [SESSION, PROGRAM] if all(area in AREAS for area in areas) else [SESSION]
