"""Who asks: a person or their program, and what they may do.

A handler names `current: NamedDependency[Principal]`; a controller that needs a right names it in
`guards = [requires("plans:write")]`. Who is not known gets 401, who may not gets 403.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler

from fitsense_api.db.models.accounts import Role

COOKIE: Final = "__Host-fitsense"
ROLE_SCOPES: Final[dict[Role, frozenset[str]]] = {
    Role.USER: frozenset({"self"}),
    Role.REVIEWER: frozenset({"self", "review"}),
    Role.ADMIN: frozenset({"self", "review", "admin"}),
}
Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Principal:
    """Who asks. `proof_id` is the id of the session, or of the token where `is_token`."""

    user_id: UUID
    role: Role
    scopes: frozenset[str]
    proof_id: UUID
    is_token: bool = False

    def may(self, scope: str) -> bool:
        """Whether the scope is held; a person's `self` stands for all of their own things."""
        return scope in self.scopes or ("self" in self.scopes and _is_own(scope))


def requires(scope: str) -> Callable[[Connection, BaseRouteHandler], None]:
    """A guard: lets in whoever holds the scope."""

    def guard(connection: Connection, _: BaseRouteHandler) -> None:
        if not principal_of(connection).may(scope):
            raise PermissionDeniedException

    return guard


def principal_of(connection: Connection) -> Principal:
    """Who asks; 401 where nobody is known."""
    found = connection.scope.get("user")
    if not isinstance(found, Principal):
        raise NotAuthorizedException
    return found


def hash_token(token: str) -> bytes:
    """What is kept of a token: it has 256 bits of chance, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def _is_own(scope: str) -> bool:
    return scope not in ("review", "admin")
