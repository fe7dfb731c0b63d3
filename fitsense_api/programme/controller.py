"""A person's plans over HTTP: wish, look at the changes, decide, go back."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Call, Once, provide_call, provide_once
from fitsense_api.db.unit import Unit, Units
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.idempotency import Kept
from fitsense_api.operations.limits import LIMIT, PLAN
from fitsense_api.paging import Cursor, Limit, PageOf, Place
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.plans.presence import while_here
from fitsense_api.plans.weeks import WeeksView
from fitsense_api.preconditions import IfMatch
from fitsense_api.programme.decisions import Decisions
from fitsense_api.programme.schemas import (
    Accept,
    CarryOn,
    ChangePlan,
    MakeSafe,
    NewPlan,
    PlanView,
    Proposal,
    Reject,
    Revert,
    RevisionView,
    revision_view,
)
from fitsense_api.programme.service import PlanShelf, Programme

AnyRequest = Request[Any, Any, Any]
PlanId = Annotated[UUID, PathParameter(description="The id of the plan.")]
RevisionId = Annotated[UUID, PathParameter(description="The id of the revision.")]


def provide_programme(
    request: AnyRequest,
    units: NamedDependency[Units],
    current: NamedDependency[Principal],
    desk: NamedDependency[PlanDesk],
) -> Programme:
    """The programme of who asks; it opens its own transactions, and stops where they hang up."""
    return Programme(units, current.user_id, lambda asked: while_here(request, desk.answer(asked)))


def provide_shelf(unit: NamedDependency[Unit], current: NamedDependency[Principal]) -> PlanShelf:
    """The plans of who asks."""
    return PlanShelf(unit, current.user_id)


def provide_decisions(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> Decisions:
    """The decisions of who asks."""
    return Decisions(unit, current.user_id)


class WishController(Controller):
    """Four wishes; each is answered with a proposal, and changes nothing before it is accepted."""

    path = "/v1/programme"
    tags = ("programme",)
    guards = (requires("programme"),)
    opt = {LIMIT: PLAN}  # noqa: RUF012 - Litestar's own way to say it
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "programme": Provide(provide_programme, sync_to_thread=False),
        "call": Provide(provide_call),
    }

    @post(
        "/proposals",
        operation_id="WishPlan",
        summary="Ask for a plan",
        status_code=HTTP_201_CREATED,
    )
    async def create(
        self,
        data: JSONBody[NewPlan],
        programme: NamedDependency[Programme],
        call: NamedDependency[Call],
    ) -> Response[Proposal]:
        """A proposed first revision of a new plan, or a handoff."""
        return _sent(await programme.propose(data, None, call))

    @post(
        "/plans/{plan_id:uuid}/modify",
        operation_id="WishChange",
        summary="Ask for changes",
        status_code=HTTP_201_CREATED,
    )
    async def modify(
        self,
        plan_id: PlanId,
        data: JSONBody[ChangePlan],
        programme: NamedDependency[Programme],
        call: NamedDependency[Call],
    ) -> Response[Proposal]:
        """The plan with what was asked for, as a proposal."""
        return _sent(await programme.propose(data, plan_id, call))

    @post(
        "/plans/{plan_id:uuid}/adjust",
        operation_id="WishSafety",
        summary="Ask for a safe plan",
        status_code=HTTP_201_CREATED,
    )
    async def adjust(
        self,
        plan_id: PlanId,
        data: JSONBody[MakeSafe],
        programme: NamedDependency[Programme],
        call: NamedDependency[Call],
    ) -> Response[Proposal]:
        """The plan for a new condition or a pain, as a proposal; a condition is kept at once."""
        return _sent(await programme.propose(data, plan_id, call))

    @post(
        "/plans/{plan_id:uuid}/adapt",
        operation_id="WishProgress",
        summary="Carry a plan on",
        status_code=HTTP_201_CREATED,
    )
    async def adapt(
        self,
        plan_id: PlanId,
        data: JSONBody[CarryOn],
        programme: NamedDependency[Programme],
        call: NamedDependency[Call],
    ) -> Response[Proposal]:
        """The next weeks by what was logged, as a proposal."""
        return _sent(await programme.propose(data, plan_id, call))


class ProgrammeController(Controller):
    """One's plans and their history, and what one makes of proposals."""

    path = "/v1/programme"
    tags = ("programme",)
    guards = (requires("programme"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "shelf": Provide(provide_shelf, sync_to_thread=False),
        "decisions": Provide(provide_decisions, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @get(operation_id="GetProgramme", summary="The plan that is followed")
    async def current(self, shelf: NamedDependency[PlanShelf]) -> Response[PlanView]:
        """The plan that is followed, with its ETag."""
        view, tag = await shelf.current()
        return Response(view, headers={"etag": tag})

    @get("/plans", operation_id="ListPlans", summary="One's plans")
    async def plans(
        self, shelf: NamedDependency[PlanShelf], cursor: Cursor = None, limit: Limit = 20
    ) -> PageOf[PlanView]:
        """One's plans, newest first."""
        page = await shelf.plans(Place.of(cursor, limit))
        return page.shown(lambda view: view)

    @get("/plans/{plan_id:uuid}", operation_id="GetPlan", summary="One plan")
    async def plan(self, plan_id: PlanId, shelf: NamedDependency[PlanShelf]) -> Response[PlanView]:
        """A plan, with its ETag."""
        view, tag = await shelf.plan(plan_id)
        return Response(view, headers={"etag": tag})

    @get(
        "/plans/{plan_id:uuid}/weeks",
        operation_id="GetPlanWeeks",
        summary="A plan over the weeks",
    )
    async def weeks(self, plan_id: PlanId, shelf: NamedDependency[PlanShelf]) -> WeeksView:
        """Four loading weeks and a lighter one; 422 where the plan is safe no more."""
        return await shelf.weeks(plan_id)

    @delete("/plans/{plan_id:uuid}", operation_id="RemovePlan", summary="Remove a plan")
    async def remove(
        self, plan_id: PlanId, shelf: NamedDependency[PlanShelf], if_match: IfMatch = None
    ) -> None:
        """Remove a plan; what was trained by it stays in the log."""
        await shelf.remove(plan_id, if_match)

    @get(
        "/plans/{plan_id:uuid}/revisions",
        operation_id="ListRevisions",
        summary="The history of a plan",
    )
    async def history(
        self,
        plan_id: PlanId,
        shelf: NamedDependency[PlanShelf],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> PageOf[RevisionView]:
        """Every revision, newest first."""
        return (await shelf.history(plan_id, Place.of(cursor, limit))).shown(revision_view)

    @post(
        "/plans/{plan_id:uuid}/revert",
        operation_id="RevertPlan",
        summary="Go back to an earlier revision",
        status_code=HTTP_200_OK,
    )
    async def revert(
        self,
        plan_id: PlanId,
        data: JSONBody[Revert],
        decisions: NamedDependency[Decisions],
        once: NamedDependency[Once],
        if_match: IfMatch = None,
    ) -> Response[RevisionView]:
        """The new revision that holds the earlier plan; 422 where it is safe no more."""

        async def revert() -> RevisionView:
            return revision_view(await decisions.revert(plan_id, data.revision_id, if_match))

        return await once.answer(RevisionView, revert, HTTP_200_OK)

    @get("/revisions/{revision_id:uuid}", operation_id="GetRevision", summary="One revision")
    async def revision(
        self, revision_id: RevisionId, shelf: NamedDependency[PlanShelf]
    ) -> RevisionView:
        """A revision with its changes and reasons."""
        return revision_view(await shelf.revision(revision_id))

    @post(
        "/revisions/{revision_id:uuid}/accept",
        operation_id="AcceptRevision",
        summary="Accept a proposal or parts of it",
        status_code=HTTP_200_OK,
    )
    async def accept(
        self,
        revision_id: RevisionId,
        data: JSONBody[Accept],
        decisions: NamedDependency[Decisions],
        once: NamedDependency[Once],
        if_match: IfMatch = None,
    ) -> Response[RevisionView]:
        """The revision that is followed now; 422 where a part of it alone is not safe."""

        async def accept() -> RevisionView:
            return revision_view(await decisions.accept(revision_id, data.change_ids, if_match))

        return await once.answer(RevisionView, accept, HTTP_200_OK)

    @post(
        "/revisions/{revision_id:uuid}/reject",
        operation_id="RejectRevision",
        summary="Reject a proposal",
        status_code=HTTP_200_OK,
    )
    async def reject(
        self,
        revision_id: RevisionId,
        data: JSONBody[Reject],
        decisions: NamedDependency[Decisions],
        if_match: IfMatch = None,
    ) -> RevisionView:
        """The rejected revision; the plan stays as it is."""
        del data
        return revision_view(await decisions.reject(revision_id, if_match))


def _sent(kept: Kept) -> Response[Proposal]:
    proposal = Proposal.model_validate_json(kept.body)
    return Response(proposal, status_code=kept.status, headers=kept.headers)
