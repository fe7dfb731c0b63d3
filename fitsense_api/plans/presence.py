"""Work is done for a client only while the client is there: who goes away frees the place."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from litestar import Request

from fitsense_api.errors import ClientGone
from fitsense_training.domain.errors import FitSenseError

Result = TypeVar("Result")


async def while_here(request: Request[Any, Any, Any], work: Coroutine[Any, Any, Result]) -> Result:
    """The result of work on a request; ClientGone, and the work cancelled, if the client goes."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientGone("the client hung up")
    finally:
        for each in (task, gone):
            each.cancel()
            with suppress(asyncio.CancelledError, FitSenseError):
                await each


async def _hung_up(request: Request[Any, Any, Any]) -> None:
    # The body has been read, so all that can still come is the end of the connection.
    while (await request.receive())["type"] != "http.disconnect":
        continue
