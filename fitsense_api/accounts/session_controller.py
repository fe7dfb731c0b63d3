"""One's sessions and password over HTTP. For persons alone: no token reaches them."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_204_NO_CONTENT

from fitsense_api.accounts.cookies import LEAVING_COOKIES, LEAVING_HEADERS
from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.accounts.schemas import Leaving, NewPassword
from fitsense_api.accounts.service import Accounts
from fitsense_api.accounts.sessions import SessionShelf, SessionView
from fitsense_api.config import ApiSettings
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.operations.limits import DOOR, LIMIT
from fitsense_api.operations.trail import Scribe

SessionId = Annotated[UUID, PathParameter(description="The id of the session.")]


def provide_sessions(
    unit: NamedDependency[Unit],
    current: NamedDependency[Principal],
    api_settings: NamedDependency[ApiSettings],
    scribe: NamedDependency[Scribe],
) -> SessionShelf:
    """The sessions of who asks."""
    return SessionShelf(unit, current, timedelta(seconds=api_settings.session_idle_s), scribe)


class SessionController(Controller):
    """Where one is logged in."""

    path = "/v1/account"
    tags = ("account",)
    guards = (requires("account"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "sessions": Provide(provide_sessions, sync_to_thread=False)
    }

    @get("/sessions", operation_id="ListSessions", summary="Where one is logged in")
    async def show(self, sessions: NamedDependency[SessionShelf]) -> list[SessionView]:
        """Every living session, the one last used first."""
        return await sessions.show()

    @delete("/sessions/{session_id:uuid}", operation_id="EndSession", summary="End a session")
    async def end(self, session_id: SessionId, sessions: NamedDependency[SessionShelf]) -> None:
        """Whoever holds its cookie is out at once; this session may be ended too."""
        await sessions.end(session_id)

    @post(
        "/log-out-everywhere",
        operation_id="LogOutEverywhere",
        summary="End all sessions",
        status_code=HTTP_204_NO_CONTENT,
        response_cookies=LEAVING_COOKIES,
        response_headers=LEAVING_HEADERS,
    )
    async def log_out_everywhere(
        self, data: JSONBody[Leaving], sessions: NamedDependency[SessionShelf]
    ) -> None:
        """Every cookie opens nothing any more, this one too; tokens as well if asked."""
        await sessions.end_all(tokens_too=data.tokens_too)

    @post(
        "/password",
        operation_id="ChangePassword",
        summary="Change the password",
        opt={LIMIT: DOOR},
        status_code=HTTP_204_NO_CONTENT,
    )
    async def change_password(
        self,
        data: JSONBody[NewPassword],
        accounts: NamedDependency[Accounts],
        current: NamedDependency[Principal],
        scribe: NamedDependency[Scribe],
    ) -> None:
        """The new one counts at once and every other session ends; 401 where the old is wrong."""
        await accounts.change_password(current, data.password, data.new_password, scribe)
