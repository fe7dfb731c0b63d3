"""Answers that may take their time: each is a job that can be looked at, followed and cancelled.

Jobs live in the memory of this process, a bounded number of them. A job that somebody known started
is theirs alone; one of a stranger is for whoever knows its id, which is 144 bits of chance. A
process that stops finishes them first.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained_call
from fitsense_api.config import ServiceConfig
from fitsense_api.plans.answers import Answered
from fitsense_api.plans.asked import Asked
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.student.planner import Stage
from fitsense_training.domain.errors import UnknownName

HEARTBEAT_S = 15.0


class JobState(StrEnum):
    """How far a job is; the last three are final."""

    QUEUED = "queued"
    WRITING = "writing"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
_BY_STAGE = {
    Stage.QUEUED: JobState.QUEUED,
    Stage.WRITING: JobState.WRITING,
    Stage.CHECKING: JobState.CHECKING,
}


@dataclass(eq=False)
class Job:
    """One job. Whoever follows it sees its newest state; states in between may be missed."""

    asked: Asked
    owner: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    state: JobState = JobState.QUEUED
    count_tokens: int = 0
    answered: Answered | None = None
    ended_at_s: float | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    def note(self, stage: Stage, count_tokens: int = 0) -> None:
        """The answer has come this far (a job watches its own answer)."""
        if self.state not in FINAL:
            self.count_tokens = max(self.count_tokens, count_tokens)
            self.move(_BY_STAGE[stage])

    def move(self, state: JobState) -> None:
        """Take a state, and wake whoever follows."""
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self) -> AsyncIterator[bool]:
        """True whenever it has changed and once at the start, False when nothing happens."""
        seen = None
        while True:
            changed = self._changed
            now = (self.state, self.count_tokens)
            yield now != seen
            seen = now
            if self.state in FINAL:
                return
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await changed.wait()
            except TimeoutError:
                continue


class JobBoard:
    """The jobs of this process."""

    def __init__(
        self,
        desk: PlanDesk,
        config: ServiceConfig,
        log: FilteringBoundLogger,
        now: Callable[[], float],
    ) -> None:
        self._desk, self._config, self._log, self._now = desk, config, log, now
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, asked: Asked, owner: str = "") -> Job:
        """Begin a job; TooBusy where no place is free."""
        self._forget()
        self._desk.job_line.take()
        job = Job(asked, owner)
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._run(job))
        # A task that is cancelled before it begins runs nothing, not even its `finally`.
        job.task.add_done_callback(lambda _: self._end(job))
        return job

    def get(self, job_id: str, owner: str = "") -> Job:
        """A job of this owner or of nobody; UnknownName for any other."""
        job = self._jobs.get(job_id)
        if job is None or job.owner not in ("", owner):
            raise UnknownName("there is no such job: it ended long ago, or never was")
        return job

    def cancel(self, job_id: str, owner: str = "") -> Job:
        """End a job; one that has ended stays as it is."""
        job = self.get(job_id, owner)
        if job.state not in FINAL:
            job.move(JobState.CANCELLED)
            if job.task is not None:
                job.task.cancel()
        return job

    async def _run(self, job: Job) -> None:
        found = await contained_call(
            lambda: self._desk.answer_later(job.asked, job), self._log, "answer a job"
        )
        if job.state in FINAL:
            return
        if isinstance(found, Failure):
            job.move(JobState.FAILED)
        else:
            job.answered = found
            job.move(JobState.DONE)

    def _end(self, job: Job) -> None:
        job.ended_at_s = self._now()
        if job.state not in FINAL:
            job.move(JobState.CANCELLED)
        self._desk.job_line.leave()

    def _forget(self) -> None:
        """Let go of answers nobody fetched in time, and of the oldest when there are too many."""
        ended = [job for job in self._jobs.values() if job.ended_at_s is not None]
        spare = len(self._jobs) - self._config.jobs_kept + 1
        for place, job in enumerate(ended):
            if place < spare or (job.ended_at_s or 0) < self._now() - self._config.job_kept_s:
                del self._jobs[job.id]
