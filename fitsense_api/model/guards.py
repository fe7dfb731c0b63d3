"""Who may work the service: whoever holds the token of the settings, and persons who are admins.

The token is for scripts and for the first admin (`python -m fitsense_api role`); no token of a
person's program opens anything here.
"""

from hmac import compare_digest
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.handlers.base import BaseRouteHandler

from fitsense_api.accounts.principal import Principal, known_actor
from fitsense_training.settings import Settings

SETTINGS = "settings"
SCHEME = "bearer "
OPERATOR: Final = "operator"
Connection = ASGIConnection[Any, Any, Any, Any]


async def requires_operator(connection: Connection, _: BaseRouteHandler) -> None:
    """Let in who sends the token, and admins; without a token, others find nothing here at all."""
    _let_in(connection, "admin")


async def requires_operator_or_reviewer(connection: Connection, _: BaseRouteHandler) -> None:
    """The same, and persons who are reviewers: what lies here tells of answers, of nobody."""
    _let_in(connection, "review")


async def requires_operator_if_any(connection: Connection, _: BaseRouteHandler) -> None:
    """The same, but open where the settings hold no token: what lies here names nobody."""
    if _token(connection) is not None and not _holds(connection, "admin"):
        _refuse_strangers(connection)


def actor_of(connection: Connection) -> str:
    """Who works the service, for the audit log."""
    return known_actor(connection) or OPERATOR


def _let_in(connection: Connection, scope: str) -> None:
    if _holds(connection, scope):
        return
    if _token(connection) is None:
        raise NotFoundException
    _refuse_strangers(connection)


def _holds(connection: Connection, scope: str) -> bool:
    who = connection.scope.get("user")
    return isinstance(who, Principal) and who.holds(scope)


def _refuse_strangers(connection: Connection) -> None:
    sent = connection.headers.get("authorization", "")
    token = sent[len(SCHEME) :] if sent.lower().startswith(SCHEME) else ""
    if compare_digest(token.encode(), (_token(connection) or "").encode()):
        return
    if isinstance(connection.scope.get("user"), Principal):
        raise PermissionDeniedException
    raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})


def _token(connection: Connection) -> str | None:
    settings = connection.app.state[SETTINGS]
    assert isinstance(settings, Settings)
    secret = settings.admin_token
    return secret.get_secret_value() if secret else None
