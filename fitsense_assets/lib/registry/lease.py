"""One promotion or registration at a time: a lease that dies with the process that holds it."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from fitsense_training.domain.errors import BadInput


@contextmanager
def hold_lease(
    path: Path, holder: str = "promotion or rollback", *, waits: bool = False
) -> Generator[None]:
    """Hold the lease for the block; BadInput at once when somebody else holds it, or wait.

    The kernel frees the lock when the holder ends, even by kill -9, so no lease is ever stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise BadInput(
                f"another {holder} is under way (it holds {path}): wait for it to end and try again"
            ) from error
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
