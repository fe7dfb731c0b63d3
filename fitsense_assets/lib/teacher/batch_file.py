"""The files of a batch: questions go out as JSON lines, answers come back so, in any order.

A provider's file is not to be trusted: lines may be torn, twice, missing, or about something else.
"""

import json
from typing import Any

from pydantic import BaseModel, ValidationError

from fitsense_assets.lib.teacher.calling import ERROR_CHARS_MAX, THROTTLED, TIMEOUT, Outcome
from fitsense_assets.lib.teacher.completion import OK, Completion, kind_of_status

URL = "/v1/chat/completions"
LOST, MALFORMED = "LostRow", "MalformedRow"
EXPIRED, CANCELLED, FAILED = "BatchExpired", "BatchCancelled", "BatchFailed"
# Whether such a row was charged only the provider knows.
UNSURE_ROWS = frozenset({LOST, MALFORMED})
# Such a row is put into another batch.
PASSING_ROWS = UNSURE_ROWS | {
    EXPIRED, THROTTLED, TIMEOUT, "InternalServerError", "ServiceUnavailableError",
}  # fmt: skip
_CODES = {"batch_expired": EXPIRED, "batch_cancelled": CANCELLED}


class _Response(BaseModel):
    status_code: int = OK
    body: dict[str, Any] = {}


class _Error(BaseModel):
    code: str | None = None
    message: str | None = None


class _Line(BaseModel):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


def request_line(key: str, body: dict[str, Any]) -> bytes:
    """One question; its journal key comes back with the answer."""
    line = {"custom_id": key, "method": "POST", "url": URL, "body": body}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def outcomes_of(content: bytes, secret: str | None) -> dict[str, Outcome]:
    """What came of each row, by journal key; the secret is cut out of every error that is told."""
    found: dict[str, Outcome] = {}
    for body in content.split(b"\n"):  # only this byte ends a line: texts may hold U+2028
        line = _line(body)
        if line is None or (line.custom_id in found and not found[line.custom_id].error):
            continue
        found[line.custom_id] = _outcome(line, secret)
    return found


def failed(kind: str, message: str, secret: str | None = None) -> Outcome:
    """The outcome of a row without an answer."""
    if secret:
        message = message.replace(secret, "***")
    unsure = int(kind in UNSURE_ROWS)
    told = f"{kind}: {message[:ERROR_CHARS_MAX]}"
    return Outcome(error=told, failure=kind, attempts=1, count_failures=1, count_unsure=unsure)


def _line(body: bytes) -> _Line | None:
    """A row as it is written; None if it is torn or empty."""
    try:
        return _Line.model_validate_json(body)
    except ValidationError:
        return None


def _outcome(line: _Line, secret: str | None) -> Outcome:
    if line.response is None:
        error = line.error or _Error()
        kind = _CODES.get(error.code or "", MALFORMED)
        return failed(kind, error.message or error.code or "a row with no response", secret)
    status = line.response.status_code
    if status != OK:
        said = json.dumps(line.response.body, ensure_ascii=False)
        return failed(kind_of_status(status), f"{status} {said}", secret)
    try:
        completion = Completion.model_validate(line.response.body)
    except ValidationError as error:
        return failed(MALFORMED, f"the answer is no completion: {error.errors()[0]['msg']}", secret)
    return Outcome(response=completion, attempts=1)
