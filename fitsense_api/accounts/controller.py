"""Accounts over HTTP: sign up, log in, log out, and who one is."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from fitsense_api.accounts.cookies import LEAVING_COOKIES, LEAVING_HEADERS, session_cookie
from fitsense_api.accounts.labels import label_of
from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.accounts.schemas import Account, LogIn, SignUp
from fitsense_api.accounts.service import Accounts, LoggedIn, Visit
from fitsense_api.config import ApiSettings
from fitsense_api.errors import ACCOUNT_PROBLEMS
from fitsense_api.operations.limits import DOOR, LIMIT, RateLimits
from fitsense_api.operations.trail import Scribe


def provide_visit(request: Request[Any, Any, Any], scribe: NamedDependency[Scribe]) -> Visit:
    """Who is at the door, and with what."""
    label = label_of(request.headers.get("user-agent", ""))
    return Visit(scribe, label, request.scope.get("user"))


class AccountController(Controller):
    """Coming in and leaving."""

    path = "/v1/account"
    tags = ("account",)
    responses = ACCOUNT_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "visit": Provide(provide_visit, sync_to_thread=False)
    }

    @post(
        operation_id="SignUp",
        summary="Make an account",
        status_code=HTTP_201_CREATED,
        opt={LIMIT: DOOR},
    )
    async def sign_up(
        self,
        data: JSONBody[SignUp],
        accounts: NamedDependency[Accounts],
        api_settings: NamedDependency[ApiSettings],
        visit: NamedDependency[Visit],
    ) -> Response[Account]:
        """The new account, logged in."""
        entered = await accounts.sign_up(data.name, data.email, data.password, visit)
        return _welcome(entered, HTTP_201_CREATED, api_settings)

    @post(
        "/log-in",
        operation_id="LogIn",
        summary="Log in",
        status_code=HTTP_200_OK,
        opt={LIMIT: DOOR},
    )
    async def log_in(
        self,
        data: JSONBody[LogIn],
        accounts: NamedDependency[Accounts],
        api_settings: NamedDependency[ApiSettings],
        visit: NamedDependency[Visit],
        limits: NamedDependency[RateLimits],
    ) -> Response[Account]:
        """A session in a cookie; ten wrong passwords in a row close the door for 15 minutes."""
        # Whether there is such an account or not; from many addresses it is one account still.
        await limits.take(limits.door, data.email)
        entered = await accounts.log_in(data.email, data.password, visit)
        return _welcome(entered, HTTP_200_OK, api_settings)

    @post(
        "/log-out",
        operation_id="LogOut",
        summary="Log out",
        status_code=HTTP_204_NO_CONTENT,
        response_cookies=LEAVING_COOKIES,
        response_headers=LEAVING_HEADERS,
        guards=[requires("account")],
    )
    async def log_out(
        self,
        accounts: NamedDependency[Accounts],
        current: NamedDependency[Principal],
        scribe: NamedDependency[Scribe],
    ) -> None:
        """End this session at once; the browser forgets what it kept of ours."""
        await accounts.log_out(current, scribe)

    @get(
        operation_id="GetAccount",
        summary="Who one is",
        guards=[requires("identity")],
    )
    async def show(self, current: NamedDependency[Principal]) -> Account:
        """The person of this session or token, and what it may do."""
        return Account(
            user_id=current.user_id, role=current.role, scopes=tuple(sorted(current.scopes))
        )


def _welcome(entered: LoggedIn, status: int, settings: ApiSettings) -> Response[Account]:
    account = Account(user_id=entered.user.id, role=entered.user.role, scopes=("self",))
    response = Response(account, status_code=status)
    response.set_cookie(session_cookie(entered.token, settings.session_max_s))
    return response
