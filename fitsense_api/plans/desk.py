"""The desk: takes a request, asks the student behind the guard, and always has an answer.

The student first, in its own thread and time; whatever goes wrong there, the reference coach;
whatever goes wrong there, a fixed text. All three leave through the guard or are a fixed text.
"""

import time
from dataclasses import replace
from functools import partial

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure
from fitsense_api.config import ServiceConfig
from fitsense_api.log import milliseconds_since
from fitsense_api.plans.answers import Answered
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.served import Served
from fitsense_api.student.workers import Line, WorkerPool
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.vocabulary import TemplateId
from fitsense_training.guard import Guarded, GuardPath, answer_safely

NO_ANSWER = Guarded(
    Handoff(template=TemplateId.SEE_CLINICIAN), GuardPath.TEMPLATE, (), ("nobody could answer",)
)


class PlanDesk:
    """Answers requests for plans, a bounded number at a time."""

    def __init__(
        self, keeper: StudentKeeper, config: ServiceConfig, log: FilteringBoundLogger
    ) -> None:
        self._keeper = keeper
        self._timeout_s = config.answer_timeout_s
        self._line = Line(config.places, config.retry_after_s)
        self._student = WorkerPool("student", config.student_threads, log)
        self._coach = WorkerPool("coach", 1, log)

    @property
    def is_stuck(self) -> bool:
        """Whether the student's threads are all held by answers that never came."""
        return self._student.is_stuck

    @property
    def count_taken(self) -> int:
        """Requests being answered or waiting."""
        return self._line.count_taken

    async def answer(self, request: PlanRequest) -> Answered:
        """The answer to show; TooBusy where no place is free."""
        started_s = time.perf_counter()
        with self._line.place():
            served = self._keeper.served
            guarded = await self._ladder(request, served)
        return Answered(guarded, served, milliseconds_since(started_s))

    async def _ladder(self, request: PlanRequest, served: Served | None) -> Guarded:
        why = "no student is served"
        if served is not None:
            ask = partial(answer_safely, request, served.writer.reply)
            found = await self._student.run(ask, self._timeout_s)
            if not isinstance(found, Failure):
                return found
            why = f"the student did not answer ({found.error})"
        found = await self._coach.run(partial(_by_rule, request, why), self._timeout_s)
        return NO_ANSWER if isinstance(found, Failure) else found

    def close(self) -> None:
        """Take no more requests."""
        self._student.close()
        self._coach.close()


def _by_rule(request: PlanRequest, why: str) -> Guarded:
    """The answer of the coach, down the same ladder; `why` says what became of the student."""

    def nobody(_: PlanRequest) -> str:
        raise FitSenseError(why)

    guarded = answer_safely(request, nobody)
    actions = (why if action.startswith("planner failed") else action for action in guarded.actions)
    return replace(guarded, actions=tuple(actions))
