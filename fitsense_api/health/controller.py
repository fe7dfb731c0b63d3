"""Whether the process lives, and how well it can answer."""

from enum import StrEnum

from litestar import Controller, get
from litestar.di import NamedDependency
from pydantic import BaseModel, ConfigDict

from fitsense_api.plans.desk import PlanDesk
from fitsense_api.student.keeper import StudentKeeper, Trouble


class ServiceState(StrEnum):
    """How well people are answered; in every state they are."""

    READY = "ready"
    DEGRADED = "degraded"
    COACH_ONLY = "coach_only"


class Live(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: str = "live"


class Ready(BaseModel):
    """How well people are answered, by what, and what stands in the way of more."""

    model_config = ConfigDict(frozen=True)

    status: ServiceState
    model_version: str | None
    trouble: Trouble | None
    is_student_stuck: bool
    count_taken: int


class HealthController(Controller):
    """For whoever watches the process."""

    path = "/health"
    tags = ("health",)

    @get("/live", operation_id="GetLive", summary="Does the process answer", sync_to_thread=False)
    def live(self) -> Live:
        """Always 200 while the process answers."""
        return Live()

    @get("/ready", operation_id="GetReady", summary="How well it answers", sync_to_thread=False)
    def ready(
        self, keeper: NamedDependency[StudentKeeper], desk: NamedDependency[PlanDesk]
    ) -> Ready:
        """200 in every state, because in every state a safe answer is given."""
        is_stuck = desk.is_stuck
        status = ServiceState.READY
        if keeper.served is None:
            status = ServiceState.COACH_ONLY
        elif is_stuck or keeper.trouble is not None:
            status = ServiceState.DEGRADED
        return Ready(
            status=status,
            model_version=keeper.served.version if keeper.served else None,
            trouble=keeper.trouble,
            is_student_stuck=is_stuck,
            count_taken=desk.count_taken,
        )
