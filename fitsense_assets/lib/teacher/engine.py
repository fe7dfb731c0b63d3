"""Many questions in the air at once, their replies in the order of the questions.

Questions are read from a stream only as far ahead as a fixed window, so memory stays flat however
many there are. Whatever ends a run early, calls in the air are waited for and written down first.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any

from fitsense_assets.lib.teacher.teacher import Question, Reply

Answer = Callable[[Question], Coroutine[Any, Any, Reply]]


class Stream:
    """Answers a stream of questions with one coroutine each."""

    def __init__(
        self, answer: Answer, questions: Iterable[Question], window: int, *, waits: bool = True
    ) -> None:
        """Keep at most `window` questions open: asked, or answered and waiting for their turn.

        Whether a run that ends early waits for what is open: for calls in the air, yes; for
        answers that may take a day and are written down as open, no.
        """
        self._waits = waits
        self._answer = answer
        self._questions = iter(questions)
        self._window = window
        self._open: deque[asyncio.Task[Reply]] = deque()

    async def next_replies(self) -> list[Reply]:
        """The next replies in order, at least one; empty at the end of the stream."""
        self._fill()
        if not self._open:
            return []
        await asyncio.wait([self._open[0]])
        replies = [self._open.popleft().result()]
        while self._open and self._open[0].done() and not self._open[0].exception():
            replies.append(self._open.popleft().result())
        return replies

    async def settle(self) -> None:
        """Wait for what is still open, or give it up."""
        for task in [] if self._waits else self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._open.clear()

    def _fill(self) -> None:
        while len(self._open) < self._window:
            question = next(self._questions, None)
            if question is None:
                return
            self._open.append(asyncio.create_task(self._answer(question)))


def run_stream(
    stream: Stream, stop: Callable[[], None], close: Callable[[], Awaitable[None]] | None
) -> Iterator[Reply]:
    """The replies of a stream, from code that is not asynchronous itself.

    However it ends, `stop` is called first so that no new question is asked.
    """
    with asyncio.Runner() as runner:
        try:
            while replies := runner.run(stream.next_replies()):
                yield from replies
        finally:
            stop()
            runner.run(_end(stream, close))


async def _end(stream: Stream, close: Callable[[], Awaitable[None]] | None) -> None:
    await stream.settle()
    if close is not None:
        await close()
