"""A person's programme: asking the desk in their name, and reading what came of it.

No transaction is held while a model thinks: one reads the question, a second keeps the answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from fitsense_api.calls import Call, keyed
from fitsense_api.db.models.plans import PlanEntry, PlanRevision
from fitsense_api.db.unit import Unit, Units
from fitsense_api.idempotency import Kept, earlier
from fitsense_api.paging import Page, Place
from fitsense_api.people.whole import profile_of
from fitsense_api.planned.repository import Plans, Revisions
from fitsense_api.plans.answers import Answered
from fitsense_api.plans.asked import Asked
from fitsense_api.plans.weeks import WeeksView, weeks_of
from fitsense_api.preconditions import refuse_stale
from fitsense_api.programme.answers import keep_answer
from fitsense_api.programme.question import current_of, question_of
from fitsense_api.programme.schemas import AnyWish, PlanView, revision_view, tag_of
from fitsense_training.domain.errors import UnknownName
from fitsense_training.domain.plan.model import WorkoutPlan

Ask = Callable[[Asked], Awaitable[Answered]]


class Programme:
    """Wishes of one person, answered and kept."""

    def __init__(self, units: Units, owner_id: UUID, ask: Ask) -> None:
        self._units, self._owner_id, self._ask = units, owner_id, ask

    async def propose(self, wish: AnyWish, plan_id: UUID | None, call: Call) -> Kept:
        """The answer to a wish; the same one where it comes again under its key."""
        owner = self._owner_id
        async with self._units.begin(owner, writes=False) as unit:
            if found := await earlier(unit, owner, call.key, call.asked):
                return found
            question = await question_of(unit, owner, wish, plan_id, call.if_match)
        answered = await self._ask(question.asked)
        async with self._units.begin(owner) as unit:
            return await keyed(
                unit,
                owner,
                call,
                lambda: keep_answer(unit, owner, question, answered, call.request_id),
            )


class PlanShelf:
    """The plans of one person and their history, to read."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id
        self._plans, self._revisions = Plans(unit, owner_id), Revisions(unit, owner_id)

    async def current(self) -> tuple[PlanView, str]:
        """The plan that is followed, and its tag."""
        found = await self._plans.active()
        if found is None:
            raise UnknownName("no plan is followed: accept one")
        return await self._view(found), tag_of(found)

    async def plan(self, plan_id: UUID) -> tuple[PlanView, str]:
        """One plan, and its tag."""
        found = await self._plans.get(plan_id)
        return await self._view(found), tag_of(found)

    async def weeks(self, plan_id: UUID) -> WeeksView:
        """The block of the revision that is followed, for the person as they are now.

        Raises:
            Conflict: the plan has no accepted revision.
            BadInput: the plan is not safe for them any more.
        """
        revision = await current_of(self._unit, self._owner_id, await self._plans.get(plan_id))
        profile = await profile_of(self._unit, self._owner_id)
        plan = WorkoutPlan.model_validate(revision.plan)
        return await asyncio.to_thread(weeks_of, profile, plan)

    async def plans(self, place: Place) -> Page[PlanView]:
        """The plans, newest first."""
        page = await self._plans.page(place, PlanEntry.created_at)
        return Page(tuple([await self._view(row) for row in page.items]), page.next_cursor)

    async def history(self, plan_id: UUID, place: Place) -> Page[PlanRevision]:
        """The revisions of a plan, newest first."""
        plan = await self._plans.get(plan_id)
        return await self._revisions.page(
            place, PlanRevision.created_at, PlanRevision.plan_id == plan.id
        )

    async def revision(self, revision_id: UUID) -> PlanRevision:
        """One revision."""
        return await self._revisions.get(revision_id)

    async def remove(self, plan_id: UUID, if_match: str | None) -> None:
        """Put a plan into the bin; workouts that followed it stay."""
        plan = await self._plans.get(plan_id)
        refuse_stale(if_match, tag_of(plan))
        await self._plans.update(plan, is_active=False)
        await self._plans.remove(plan)

    async def _view(self, row: PlanEntry) -> PlanView:
        current = None
        if row.current_revision_id is not None:
            current = revision_view(await self._revisions.get(row.current_revision_id))
        return PlanView(
            id=row.id,
            name=row.name,
            is_active=row.is_active,
            created_at=row.created_at,
            current=current,
        )
