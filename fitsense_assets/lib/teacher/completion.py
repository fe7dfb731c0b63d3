"""An answer in OpenAI's chat protocol: the parts of it that are read, and what a status says."""

from pydantic import BaseModel

from fitsense_assets.lib.teacher.calling import THROTTLED, TIMEOUT

OK, _SERVER_ERRORS = 200, 500
_KINDS = {401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError",
          408: TIMEOUT, 429: THROTTLED, 503: "ServiceUnavailableError"}  # fmt: skip


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Completion(BaseModel):
    """An answer as far as it is read."""

    model: str | None = None
    choices: list[_Choice] = []
    usage: _Usage | None = None


def kind_of_status(status: int) -> str:
    """What litellm calls a status other than 200."""
    other = "InternalServerError" if status >= _SERVER_ERRORS else "BadRequestError"
    return _KINDS.get(status, other)
