"""Who asks: a person or their program, and what they may do.

A handler names `current: NamedDependency[Principal]`; a controller names the area its things
belong to in `guards = [requires("workouts")]`. Who is not known gets 401, who may not gets 403.

A person may do everything with their own things. A program holds a token with a few scopes: to
look at things it needs `read`, to change them the scope of their area. What lies in no area of
the table below (the account itself, its sessions and tokens) is for persons alone, so a route
whose area nobody thought of is closed to programs.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler

from fitsense_api.db.models.accounts import Role

COOKIE: Final = "__Host-fitsense"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ROLE_SCOPES: Final[dict[Role, frozenset[str]]] = {
    Role.USER: frozenset({"self"}),
    Role.REVIEWER: frozenset({"self", "review"}),
    Role.ADMIN: frozenset({"self", "review", "admin"}),
}
Connection = ASGIConnection[Any, Any, Any, Any]


class TokenScope(StrEnum):
    """What a program may be allowed to do."""

    READ = "read"
    PROFILE = "profile"
    LOG = "log"
    PLAN = "plan"


AREAS: Final[dict[str, TokenScope]] = {
    "identity": TokenScope.READ,
    "progress": TokenScope.READ,
    "profile": TokenScope.PROFILE,
    "days": TokenScope.LOG,
    "workouts": TokenScope.LOG,
    "programme": TokenScope.PLAN,
}


@dataclass(frozen=True)
class Principal:
    """Who asks. `proof_id` is the id of the session, or of the token where `is_token`."""

    user_id: UUID
    role: Role
    scopes: frozenset[str]
    proof_id: UUID
    is_token: bool = False

    def holds(self, scope: str | None) -> bool:
        """Whether the scope is held; None is a scope that no token has."""
        return scope in self.scopes

    @property
    def actor(self) -> str:
        """Who acts, for the audit log."""
        return f"token:{self.proof_id}" if self.is_token else f"person:{self.user_id}"


@dataclass(frozen=True)
class Requires:
    """A guard: lets in who may do what the request does in this area."""

    area: str

    async def __call__(self, connection: Connection, _: BaseRouteHandler) -> None:
        """Turn away who is not known, and who may not."""
        who = principal_of(connection)
        if not who.holds("self") and not who.holds(scope_needed(self.area, _method(connection))):
            raise PermissionDeniedException


def requires(area: str) -> Requires:
    """The guard of an area."""
    return Requires(area)


def scope_needed(area: str, method: str) -> TokenScope | None:
    """What a token needs for it; None where no token is enough."""
    if area not in AREAS:
        return None
    return TokenScope.READ if method in SAFE_METHODS else AREAS[area]


def principal_of(connection: Connection) -> Principal:
    """Who asks; 401 where nobody is known."""
    found = connection.scope.get("user")
    if not isinstance(found, Principal):
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    return found


def known_actor(connection: Connection) -> str:
    """Who acts; empty where nobody is known."""
    found = connection.scope.get("user")
    return found.actor if isinstance(found, Principal) else ""


def hash_token(token: str) -> bytes:
    """What is kept of a token or a cookie.

    A slow hash protects words people choose. These have 256 bits of chance, which no guessing
    reaches however fast the hash, and are checked with every request: SHA-256 is right for them.
    """
    return hashlib.sha256(token.encode()).digest()


def _method(connection: Connection) -> str:
    return str(connection.scope.get("method", ""))
