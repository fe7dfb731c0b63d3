"""The desk: takes a request, asks the planner behind the guard, and always has an answer.

The gate first: what a person's words call for stands before any model. Then the planner, in its
own thread or server and within its time; whatever goes wrong there, the reference coach; whatever
goes wrong there, a fixed text. All leave through the guard or are a fixed text.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained_call
from fitsense_api.config import ServiceConfig
from fitsense_api.log import milliseconds_since
from fitsense_api.operations.metrics import Meters
from fitsense_api.plans.answers import Answered
from fitsense_api.plans.asked import Asked
from fitsense_api.plans.conversations import Conversations
from fitsense_api.plans.gate import NOT_READ, Gate, gate_of
from fitsense_api.student.planner import (
    Nobody,
    Planner,
    PlannerKind,
    Proposal,
    Stage,
    Trouble,
    Watcher,
)
from fitsense_api.student.served import ModelOrigin
from fitsense_api.student.switch import KillSwitch
from fitsense_api.student.workers import Line, WorkerPool
from fitsense_training.domain.errors import FitSenseError, UnsafeAnswer
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.triage.conversation import ConversationState
from fitsense_training.domain.vocabulary import TemplateId
from fitsense_training.guard import Guarded, GuardPath, answer_safely

NO_ANSWER = Guarded(
    Handoff(template=TemplateId.SEE_CLINICIAN), GuardPath.TEMPLATE, (), ("nobody could answer",)
)
SWITCHED_OFF = "the student is switched off"


@dataclass(frozen=True)
class Surroundings:
    """What the desk works with beside its planner."""

    conversations: Conversations
    switch: KillSwitch
    meters: Meters


@dataclass(frozen=True)
class _Written:
    """A guarded answer, and the model that was asked for it."""

    guarded: Guarded
    origin: ModelOrigin | None


class PlanDesk:
    """Answers requests for plans, a bounded number at a time."""

    def __init__(
        self,
        planner: Planner,
        around: Surroundings,
        config: ServiceConfig,
        log: FilteringBoundLogger,
    ) -> None:
        self._planner, self._around, self._config, self._log = planner, around, config, log
        self._guard = WorkerPool("guard", 1, log)
        self._coach = WorkerPool("coach", 1, log)
        self.line = self._line("waiting", config.places)
        self.job_line = self._line("jobs", config.job_places)
        self._is_stopping = False

    def _line(self, name: str, places: int) -> Line:
        refusals = self._around.meters.refusals.labels(name)
        return Line(places, self._config.retry_after_s, refusals.inc)

    @property
    def planner(self) -> Planner:
        """Who is asked first."""
        return self._planner

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Why the service is not at its best, if it is not."""
        found = [*self._planner.troubles, *self._around.switch.troubles]
        if self._guard.is_stuck or self._coach.is_stuck:
            found.append(Trouble.GUARD_STUCK)
        if self._is_stopping:
            found.append(Trouble.STOPPING)
        elif self.line.is_full:
            found.append(Trouble.LINE_FULL)
        return tuple(found)

    async def answer(self, asked: Asked) -> Answered:
        """The answer to show; TooBusy where no place is free."""
        with self.line.place():
            return await self._answer(asked, Nobody(), self._config.answer_timeout_s)

    async def answer_later(self, asked: Asked, watcher: Watcher) -> Answered:
        """The answer to a job, which may take its time; its place is taken in `job_line` before."""
        return await self._answer(asked, watcher, self._config.job_timeout_s)

    async def _answer(self, asked: Asked, watcher: Watcher, timeout_s: float) -> Answered:
        started_s = time.perf_counter()
        gate = await self._gate(asked)
        if gate.template is not None:
            held = Guarded(Handoff(template=gate.template), GuardPath.TEMPLATE, (), gate.actions)
            written = _Written(held, self._planner.origin)
        else:
            written = await self._write(asked.request, watcher, timeout_s)
        answered = Answered(
            guarded=written.guarded,
            origin=written.origin,
            kind=self._planner.kind,
            gate=gate,
            latency_ms=milliseconds_since(started_s),
        )
        self._count(asked.request, answered)
        return answered

    async def _gate(self, asked: Asked) -> Gate:
        """What the words call for. Words that could not be judged are answered by fixed ones."""
        state = ConversationState()
        if asked.conversation is not None:
            key, note = asked.conversation, asked.request.note
            heard = await contained_call(
                partial(self._around.conversations.turn, key, note), self._log, "hear a turn"
            )
            if isinstance(heard, Failure):
                # What was told before is not known, and may have been an emergency.
                raise UnsafeAnswer("the conversation cannot be read: ask again later")
            state = heard
        found = await self._guard.run(partial(gate_of, asked, state), self._config.answer_timeout_s)
        return NOT_READ if isinstance(found, Failure) else found

    async def _write(self, request: PlanRequest, watcher: Watcher, timeout_s: float) -> _Written:
        origin = self._planner.origin
        found = await self._propose(request, watcher, timeout_s)
        if isinstance(found, Failure):
            why = found.error
        else:
            watcher.note(Stage.CHECKING)
            guarded = await self._check(partial(answer_safely, request, lambda _: found.reply))
            if not isinstance(guarded, Failure):
                return _Written(guarded, found.origin)
            origin, why = found.origin, f"the guard did not answer ({guarded.error})"
        by_rule = await self._coach.run(
            partial(_by_rule, request, why), self._config.answer_timeout_s
        )
        return _Written(NO_ANSWER if isinstance(by_rule, Failure) else by_rule, origin)

    async def _propose(
        self, request: PlanRequest, watcher: Watcher, timeout_s: float
    ) -> Proposal | Failure:
        """A proposal, or in words why there is none."""
        if self._around.switch.state.is_coach_only and self._planner.kind is not PlannerKind.COACH:
            return Failure(SWITCHED_OFF)
        if self._planner.kind is PlannerKind.STUDENT and self._planner.origin is None:
            return Failure("no student is served")
        watcher.note(Stage.QUEUED)
        found = await contained_call(
            lambda: self._planner.propose(request, timeout_s, watcher), self._log, "propose"
        )
        if not isinstance(found, Failure):
            return found
        self._around.meters.failures.labels(self._planner.kind, found.error).inc()
        return Failure(f"the student did not answer ({found.error})")

    async def _check(self, check: Callable[[], Guarded]) -> Guarded | Failure:
        return await self._guard.run(check, self._config.answer_timeout_s)

    def _count(self, request: PlanRequest, answered: Answered) -> None:
        meters, advice = self._around.meters, answered.gate.advice
        seconds = answered.latency_ms / 1000
        meters.answers.labels(answered.planner, request.prompt_type).observe(seconds)
        meters.guarded.labels(answered.guarded.path).inc()
        meters.triaged.labels(advice.level, advice.policy).inc()
        for finding in answered.guarded.findings:
            meters.findings.labels(finding.rule_id).inc()

    async def drain(self, timeout_s: float) -> None:
        """Let nobody in any more, and wait for those who are."""
        self._is_stopping = True
        lines = (self.line, self.job_line)
        for line in lines:
            line.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                for line in lines:
                    await line.emptied()
        await self._planner.close()
        self._guard.close()
        self._coach.close()


def _by_rule(request: PlanRequest, why: str) -> Guarded:
    """The answer of the coach, down the same ladder; `why` says what became of the student."""

    def nobody(_: PlanRequest) -> str:
        raise FitSenseError(why)

    guarded = answer_safely(request, nobody)
    actions = (why if action.startswith("planner failed") else action for action in guarded.actions)
    return replace(guarded, actions=tuple(actions))
