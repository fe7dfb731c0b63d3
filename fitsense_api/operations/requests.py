"""What holds for every request: it is timed and counted, and its body comes within a time."""

import asyncio
import time

from litestar.middleware.base import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from fitsense_api.errors import SlowClient
from fitsense_api.log import note_start, seconds_since_start
from fitsense_api.operations.metrics import Meters


class StartClock:
    """Remembers when a request came in; around everything, so that refusals are timed as well.

    What Litestar calls `before_request` comes after the guards, and not at all without a route.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the time and pass the request on."""
        note_start(scope)
        await self._app(scope, receive, send)


class RequestMeter:
    """Counts a request as its response begins."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters

    async def __call__(self, message: Message, scope: Scope) -> None:
        """See one ASGI message."""
        if message["type"] != "http.response.start" or scope["type"] != "http":
            return
        # The template of the path: the path itself is the caller's, and would be a meter each.
        route = scope.get("path_template") or "unmatched"
        meter = self._meters.requests.labels(scope["method"], route, str(message["status"]))
        meter.observe(seconds_since_start(scope))


class BodyDeadline(ASGIMiddleware):
    """Turns away who sends a body drop by drop: no connection may hold a request open so."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, with a clock beside its body."""
        until_s = time.monotonic() + self._timeout_s
        is_whole = False

        async def receive_in_time() -> ReceiveMessage:
            nonlocal is_whole
            if is_whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), until_s - time.monotonic())
            except TimeoutError as error:
                raise SlowClient("the body did not come in time") from error
            # ASGI lets a server leave the field out with the last part.
            is_whole = not (message["type"] == "http.request" and message.get("more_body", False))
            return message

        await next_app(scope, receive_in_time, send)
