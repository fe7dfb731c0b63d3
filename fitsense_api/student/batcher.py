"""One thread that writes for many: requests that wait together are written together.

Nothing waits for company. While a batch is written others arrive, and those that are alike make
the next batch: all rows of a batch are as long as the longest, and go on until the last is done,
so a first plan and a swapped exercise would only hold each other up.

The thread ends for nothing a student does: whatever it raises is a Failure of that batch. If a
batch of several fails, each is tried alone, so that one bad request fails by itself.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained
from fitsense_api.student.served import BatchWriter, Writer
from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.prompt import render_prompt

LIKE_SHARE = 0.6
"""A prompt is like another where the shorter has at least this share of the longer's length."""


@dataclass(frozen=True)
class BatchDone:
    """One batch that was written, for whoever counts."""

    count_rows: int
    count_tokens: int
    seconds: float


@dataclass(eq=False)
class _Waiting:
    """A request in the queue, and the future its asker waits for."""

    request: PlanRequest
    until_s: float
    began: Callable[[], None]
    length: int
    future: Future[str | Failure] = field(default_factory=Future)

    def is_like(self, other: "_Waiting") -> bool:
        """Whether both are written in about as many steps."""
        if self.request.prompt_type is not other.request.prompt_type:
            return False
        shorter, longer = sorted((self.length, other.length))
        return shorter >= LIKE_SHARE * longer


class Batcher:
    """The queue before one student, and the thread that writes for it."""

    def __init__(
        self,
        writer: Writer,
        rows_max: int,
        log: FilteringBoundLogger,
        done: Callable[[BatchDone], None] = lambda _: None,
    ) -> None:
        self._writer, self._rows_max, self._log, self._done = writer, rows_max, log, done
        self._queue: deque[_Waiting] = deque()
        self._change = Condition()
        self._is_closed = False
        self._late_at_s: float | None = None
        self._thread = Thread(target=self._work, name="student", daemon=True)
        self._thread.start()

    @property
    def is_stuck(self) -> bool:
        """Whether the thread writes longer than anybody who asked for it would wait."""
        late_at_s = self._late_at_s
        return late_at_s is not None and time.monotonic() > late_at_s

    @property
    def count_waiting(self) -> int:
        """Requests that no batch has taken yet."""
        return len(self._queue)

    async def write(
        self, request: PlanRequest, timeout_s: float, began: Callable[[], None]
    ) -> str | Failure:
        """The reply, or a Failure. Whoever stops waiting is taken out of the queue.

        `began` is called on the event loop once the writing begins.
        """
        if self.is_stuck:
            return Failure("stuck")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(
            request,
            time.monotonic() + timeout_s,
            lambda: loop.call_soon_threadsafe(began) and None,
            len(render_prompt(request)),
        )
        with self._change:
            if self._is_closed:
                return Failure("closed")
            self._queue.append(waiting)
            self._change.notify()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(waiting.future), timeout_s)
        except TimeoutError:
            self._log.error("failed", what="answer by student", error="timeout")
            return Failure("timeout")

    def close(self) -> None:
        """Take no more requests; the thread ends once those that wait are written."""
        with self._change:
            self._is_closed = True
            self._change.notify()

    def _work(self) -> None:
        while batch := self._next():
            self._late_at_s = max(waiting.until_s for waiting in batch)
            contained(lambda rows=batch: self._write(rows), self._log, "write a batch")
            self._late_at_s = None
            for waiting in batch:
                # Whatever happened above, nobody is left waiting.
                _settle(waiting, Failure("lost"))

    def _next(self) -> list[_Waiting]:
        """The oldest request and those like it, or nothing once the queue is closed and empty."""
        with self._change:
            while True:
                while not self._queue and not self._is_closed:
                    self._change.wait()
                if not self._queue:
                    return []
                if batch := self._take():
                    return batch

    def _take(self) -> list[_Waiting]:
        first, batch, others = None, list[_Waiting](), deque[_Waiting]()
        for waiting in self._queue:
            if waiting.until_s < time.monotonic():
                if waiting.future.set_running_or_notify_cancel():
                    _settle(waiting, Failure("timeout"))
            elif len(batch) == self._rows_max or (first and not waiting.is_like(first)):
                others.append(waiting)
            elif waiting.future.set_running_or_notify_cancel():
                first = first or waiting
                batch.append(waiting)
        self._queue = others
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            waiting.began()
        if len(batch) > 1 and isinstance(self._writer, BatchWriter):
            writer, requests = self._writer, [waiting.request for waiting in batch]
            if self._try(batch, lambda: _as_many(writer.replies(requests), len(requests))):
                return
        for waiting in batch:
            if waiting.until_s < time.monotonic():
                _settle(waiting, Failure("timeout"))
                continue
            request, self._late_at_s = waiting.request, waiting.until_s
            self._try([waiting], lambda asked=request: [self._writer.reply(asked)])

    def _try(self, batch: list[_Waiting], write: Callable[[], list[str]]) -> bool:
        """Write some rows; whether it went well. A single row that fails has its Failure."""
        started_s = time.perf_counter()
        found = contained(write, self._log, "answer by student")
        if isinstance(found, Failure):
            if len(batch) == 1:
                _settle(batch[0], found)
            return False
        seconds = time.perf_counter() - started_s
        for waiting, reply in zip(batch, found, strict=True):
            _settle(waiting, reply)
        count_tokens = self._count_tokens([waiting.request for waiting in batch], found)
        self._done(BatchDone(len(batch), count_tokens, seconds))
        return True

    def _count_tokens(self, requests: list[PlanRequest], replies: list[str]) -> int:
        if not isinstance(self._writer, BatchWriter):
            return 0
        return sum(map(self._writer.count_tokens, requests, replies))


def _as_many(replies: list[str], count: int) -> list[str]:
    """The replies, if there is one for each request."""
    if len(replies) != count:
        raise CorruptArtifact(f"the student wrote {len(replies)} replies to {count} requests")
    return replies


def _settle(waiting: _Waiting, result: str | Failure) -> None:
    """Give a result to whoever still waits for one."""
    if not waiting.future.done():
        waiting.future.set_result(result)
