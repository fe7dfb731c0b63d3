"""Where slow work is done: a few threads, a bounded line before them, and a time limit.

The event loop never computes. A thread cannot be stopped, so a call that outlives its time keeps
its thread; once all threads are held that way the pool says so and takes no more work.
"""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained
from fitsense_api.errors import TooBusy

Result = TypeVar("Result")


class Line:
    """A bounded number of places; who finds none is turned away at once.

    Used on the event loop alone, so there is no lock.
    """

    def __init__(
        self, places: int, retry_after_s: int, refused: Callable[[], None] = lambda: None
    ) -> None:
        self._places, self._retry_after_s, self._refused = places, retry_after_s, refused
        self._is_closed = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self.count_taken = 0

    @property
    def is_full(self) -> bool:
        """Whether nobody more is let in."""
        return self._is_closed or self.count_taken >= self._places

    def refuse_if_full(self) -> None:
        """Turn away whoever would find no place: worth doing before a request is even read."""
        if self.is_full:
            self._refused()
            raise TooBusy(self._retry_after_s)

    def take(self) -> None:
        """Take a place, to be given back by `leave`; TooBusy where there is none."""
        self.refuse_if_full()
        self.count_taken += 1
        self._is_empty.clear()

    def leave(self) -> None:
        """Give a place back."""
        self.count_taken -= 1
        if not self.count_taken:
            self._is_empty.set()

    @contextmanager
    def place(self) -> Generator[None, None, None]:
        """Hold a place for the length of a block."""
        self.take()
        try:
            yield
        finally:
            self.leave()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    async def emptied(self) -> None:
        """Wait until the last one has left."""
        await self._is_empty.wait()


class WorkerPool:
    """Threads for one kind of work."""

    def __init__(self, name: str, threads: int, log: FilteringBoundLogger) -> None:
        self._name, self._threads, self._log = name, threads, log
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._late: list[Future[Any]] = []

    @property
    def is_stuck(self) -> bool:
        """Whether every thread is held by a call that outlived its time."""
        self._late = [future for future in self._late if not future.done()]
        return len(self._late) >= self._threads

    async def run(self, call: Callable[[], Result], timeout_s: float) -> Result | Failure:
        """The result of a call made in a thread, or a Failure once it fails or takes too long."""
        if self.is_stuck:
            return Failure("stuck")
        future = self._executor.submit(contained, call, self._log, f"answer by {self._name}")
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), timeout_s)
        except TimeoutError:
            # One that still waits for a thread is cancelled with the wrapper and holds none.
            if not future.cancel():
                self._late.append(future)
            self._log.error("failed", what=f"answer by {self._name}", error="timeout")
            return Failure("timeout")

    def close(self) -> None:
        """Take no more work and drop what waits; threads end as their calls do."""
        self._executor.shutdown(wait=False, cancel_futures=True)
