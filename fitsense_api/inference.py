"""Everything between a request for a plan and its answer, made and joined; `app.py` mounts it.

Whoever brings a database hands in its adapters (`Stores`); without one the service remembers in
memory, and keeps the kill switch in a file.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from litestar import Litestar
from litestar.middleware.base import ASGIMiddleware
from structlog.typing import FilteringBoundLogger

from fitsense_api.config import ServiceConfig
from fitsense_api.health.controller import HealthController
from fitsense_api.health.metrics_controller import MetricsController
from fitsense_api.model.admin import ModelAdminController
from fitsense_api.model.comparison import ComparisonDesk
from fitsense_api.model.controller import ModelController
from fitsense_api.model.guards import SETTINGS
from fitsense_api.operations.audit import AuditTrail, LoggedTrail
from fitsense_api.operations.metrics import Meters
from fitsense_api.operations.requests import BodyDeadline, RequestMeter
from fitsense_api.plans.controller import PlanController
from fitsense_api.plans.conversations import Conversations, RememberedConversations
from fitsense_api.plans.desk import PlanDesk, Surroundings
from fitsense_api.plans.entry import DESK
from fitsense_api.plans.job_controller import PlanJobController
from fitsense_api.plans.jobs import JobBoard
from fitsense_api.student.choose import choose_planner, choose_teacher
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.planner import Planner
from fitsense_api.student.switch import FileSwitchStore, KillSwitch, SwitchStore
from fitsense_training.settings import Settings

INFERENCE_CONTROLLERS = (
    PlanController,
    PlanJobController,
    ModelController,
    ModelAdminController,
    HealthController,
    MetricsController,
)


@dataclass(frozen=True)
class Stores:
    """What outlives a request; what is None is made here."""

    conversations: Conversations | None = None
    switch: SwitchStore | None = None
    audit: AuditTrail | None = None


def with_trail(stores: Stores | None, trail: AuditTrail) -> Stores:
    """The same stores, with this trail where there was none."""
    stores = stores or Stores()
    return stores if stores.audit else replace(stores, audit=trail)


class Inference:
    """The parts of the inference service, and their life."""

    def __init__(
        self,
        settings: Settings,
        keeper: StudentKeeper,
        config: ServiceConfig,
        log: FilteringBoundLogger,
        stores: Stores | None = None,
    ) -> None:
        stores = stores or Stores()
        self._settings, self._keeper, self._config, self._log = settings, keeper, config, log
        self.meters = Meters()
        self.switch = KillSwitch(stores.switch or FileSwitchStore(settings.home / "serving"), log)
        self.audit = stores.audit or LoggedTrail(log)
        planner = choose_planner(settings, keeper, config, log, self.meters.count_batch)
        around = Surroundings(
            stores.conversations or RememberedConversations(time.monotonic),
            self.switch,
            self.meters,
        )
        self.desk = PlanDesk(planner, around, config, log)
        self.jobs = JobBoard(self.desk, config, log, time.monotonic)
        self.comparisons = ComparisonDesk(planner, choose_teacher(settings, log), config, log)
        self._watch(planner)

    @property
    def parts(self) -> dict[str, object]:
        """What handlers ask for, by the name they ask for it."""
        return {
            "desk": self.desk,
            "keeper": self._keeper,
            "jobs": self.jobs,
            "switch": self.switch,
            "audit": self.audit,
            "comparisons": self.comparisons,
            "meters": self.meters,
        }

    @property
    def state(self) -> dict[str, object]:
        """What guards look up."""
        return {DESK: self.desk, SETTINGS: self._settings}

    @property
    def middleware(self) -> list[ASGIMiddleware]:
        """What every request passes."""
        return [BodyDeadline(self._config.body_timeout_s)]

    @property
    def before_send(self) -> RequestMeter:
        """Counts requests."""
        return RequestMeter(self.meters)

    def _watch(self, planner: Planner) -> None:
        desk, meters = self.desk, self.meters
        meters.watch(
            "fitsense_waiting", "Requests being answered or waiting.",
            lambda: desk.line.count_taken,
        )  # fmt: skip
        meters.watch("fitsense_jobs", "Jobs at work.", lambda: desk.job_line.count_taken)
        meters.watch(
            "fitsense_troubles", "Things that stand in the way.", lambda: len(desk.troubles)
        )
        meters.watch(
            "fitsense_coach_only", "1 while no student is asked.",
            lambda: self.switch.state.is_coach_only,
        )  # fmt: skip
        meters.watch(
            "fitsense_student_served",
            "1 while there is a model to ask.",
            lambda: planner.origin is not None,
        )

    @asynccontextmanager
    async def run(self, _: Litestar) -> AsyncGenerator[None, None]:
        """From the first student to the last answer; who is being answered is answered still."""
        await self._refresh()
        following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await self.desk.drain(self._config.stop_timeout_s)
            await self.comparisons.close()

    async def _follow(self) -> None:
        """Serve whoever is champion, looked up every `refresh_s` seconds."""
        while True:
            await asyncio.sleep(self._config.refresh_s)
            await self._refresh()

    async def _refresh(self) -> None:
        await self.switch.refresh()
        await asyncio.to_thread(self._keeper.refresh)
        origin = self.desk.planner.origin
        self.meters.model.clear()
        if origin is not None:
            self.meters.model.labels(
                self.desk.planner.kind, origin.version, origin.release or ""
            ).set(1)
