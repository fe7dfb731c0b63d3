"""Writing where there may be no room left: one sentence a person can act on, whoever writes."""

import errno
import os
import sqlite3
from types import TracebackType

from fitsense_training.domain.errors import OutOfSpace

# A full disk, a spent quota, a limit on the size of files.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class telling_full:  # noqa: N801 - a context manager reads as a verb
    """Say that there is no room to write `what`; every other error passes as it is.

    Who writes sees to it that the old bytes stay and that nothing half written does.

    Raises:
        OutOfSpace: the disk, a quota or a limit on files ended the write.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        """Tell the one error in other words."""
        if error is not None and is_full(error):
            message = f"there is no room left to write {self._what}: free some and run it again"
            raise OutOfSpace(f"{message} (what was there before is as it was)") from error


def is_full(error: BaseException) -> bool:
    """Whether an error means that there is no room, in the words of whoever tells it."""
    if isinstance(error, OSError):
        return error.errno in FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    # Libraries in Rust (polars, safetensors) hand on only the system's words.
    return any(os.strerror(code) in str(error) for code in FULL)
