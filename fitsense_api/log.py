"""The log: one JSON line an event, and one event a request, without anybody's words.

A line holds ids, names, numbers and states. Bodies, notes and headers never reach it.
"""

import secrets
import time
from typing import Any, TextIO, cast

import structlog
from litestar import Request
from litestar.types import Message, Scope
from structlog.typing import FilteringBoundLogger


def json_log(stream: TextIO) -> FilteringBoundLogger:
    """A logger of JSON lines; nothing global is configured."""
    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )


def request_id_of(scope: Scope) -> str:
    """The id of a request: ours, never the caller's, and the same whoever asks."""
    return str(_notes(scope).setdefault("request_id", secrets.token_hex(8)))


async def note_start(request: Request[Any, Any, Any]) -> None:
    """Remember when a request came in."""
    _notes(request.scope)["started_s"] = time.perf_counter()


def note_facts(request: Request[Any, Any, Any], **facts: str | None) -> None:
    """Add facts to the line this request will leave in the log."""
    _notes(request.scope)["facts"] = facts


class RequestLine:
    """Writes the line of a request as its response begins, whatever the response is."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        self._log = log

    async def __call__(self, message: Message, scope: Scope) -> None:
        """See one ASGI message."""
        if message["type"] != "http.response.start" or scope["type"] != "http":
            return
        notes = _notes(scope)
        started_s = notes.get("started_s")
        self._log.info(
            "request",
            request_id=request_id_of(scope),
            method=scope["method"],
            # The template of the path: the path itself is the caller's text.
            route=scope.get("path_template") or "unmatched",
            status=message["status"],
            latency_ms=None if started_s is None else milliseconds_since(started_s),
            **notes.get("facts", {}),
        )


def milliseconds_since(started_s: float) -> float:
    """Wall time since a `perf_counter` reading, to a hundredth of a millisecond."""
    return round((time.perf_counter() - started_s) * 1000, 2)


def _notes(scope: Scope) -> dict[str, Any]:
    return cast("dict[str, Any]", scope["state"].setdefault("fitsense", {}))
