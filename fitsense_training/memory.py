"""What a process that trains or serves may tell its memory, which cannot know what comes next."""

import ctypes
import gc
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h
MMAP_THRESHOLD_MAX_BYTES = 1 << 25
KEPT_BYTES = 1 << 30


def keep_freed_memory() -> None:
    """Keep up to a gigabyte that a training step frees, since the next step wants it again.

    glibc gives large blocks back to the kernel, which clears every page when they are asked for
    again: an eighth of a step of the student. Does nothing where the C library is another one.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD_MAX_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def keep_out_of_collections() -> None:
    """Leave what was loaded to stay, such as a student, out of every later garbage collection.

    Called again, what has gone since, such as the student before, is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
