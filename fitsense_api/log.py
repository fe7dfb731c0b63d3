"""The log: one JSON line an event, and one event a request, without anybody's words.

A line holds ids, names, numbers and states. Bodies, notes and headers never reach it.
"""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO, cast

import structlog
from litestar import Request
from litestar.types import Message, Scope
from structlog.typing import EventDict, FilteringBoundLogger

HIDDEN = "[hidden]"
# Whole words within a name, so that `count_tokens` stays.
_SECRET = re.compile(
    r"(?i)(?:^|[_-])(?:cookies?|authorization|token|passwords?|secrets?|api_?key|csrf)(?:$|[_-])"
)


def json_log(stream: TextIO) -> FilteringBoundLogger:
    """A logger of JSON lines; nothing global is configured."""
    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )


def hide_secrets(_: object, __: str, event: EventDict) -> EventDict:
    """Take out what gives access, should a line ever hold it: nothing of ours writes any."""
    return cast("EventDict", _hidden(event))


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return {key: HIDDEN if _SECRET.search(str(key)) else _hidden(one) for key, one in pairs}
    if isinstance(value, list | tuple):
        return [_hidden(one) for one in cast("Sequence[Any]", value)]
    return value


def request_id_of(scope: Scope) -> str:
    """The id of a request: ours, never the caller's, and the same whoever asks."""
    notes = _notes(scope)
    if "request_id" not in notes:
        notes["request_id"] = secrets.token_hex(8)
    return str(notes["request_id"])


def note_start(scope: Scope) -> None:
    """Remember when a request came in."""
    _notes(scope)["started_s"] = time.perf_counter()


def seconds_since_start(scope: Scope) -> float:
    """How long ago a request came in."""
    return time.perf_counter() - float(_notes(scope)["started_s"])


def note_facts(request: Request[Any, Any, Any], **facts: Any) -> None:
    """Add facts to the line this request will leave in the log: ids, names, numbers, states."""
    _notes(request.scope).setdefault("facts", {}).update(facts)


class RequestLine:
    """Writes the line of a request as its response begins, whatever the response is."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        self._log = log

    async def __call__(self, message: Message, scope: Scope) -> None:
        """See one ASGI message."""
        if message["type"] != "http.response.start" or scope["type"] != "http":
            return
        notes = _notes(scope)
        self._log.info(
            "request",
            request_id=request_id_of(scope),
            method=scope["method"],
            # The template of the path: the path itself is the caller's text.
            route=scope.get("path_template") or "unmatched",
            status=message["status"],
            latency_ms=milliseconds_since(notes["started_s"]),
            **notes.get("facts", {}),
        )


def milliseconds_since(started_s: float) -> float:
    """Wall time since a `perf_counter` reading, to a hundredth of a millisecond."""
    return round((time.perf_counter() - started_s) * 1000, 2)


def _notes(scope: Scope) -> dict[str, Any]:
    return cast("dict[str, Any]", scope["state"].setdefault("fitsense", {}))
