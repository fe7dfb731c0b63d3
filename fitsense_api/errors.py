"""From errors to HTTP: one table, one shape (application/problem+json, RFC 9457).

FitSenseError (see fitsense_training/domain/errors.py)
├── TooBusy                  every place is taken; come back in a moment
│   ├── DatabaseAway         it is locked, full of others, or not there; come back in a moment
│   └── TooOften             this address or account asked too often; come back later
├── Conflict                 what is there already stands against it
├── ClientGone               the client hung up before the answer was there; nobody reads this
└── SlowClient               the body did not come within its time
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec
from pydantic import BaseModel, ConfigDict

from fitsense_api.boundary import describe
from fitsense_api.log import request_id_of
from fitsense_training.domain.errors import (
    BadInput,
    CorruptArtifact,
    FitSenseError,
    OutOfSpace,
    RuleBookError,
    UnknownName,
    UnsafeAnswer,
)

MAX_FIELD_ERRORS = 20
MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One field of the request that cannot stand, and what it may hold."""

    model_config = ConfigDict(frozen=True)

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong (RFC 9457); `errors` names the fields when the request is at fault."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[FieldError, ...] = ()


class TooBusy(FitSenseError):
    """Every place is taken; come back in a moment."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"every place is taken: ask again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class DatabaseAway(TooBusy):
    """The database is locked, full of others, or not there; come back in a moment."""

    def __init__(self) -> None:
        FitSenseError.__init__(self, "the database does not answer just now: ask again in a moment")
        self.retry_after_s = 2


class TooOften(TooBusy):
    """This address or account asked too often; come back later."""

    def __init__(self, retry_after_s: int) -> None:
        FitSenseError.__init__(self, f"this was asked too often: ask again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Conflict(FitSenseError):
    """What is there already stands against it."""


class ClientGone(FitSenseError):
    """The client hung up before the answer was there; nobody reads this."""


class SlowClient(FitSenseError):
    """The body did not come within its time."""


# The nearest class of an error decides, so a new error has the status of its parent.
STATUS_BY_ERROR = {
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownName: HTTPStatus.NOT_FOUND,
    CorruptArtifact: HTTPStatus.SERVICE_UNAVAILABLE,
    UnsafeAnswer: HTTPStatus.SERVICE_UNAVAILABLE,
    TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    Conflict: HTTPStatus.CONFLICT,
    ClientGone: HTTPStatus.REQUEST_TIMEOUT,
    SlowClient: HTTPStatus.REQUEST_TIMEOUT,
    OutOfSpace: HTTPStatus.SERVICE_UNAVAILABLE,
    RuleBookError: HTTPStatus.INTERNAL_SERVER_ERROR,
    FitSenseError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ValidationException: HTTPStatus.UNPROCESSABLE_ENTITY,
    # Nothing recurses on the event loop but the reader of a body that is nested without end.
    RecursionError: HTTPStatus.BAD_REQUEST,
}
# What a stranger may read of our own errors: those that are about their request, or about load.
_SPOKEN = (BadInput, TooBusy, Conflict)
_SENTENCE = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON: send one JSON object in UTF-8.",
    HTTPStatus.NOT_FOUND: "There is nothing here: /schema/openapi.json lists what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method: see the Allow header.",
    HTTPStatus.UNAUTHORIZED: "This needs a log-in, or a token sent as Authorization: Bearer.",
    HTTPStatus.FORBIDDEN: "You may not do this: ask somebody who may.",
    HTTPStatus.CONFLICT: "Something that is there already stands against it.",
    HTTPStatus.PRECONDITION_FAILED: "It has changed since you saw it: read it again, then send.",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not come in time: send it in one piece.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this service reads.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Send the body as application/json.",
    HTTPStatus.TOO_MANY_REQUESTS: "This was asked too often: ask again after Retry-After.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request breaks its schema: mend the fields named here.",
    HTTPStatus.SERVICE_UNAVAILABLE: "No answer can be given safely just now: ask again later.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side; the log has the id.",
}


def to_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The response to any error; unexpected ones are logged and told apart by their id alone."""
    error = _told_first(error)
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, TooBusy):
        log = request.app.state["log"]
        log.error(
            "failed", what="request", request_id=request_id_of(request.scope), **describe(error)
        )
    sentence = _SENTENCE.get(status, status.phrase)
    problem = Problem(
        type=f"urn:fitsense:problem:{status.phrase.lower().replace(' ', '-')}",
        title=status.phrase,
        status=status.value,
        detail=str(error) if isinstance(error, _SPOKEN) else sentence,
        request_id=request_id_of(request.scope),
        errors=tuple(_field_errors(error)) if isinstance(error, ValidationException) else (),
    )
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if isinstance(error, TooBusy):
        headers["retry-after"] = str(error.retry_after_s)
    return Response(problem, status_code=status.value, headers=headers, media_type=MEDIA_TYPE)


def _told_first(error: Exception) -> Exception:
    """What a dependency made of an error of the handler comes in a group of one."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def status_of(error: Exception) -> HTTPStatus:
    """The status of an error, by the nearest class the table knows."""
    for kind in type(error).__mro__:
        if kind in STATUS_BY_ERROR:
            return STATUS_BY_ERROR[kind]
    if isinstance(error, HTTPException):
        return HTTPStatus(error.status_code)
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _field_errors(error: ValidationException) -> Iterator[FieldError]:
    """Which field is wrong, and what it may hold; never what it held."""
    found = error.extra if isinstance(error.extra, list) else []
    for entry in found[:MAX_FIELD_ERRORS]:
        message = str(entry["message"]).removeprefix("Value error, ")
        yield FieldError(field=str(entry.get("key") or "body"), message=message)


def problems(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    """The problem documents an operation may answer with, for its OpenAPI; any may be too often."""
    return {
        status.value: ResponseSpec(
            Problem, generate_examples=False, description=_SENTENCE[status], media_type=MEDIA_TYPE
        )
        for status in (*statuses, HTTPStatus.TOO_MANY_REQUESTS)
    }


BODY_PROBLEMS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
PLAN_PROBLEMS: Final = problems(*BODY_PROBLEMS, HTTPStatus.SERVICE_UNAVAILABLE)
JOB_PROBLEMS: Final = problems(HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR)
ADMIN_PROBLEMS: Final = problems(
    *BODY_PROBLEMS,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
ACCOUNT_PROBLEMS: Final = problems(
    *BODY_PROBLEMS,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
OWNED_PROBLEMS: Final = problems(
    *BODY_PROBLEMS,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
METRICS_PROBLEMS: Final = problems(
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.INTERNAL_SERVER_ERROR
)
EXCEPTION_HANDLERS = {FitSenseError: to_problem, HTTPException: to_problem, Exception: to_problem}
