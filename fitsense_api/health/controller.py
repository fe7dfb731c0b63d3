"""Whether the process lives, and how well it can answer."""

from enum import StrEnum

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_503_SERVICE_UNAVAILABLE
from pydantic import BaseModel, ConfigDict

from fitsense_api.operations.limits import LIMIT, UNLIMITED
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.student.planner import PlannerKind, Trouble


class ServiceState(StrEnum):
    """How well people are answered; in every state but the last they are."""

    READY = "ready"
    DEGRADED = "degraded"
    COACH_ONLY = "coach_only"
    STOPPING = "stopping"


class Live(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: str = "live"


class Ready(BaseModel):
    """How well people are answered, by what, and everything that stands in the way of more."""

    model_config = ConfigDict(frozen=True)

    status: ServiceState
    planner: PlannerKind
    model_version: str | None
    troubles: tuple[Trouble, ...]
    count_taken: int
    count_jobs: int


class HealthController(Controller):
    """For whoever watches the process."""

    path = "/health"
    tags = ("health",)
    opt = {LIMIT: UNLIMITED}  # noqa: RUF012 - Litestar's own way to say it

    @get("/live", operation_id="GetLive", summary="Does the process answer", sync_to_thread=False)
    def live(self) -> Live:
        """Always 200 while the process answers."""
        return Live()

    @get("/ready", operation_id="GetReady", summary="How well it answers", sync_to_thread=False)
    def ready(self, desk: NamedDependency[PlanDesk]) -> Response[Ready]:
        """200 in every state in which a safe answer is given; 503 once the service stops."""
        troubles, origin = desk.troubles, desk.planner.origin
        state = _state(desk, troubles)
        ready = Ready(
            status=state,
            planner=desk.planner.kind,
            model_version=origin.version if origin else None,
            troubles=troubles,
            count_taken=desk.line.count_taken,
            count_jobs=desk.job_line.count_taken,
        )
        is_up = state is not ServiceState.STOPPING
        return Response(ready, status_code=200 if is_up else HTTP_503_SERVICE_UNAVAILABLE)


def _state(desk: PlanDesk, troubles: tuple[Trouble, ...]) -> ServiceState:
    is_coach = desk.planner.kind is not PlannerKind.COACH and desk.planner.origin is None
    if Trouble.STOPPING in troubles:
        return ServiceState.STOPPING
    if is_coach or Trouble.SWITCHED_TO_COACH in troubles:
        return ServiceState.COACH_ONLY
    return ServiceState.DEGRADED if troubles else ServiceState.READY
