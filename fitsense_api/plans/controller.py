"""Plans over HTTP: make one, change it, make it safe, carry it on. Nothing is stored."""

from typing import Annotated, Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg
from litestar.status_codes import HTTP_200_OK

from fitsense_api.errors import PLAN_PROBLEMS
from fitsense_api.log import note_facts
from fitsense_api.operations.limits import LIMIT, PLAN
from fitsense_api.plans import examples
from fitsense_api.plans.answers import facts_of, to_answer
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.plans.entry import has_place
from fitsense_api.plans.presence import while_here
from fitsense_api.plans.requests import AnyBody, asked_of
from fitsense_api.plans.schemas import AdaptPlan, AdjustPlan, CreatePlan, ModifyPlan, PlanAnswer
from fitsense_api.plans.weeks import AskWeeks, WeeksView, weeks_of

AnyRequest = Request[Any, Any, Any]


def _json(example: dict[str, Any]) -> BodyKwarg:
    return BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=example)])


class PlanController(Controller):
    """Four ways to ask for a plan, and its weeks."""

    path = "/v1/plans"
    tags = ("plans",)
    guards = (has_place,)
    opt = {LIMIT: PLAN}  # noqa: RUF012 - Litestar's own way to say it

    @post(
        operation_id="CreatePlan",
        summary="Make a plan",
        status_code=HTTP_200_OK,
        responses=PLAN_PROBLEMS,
    )
    async def create(
        self,
        request: AnyRequest,
        data: Annotated[CreatePlan, _json(examples.CREATE)],
        desk: NamedDependency[PlanDesk],
    ) -> PlanAnswer:
        """A first plan, or a handoff where none may stand."""
        return await _answer(request, desk, data)

    @post(
        "/modify",
        operation_id="ModifyPlan",
        summary="Change a plan",
        status_code=HTTP_200_OK,
        responses=PLAN_PROBLEMS,
    )
    async def modify(
        self,
        request: AnyRequest,
        data: Annotated[ModifyPlan, _json(examples.MODIFY)],
        desk: NamedDependency[PlanDesk],
    ) -> PlanAnswer:
        """The plan with what was asked for, as far as the rules allow, and every change named."""
        return await _answer(request, desk, data)

    @post(
        "/adjust",
        operation_id="AdjustPlan",
        summary="Make a plan safe",
        status_code=HTTP_200_OK,
        responses=PLAN_PROBLEMS,
    )
    async def adjust(
        self,
        request: AnyRequest,
        data: Annotated[AdjustPlan, _json(examples.ADJUST)],
        desk: NamedDependency[PlanDesk],
    ) -> PlanAnswer:
        """The plan for a new condition or a pain, or a handoff."""
        return await _answer(request, desk, data)

    @post(
        "/adapt",
        operation_id="AdaptPlan",
        summary="Carry a plan on",
        status_code=HTTP_200_OK,
        responses=PLAN_PROBLEMS,
    )
    async def adapt(
        self,
        request: AnyRequest,
        data: Annotated[AdaptPlan, _json(examples.ADAPT)],
        desk: NamedDependency[PlanDesk],
    ) -> PlanAnswer:
        """The plan after what was logged: more, the same, or less."""
        return await _answer(request, desk, data)

    @post(
        "/weeks",
        operation_id="PlanWeeks",
        summary="Lay a plan out over the weeks",
        status_code=HTTP_200_OK,
        responses=PLAN_PROBLEMS,
        sync_to_thread=True,
    )
    def weeks(self, data: Annotated[AskWeeks, _json(examples.WEEKS)]) -> WeeksView:
        """Four loading weeks whose effort rises, and a lighter one; 422 where it is not safe."""
        return weeks_of(data.profile, data.current_plan, has_deload=data.has_deload)


async def _answer(request: AnyRequest, desk: PlanDesk, body: AnyBody) -> PlanAnswer:
    asked = asked_of(body)
    answered = await while_here(request, desk.answer(asked))
    note_facts(request, **facts_of(asked, answered))
    return to_answer(asked, answered)
