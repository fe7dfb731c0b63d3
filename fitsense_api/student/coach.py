"""The reference coach as a planner: for a service without a student, and to compare with."""

import asyncio

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure
from fitsense_api.student.planner import PlannerKind, Proposal, Stage, Trouble, Watcher
from fitsense_api.student.workers import WorkerPool
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer


class CoachPlanner:
    """Proposes what the rules alone say."""

    kind = PlannerKind.COACH
    origin = None
    troubles: tuple[Trouble, ...] = ()

    def __init__(self, log: FilteringBoundLogger) -> None:
        self._pool = WorkerPool("coach", 1, log)

    async def propose(
        self, request: PlanRequest, timeout_s: float, watcher: Watcher
    ) -> Proposal | Failure:
        """What the coach writes."""
        watcher.note(Stage.WRITING)
        found = await self._pool.run(lambda: write_answer(coach(request)), timeout_s)
        return found if isinstance(found, Failure) else Proposal(found, None)

    async def close(self) -> None:
        """Take no more requests."""
        await asyncio.to_thread(self._pool.close)
