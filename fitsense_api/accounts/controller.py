"""Accounts over HTTP: sign up, log in, log out, and who one is."""

from typing import Annotated, Any, Self
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from fitsense_api.accounts.passwords import is_guessable
from fitsense_api.accounts.principal import COOKIE, Principal, requires
from fitsense_api.accounts.service import Accounts, LoggedIn
from fitsense_api.config import ApiSettings
from fitsense_api.db.models.accounts import Role
from fitsense_api.errors import ACCOUNT_PROBLEMS

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
    ),
]
Password = Annotated[str, Field(min_length=8, max_length=256)]


class SignUp(BaseModel):
    """A new account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # No control characters: a name stands in lines of logs.
    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
        ),
    ]
    email: Email
    password: Password

    @model_validator(mode="after")
    def _hard_to_guess(self) -> Self:
        if is_guessable(self.password, self.email):
            raise ValueError("password: it is among the first that are tried, take a longer one")
        return self


class LogIn(BaseModel):
    """Who one says to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Account(BaseModel):
    """The person who is logged in."""

    model_config = ConfigDict(frozen=True)

    user_id: UUID
    role: Role
    scopes: tuple[str, ...]


class AccountController(Controller):
    """Coming in and leaving."""

    path = "/v1/account"
    tags = ("account",)
    responses = ACCOUNT_PROBLEMS

    @post(operation_id="SignUp", summary="Make an account", status_code=HTTP_201_CREATED)
    async def sign_up(
        self,
        data: JSONBody[SignUp],
        accounts: NamedDependency[Accounts],
        api_settings: NamedDependency[ApiSettings],
    ) -> Response[Account]:
        """The new account, logged in."""
        entered = await accounts.sign_up(data.name, data.email, data.password)
        return _welcome(entered, HTTP_201_CREATED, api_settings)

    @post("/log-in", operation_id="LogIn", summary="Log in", status_code=HTTP_200_OK)
    async def log_in(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[LogIn],
        accounts: NamedDependency[Accounts],
        api_settings: NamedDependency[ApiSettings],
    ) -> Response[Account]:
        """A session in a cookie; ten wrong passwords in a row close the door for 15 minutes."""
        leaving = request.scope["user"]
        entered = await accounts.log_in(data.email, data.password, leaving)
        return _welcome(entered, HTTP_200_OK, api_settings)

    @post(
        "/log-out",
        operation_id="LogOut",
        summary="Log out",
        status_code=HTTP_204_NO_CONTENT,
        guards=[requires("account")],
    )
    async def log_out(
        self, accounts: NamedDependency[Accounts], current: NamedDependency[Principal]
    ) -> Response[None]:
        """End this session at once."""
        await accounts.log_out(current)
        response: Response[Any] = Response(None, status_code=HTTP_204_NO_CONTENT)
        response.set_cookie(_cookie("", 0))
        return response

    @get(
        operation_id="GetAccount",
        summary="Who one is",
        guards=[requires("account")],
    )
    async def show(self, current: NamedDependency[Principal]) -> Account:
        """The person of this session."""
        return Account(
            user_id=current.user_id, role=current.role, scopes=tuple(sorted(current.scopes))
        )


def _welcome(entered: LoggedIn, status: int, settings: ApiSettings) -> Response[Account]:
    account = Account(user_id=entered.user.id, role=entered.user.role, scopes=("self",))
    response = Response(account, status_code=status)
    response.set_cookie(_cookie(entered.token, settings.session_max_s))
    return response


def _cookie(value: str, max_age: int) -> Cookie:
    # The __Host- prefix makes browsers insist on Secure, on the path / and on no Domain.
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
