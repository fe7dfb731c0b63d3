"""A disk with no room left: files of this process may not grow past a limit for a while."""

import resource
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def a_full_disk(limit_bytes: int = 4096) -> Generator[None]:
    """Within the block every write past `limit_bytes` of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
