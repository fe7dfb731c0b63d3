"""Deleting one's account over HTTP."""

from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import PermissionDeniedException
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.accounts.principal import COOKIE, Principal, requires
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.leaving.service import Leaving
from fitsense_api.log import request_id_of
from fitsense_api.operations.audit import AuditEvent, AuditTrail

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

    @post(operation_id="DeleteAccount", summary="Delete one's account", status_code=HTTP_200_OK)
    async def leave(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[Farewell],
        current: NamedDependency[Principal],
        leaving: NamedDependency[Leaving],
        audit: NamedDependency[AuditTrail],
    ) -> Response[Gone]:
        """Remove every row of the account at once; a program's token may not."""
        if current.is_token:
            raise PermissionDeniedException
        count = await leaving.leave(current, data.password)
        event = AuditEvent(
            "account.deleted",
            actor=str(current.user_id),
            outcome="done",
            request_id=request_id_of(request.scope),
            facts={"count_rows": str(count)},
        )
        await audit.record(event)
        headers = {"clear-site-data": '"cache", "cookies", "storage"'}
        response = Response(Gone(count_rows=count, remains=REMAINS), headers=headers)
        response.delete_cookie(COOKIE)
        return response
