"""Deleting one's account over HTTP."""

from typing import Annotated, Final

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.accounts.cookies import LEAVING_COOKIES, LEAVING_HEADERS
from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.leaving.service import Leaving
from fitsense_api.operations.limits import DOOR, LIMIT
from fitsense_api.operations.trail import Scribe

REMAINS: Final = (
    "Every row of yours is gone. What remains: lines of the audit log with the id your account "
    "had, what was done and when, without your name, e-mail or anything you told; and backups "
    "that were made before, until the operator lets them go."
)


class Farewell(BaseModel):
    """The password once more; it cannot be undone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    password: Annotated[str, Field(min_length=1, max_length=256)]


class Gone(BaseModel):
    """How many rows were removed, and what remains."""

    model_config = ConfigDict(frozen=True)

    count_rows: int
    remains: str


class LeavingController(Controller):
    """Leaving for good."""

    path = "/v1/account/deletion"
    tags = ("account",)
    guards = (requires("account"),)
    responses = OWNED_PROBLEMS

    @post(
        operation_id="DeleteAccount",
        summary="Delete one's account",
        opt={LIMIT: DOOR},
        status_code=HTTP_200_OK,
        response_cookies=LEAVING_COOKIES,
        response_headers=LEAVING_HEADERS,
    )
    async def leave(
        self,
        data: JSONBody[Farewell],
        current: NamedDependency[Principal],
        leaving: NamedDependency[Leaving],
        scribe: NamedDependency[Scribe],
    ) -> Gone:
        """Remove every row of the account at once; no program's token may."""
        count = await leaving.leave(current, data.password, scribe)
        return Gone(count_rows=count, remains=REMAINS)
