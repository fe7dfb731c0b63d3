"""The one place where any error is caught: what lies beyond it may fail, the service may not.

Students, model files and the registry are other people's code and bytes. Whatever they raise is
logged here by name and place, never with its text unless it is our own: a message of theirs may
quote what a person wrote.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from traceback import extract_tb
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from fitsense_training.domain.errors import FitSenseError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Failure:
    """A call that gave no result, and the name of what went wrong."""

    error: str


def contained(call: Callable[[], Result], log: FilteringBoundLogger, what: str) -> Result | Failure:
    """The result of a call, or a Failure once the error is logged; `what` says what was tried."""
    try:
        return call()
    # The boundary described above. BaseException too: a panic in native code is one, and an error
    # that nobody catches in a thread would leave whoever waits for the thread waiting for ever.
    except BaseException as error:
        # `exception` would write the traceback, and with it the error's words.
        log.error("failed", what=what, **describe(error))  # noqa: TRY400
        return Failure(type(error).__name__)


async def contained_call(
    call: Callable[[], Awaitable[Result]], log: FilteringBoundLogger, what: str
) -> Result | Failure:
    """The same for what is awaited; being cancelled is no failure and goes on."""
    try:
        return await call()
    except Exception as error:  # The boundary described above.
        log.error("failed", what=what, **describe(error))  # noqa: TRY400
        return Failure(type(error).__name__)


def describe(error: BaseException) -> dict[str, str]:
    """An error for the log: its name, where it was raised, and its words when they are ours."""
    frames = extract_tb(error.__traceback__)
    where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"
    words = {"why": str(error)} if isinstance(error, FitSenseError) else {}
    return {"error": type(error).__name__, "where": where, **words}
