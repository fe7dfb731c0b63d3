"""Working the service: how it stands, reload, the kill switch, the teacher's answer beside ours."""

import asyncio
from typing import Annotated, Any

from litestar import Controller, Request, get, post, put
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg
from litestar.status_codes import HTTP_200_OK
from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.errors import ADMIN_PROBLEMS
from fitsense_api.log import note_facts, request_id_of
from fitsense_api.model.comparison import Comparison, ComparisonDesk
from fitsense_api.model.guards import actor_of, requires_operator
from fitsense_api.operations.audit import AuditEvent, AuditTrail
from fitsense_api.plans import examples
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.plans.job_schemas import PlanTask
from fitsense_api.plans.requests import asked_of
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.planner import PlannerKind, Trouble
from fitsense_api.student.switch import KillSwitch, SwitchState

AnyRequest = Request[Any, Any, Any]
SWITCH = {"is_coach_only": True, "reason": "the new student swaps exercises nobody asked about"}


class ModelStatus(BaseModel):
    """What is asked for plans, what stands in its way, and who waits."""

    model_config = ConfigDict(frozen=True)

    planner: PlannerKind
    model_version: str | None
    release: str | None
    bundle_sha256: str | None = Field(description="Of the embedded student.")
    is_coach_only: bool
    switch_reason: str
    troubles: tuple[Trouble, ...]
    count_taken: int = Field(description="Requests being answered or waiting.")
    count_jobs: int


class SwitchMove(BaseModel):
    """Where the kill switch is to stand, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_coach_only: bool
    reason: Annotated[str, Field(min_length=3, max_length=200)]


class ModelAdminController(Controller):
    """For operators alone."""

    path = "/v1/admin/model"
    tags = ("admin",)
    guards = (requires_operator,)
    security = ({"operatorToken": []},)

    @get(operation_id="GetModelStatus", summary="How the model stands", responses=ADMIN_PROBLEMS)
    async def status(
        self,
        keeper: NamedDependency[StudentKeeper],
        desk: NamedDependency[PlanDesk],
        switch: NamedDependency[KillSwitch],
    ) -> ModelStatus:
        """What is asked, what stands in its way, and how many wait."""
        return _status(keeper, desk, switch)

    @post(
        "/reload",
        operation_id="ReloadModel",
        summary="Look the champion up and open it anew",
        status_code=HTTP_200_OK,
        responses=ADMIN_PROBLEMS,
    )
    async def reload(
        self,
        request: AnyRequest,
        keeper: NamedDependency[StudentKeeper],
        desk: NamedDependency[PlanDesk],
        switch: NamedDependency[KillSwitch],
        audit: NamedDependency[AuditTrail],
    ) -> ModelStatus:
        """The champion of this moment, verified and opened again; requests go on meanwhile."""
        await asyncio.to_thread(keeper.refresh, anew=True)
        await switch.refresh()
        status = _status(keeper, desk, switch)
        outcome = "refused" if Trouble.BUNDLE_REFUSED in status.troubles else "done"
        facts = {"model_version": str(status.model_version)}
        await audit.record(_event(request, "reload_model", outcome, facts))
        return status

    @put(
        "/switch",
        operation_id="SetKillSwitch",
        summary="Switch students off or on",
        responses=ADMIN_PROBLEMS,
    )
    async def move(
        self,
        request: AnyRequest,
        data: Annotated[
            SwitchMove,
            BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=SWITCH)]),
        ],
        switch: NamedDependency[KillSwitch],
        audit: NamedDependency[AuditTrail],
    ) -> SwitchState:
        """Where the switch stands now; it outlives the process."""
        wanted = SwitchState(
            is_coach_only=data.is_coach_only, reason=data.reason, actor=actor_of(request)
        )
        facts = {"is_coach_only": str(data.is_coach_only)}
        outcome = "failed"
        try:
            await switch.set(wanted)
            outcome = "done"
        finally:
            await audit.record(_event(request, "set_kill_switch", outcome, facts))
        return switch.state

    @post(
        "/compare",
        operation_id="CompareWithTeacher",
        summary="The same request to the planner and to the teacher",
        status_code=HTTP_200_OK,
        responses=ADMIN_PROBLEMS,
    )
    async def compare(
        self,
        request: AnyRequest,
        data: Annotated[
            PlanTask,
            BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=examples.JOB)]),
        ],
        comparisons: NamedDependency[ComparisonDesk],
    ) -> Comparison:
        """Both raw answers with what the rules say of them; they are shown to nobody as a plan."""
        asked = asked_of(data.root)
        note_facts(request, prompt_type=asked.request.prompt_type)
        return await comparisons.compare(asked.request)


def _status(keeper: StudentKeeper, desk: PlanDesk, switch: KillSwitch) -> ModelStatus:
    origin, served = desk.planner.origin, keeper.served
    is_embedded = desk.planner.kind is PlannerKind.STUDENT
    return ModelStatus(
        planner=desk.planner.kind,
        model_version=origin.version if origin else None,
        release=origin.release if origin else None,
        bundle_sha256=served.manifest.bundle_sha256 if served and is_embedded else None,
        is_coach_only=switch.state.is_coach_only,
        switch_reason=switch.state.reason,
        troubles=desk.troubles,
        count_taken=desk.line.count_taken,
        count_jobs=desk.job_line.count_taken,
    )


def _event(request: AnyRequest, action: str, outcome: str, facts: dict[str, str]) -> AuditEvent:
    return AuditEvent(action, actor_of(request), outcome, request_id_of(request.scope), facts)
