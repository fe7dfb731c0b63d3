"""The embedded student: whoever the keeper serves, each behind a thread of its own.

A new champion gets a new thread; the one before finishes what it has accepted and then ends, so
nobody is dropped by a swap, and a student that hangs is left behind by the next.
"""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure
from fitsense_api.student.batcher import BatchDone, Batcher
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.planner import PlannerKind, Proposal, Stage, Trouble, Watcher
from fitsense_api.student.served import ModelOrigin, Served
from fitsense_training.domain.request import PlanRequest

NO_STUDENT = "no student is served"


class StudentPlanner:
    """Proposes what the served student writes. Used on the event loop alone, so no lock."""

    kind = PlannerKind.STUDENT

    def __init__(
        self,
        keeper: StudentKeeper,
        rows_max: int,
        log: FilteringBoundLogger,
        done: Callable[[BatchDone], None] = lambda _: None,
    ) -> None:
        self._keeper, self._rows_max, self._log, self._done = keeper, rows_max, log, done
        self._served: Served | None = None
        self._batcher: Batcher | None = None

    @property
    def origin(self) -> ModelOrigin | None:
        """The student that is served now."""
        served = self._keeper.served
        return served.origin if served else None

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What stands in the way of the champion."""
        found = [self._keeper.trouble] if self._keeper.trouble else []
        if self._batcher is not None and self._batcher.is_stuck:
            found.append(Trouble.STUDENT_STUCK)
        return tuple(found)

    @property
    def count_waiting(self) -> int:
        """Requests that the student has not begun."""
        return self._batcher.count_waiting if self._batcher else 0

    async def propose(
        self, request: PlanRequest, timeout_s: float, watcher: Watcher
    ) -> Proposal | Failure:
        """What the student of this moment writes."""
        batcher, served = self._current()
        if batcher is None or served is None:
            return Failure(NO_STUDENT)
        found = await batcher.write(request, timeout_s, lambda: watcher.note(Stage.WRITING))
        return found if isinstance(found, Failure) else Proposal(found, served.origin)

    def _current(self) -> tuple[Batcher | None, Served | None]:
        served = self._keeper.served
        if served is not self._served:
            if self._batcher is not None:
                self._batcher.close()
            self._served = served
            self._batcher = (
                Batcher(served.writer, self._rows_max, self._log, self._done) if served else None
            )
        return self._batcher, served

    async def close(self) -> None:
        """Let the thread end once it has written what waits."""
        if self._batcher is not None:
            self._batcher.close()
