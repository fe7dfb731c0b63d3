"""Who may work the service: until accounts decide, whoever holds the token of the settings."""

from hmac import compare_digest
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers.base import BaseRouteHandler

from fitsense_training.settings import Settings

SETTINGS = "settings"
SCHEME = "bearer "


def requires_operator(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let in who sends the token. Without a token in the settings there is nothing here at all."""
    if _token(connection) is None:
        raise NotFoundException
    _refuse_strangers(connection)


def requires_operator_if_any(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """The same, but open where the settings hold no token: what lies here names nobody."""
    if _token(connection) is not None:
        _refuse_strangers(connection)


def _refuse_strangers(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    sent = connection.headers.get("authorization", "")
    token = sent[len(SCHEME) :] if sent.lower().startswith(SCHEME) else ""
    if not compare_digest(token.encode(), (_token(connection) or "").encode()):
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})


def _token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    settings = connection.app.state[SETTINGS]
    assert isinstance(settings, Settings)
    secret = settings.admin_token
    return secret.get_secret_value() if secret else None
