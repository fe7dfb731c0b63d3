"""The same request to the planner that serves and to the teacher: both judged by the same rules.

For people who look into a case. Nobody is shown these answers as a plan, so no guard stands before
them; a request whose words call for a fixed text is answered by both as it comes.
"""

import asyncio
import time
from functools import partial

from pydantic import BaseModel, ConfigDict, Field
from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained_call
from fitsense_api.config import ServiceConfig
from fitsense_api.log import milliseconds_since
from fitsense_api.plans.schemas import PlanFinding
from fitsense_api.student.planner import Nobody, Planner, PlannerKind
from fitsense_api.student.workers import Line, WorkerPool
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import is_blocked
from fitsense_training.domain.text.explain import change_sentences
from fitsense_training.domain.text.reply import ReviewedReply, review_reply
from fitsense_training.domain.vocabulary import TemplateId


class RawAnswer(BaseModel):
    """What one of the two wrote, before any guard, and what the rules say of it."""

    model_config = ConfigDict(frozen=True)

    planner: PlannerKind
    model_version: str | None
    error: str | None = Field(description="Why there is no answer.")
    plan: WorkoutPlan | None = None
    template: TemplateId | None = None
    findings: tuple[PlanFinding, ...] = ()
    is_blocked: bool = False
    latency_ms: float


class Comparison(BaseModel):
    """Both answers, and what it takes to come from the planner's to the teacher's."""

    model_config = ConfigDict(frozen=True)

    planner: RawAnswer
    teacher: RawAnswer
    changes: tuple[str, ...]


class ComparisonDesk:
    """Asks both, one comparison at a time."""

    def __init__(
        self, planner: Planner, teacher: Planner, config: ServiceConfig, log: FilteringBoundLogger
    ) -> None:
        self._planner, self._teacher, self._log = planner, teacher, log
        self._timeout_s = config.job_timeout_s
        self._line = Line(1, config.retry_after_s)
        self._pool = WorkerPool("comparison", 1, log)

    async def compare(self, request: PlanRequest) -> Comparison:
        """Both answers side by side; TooBusy while another comparison is made."""
        with self._line.place():
            planner, teacher = await asyncio.gather(
                self._ask(self._planner, request), self._ask(self._teacher, request)
            )
        changes: tuple[str, ...] = ()
        if planner.plan is not None and teacher.plan is not None:
            changes = change_sentences(planner.plan, teacher.plan)
        return Comparison(planner=planner, teacher=teacher, changes=changes)

    async def _ask(self, asked: Planner, request: PlanRequest) -> RawAnswer:
        started_s, origin = time.perf_counter(), asked.origin
        proposal = await contained_call(
            lambda: asked.propose(request, self._timeout_s, Nobody()), self._log, "compare"
        )
        found: ReviewedReply | Failure
        if isinstance(proposal, Failure):
            found = proposal
        else:
            origin = proposal.origin
            review = partial(review_reply, request, proposal.reply)
            found = await self._pool.run(review, self._timeout_s)
        return _raw(
            found,
            planner=asked.kind,
            model_version=origin.version if origin else None,
            latency_ms=milliseconds_since(started_s),
        )

    async def close(self) -> None:
        """Let go of the teacher; the planner is the desk's to close."""
        await self._teacher.close()
        self._pool.close()


def _raw(
    found: ReviewedReply | Failure,
    *,
    planner: PlannerKind,
    model_version: str | None,
    latency_ms: float,
) -> RawAnswer:
    if isinstance(found, Failure):
        return RawAnswer(
            planner=planner, model_version=model_version, error=found.error, latency_ms=latency_ms
        )
    answer = found.answer
    return RawAnswer(
        planner=planner,
        model_version=model_version,
        error=None if answer else "unreadable",
        plan=answer if isinstance(answer, WorkoutPlan) else None,
        template=answer.template if isinstance(answer, Handoff) else None,
        findings=tuple(
            PlanFinding(
                rule_id=finding.rule_id,
                severity=finding.severity,
                place=finding.place,
                detail=finding.detail,
            )
            for finding in found.findings
        ),
        is_blocked=is_blocked(found.findings),
        latency_ms=latency_ms,
    )
