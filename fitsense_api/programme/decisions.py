"""What a person makes of a proposal: accept it or parts of it, reject it, or go back.

Whatever is to be followed is reviewed again, as the person is now: a part of a safe change need
not be safe, and health may have changed since.
"""

from collections.abc import Collection
from uuid import UUID

from fitsense_api.db.models.people import UserProfile
from fitsense_api.db.models.plans import PlanEntry, PlanRevision, RevisionState
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_api.people.holdings import Holdings
from fitsense_api.people.repository import ProfileRepository
from fitsense_api.people.whole import profile_of
from fitsense_api.planned.repository import ONCE_FOLLOWED, Plans, Revisions
from fitsense_api.preconditions import refuse_stale
from fitsense_api.programme.answers import changes_between, version_columns
from fitsense_api.programme.lines import write_lines
from fitsense_api.programme.question import current_of
from fitsense_api.programme.schemas import tag_of
from fitsense_api.provenance import versions_of
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.apply import apply
from fitsense_training.domain.plan.diff import PlanDiff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest, after_operations
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.vocabulary import PromptType, Severity

DECIDED = "this revision was decided already: propose anew to change the plan"
OVERTAKEN = "the plan was changed since this was proposed: ask for it anew"
REVERTED_BY = "reverted"


class Decisions:
    """The decisions of one person about their plans."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id
        self._plans, self._revisions = Plans(unit, owner_id), Revisions(unit, owner_id)

    async def accept(
        self, revision_id: UUID, change_ids: Collection[str] | None, if_match: str | None
    ) -> PlanRevision:
        """Follow a proposal, or the changes of it that are named.

        Raises:
            Conflict: it was decided already, or the plan has changed since.
            BadInput: what is accepted breaks a rule of safety or is no plan.
        """
        row, plan = await self._proposed(revision_id, if_match)
        before = await self._followed(plan)
        chosen = _chosen(row, before, change_ids)
        request = await self._request(row)
        refuse_unsafe(request, chosen)
        await self._keep_operations(request)
        if change_ids is not None:
            await self._revisions.update(
                row,
                plan=chosen.model_dump(mode="json"),
                diff=changes_between(before, chosen),
                reasons=[reason.value for reason in chosen.reasons],
            )
        await self._revisions.update(row, state=RevisionState.ACCEPTED, decided_at=self._unit.now)
        await self._follow(plan, row)
        return row

    async def reject(self, revision_id: UUID, if_match: str | None) -> PlanRevision:
        """Turn a proposal down; the plan stays as it is."""
        row, _ = await self._proposed(revision_id, if_match)
        return await self._revisions.update(
            row, state=RevisionState.REJECTED, decided_at=self._unit.now
        )

    async def revert(self, plan_id: UUID, revision_id: UUID, if_match: str | None) -> PlanRevision:
        """Follow the plan of an earlier revision again, as a new revision.

        Raises:
            Conflict: it was never followed, or is followed now.
            BadInput: it is not safe for the person as they are now.
        """
        plan = await self._plans.get(plan_id)
        refuse_stale(if_match, tag_of(plan))
        current, target = (
            await current_of(self._unit, self._owner_id, plan),
            await self._revisions.get(revision_id),
        )
        if target.plan_id != plan.id or target.state not in ONCE_FOLLOWED:
            raise Conflict("only a revision of this plan that was followed can be gone back to")
        if target.id == current.id:
            raise Conflict("this revision is followed already")
        wanted = WorkoutPlan.model_validate(target.plan)
        profile = await profile_of(self._unit, self._owner_id)
        refuse_unsafe(PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile), wanted)
        await self._revisions.update(current, state=RevisionState.REVERTED)
        row = await self._revisions.add(
            PlanRevision(
                plan_id=plan.id,
                number=await self._revisions.next_number(plan.id),
                parent_id=current.id,
                state=RevisionState.ACCEPTED,
                decided_at=self._unit.now,
                plan=target.plan,
                diff=changes_between(WorkoutPlan.model_validate(current.plan), wanted),
                reasons=target.reasons,
                explanation=f"Back to revision {target.number}.",
                guard_path=REVERTED_BY,
                **version_columns(versions_of(None)),
            )
        )
        await self._follow(plan, row)
        return row

    async def _proposed(
        self, revision_id: UUID, if_match: str | None
    ) -> tuple[PlanRevision, PlanEntry]:
        row = await self._revisions.get(revision_id)
        plan = await self._plans.get(row.plan_id)
        refuse_stale(if_match, tag_of(plan))
        if row.state is not RevisionState.PROPOSED:
            raise Conflict(DECIDED)
        if row.parent_id != plan.current_revision_id:
            raise Conflict(OVERTAKEN)
        return row, plan

    async def _followed(self, plan: PlanEntry) -> WorkoutPlan | None:
        if plan.current_revision_id is None:
            return None
        current = await self._revisions.get(plan.current_revision_id)
        return WorkoutPlan.model_validate(current.plan)

    async def _request(self, row: PlanRevision) -> PlanRequest:
        """What was asked, by the person as they are now."""
        asked = PlanRequest.model_validate(row.request)
        profile = await profile_of(self._unit, self._owner_id, needs_screening=False)
        wanted = after_operations(profile, asked.operations)
        return asked.model_copy(update={"profile": wanted})

    async def _keep_operations(self, request: PlanRequest) -> None:
        """Days, minutes, equipment and goal that were asked for are the person's from now on."""
        if not request.operations:
            return
        told = request.profile
        profiles, holdings = (
            ProfileRepository(self._unit, self._owner_id),
            Holdings(self._unit, self._owner_id),
        )
        row: UserProfile | None = await profiles.find()
        if row is not None:
            days = [day.value for day in told.weekdays]
            await profiles.update(row, weekdays=days, session_minutes=told.session_minutes)
        await _keep_holdings(holdings, told)

    async def _follow(self, plan: PlanEntry, row: PlanRevision) -> None:
        await write_lines(self._unit, self._owner_id, row)
        await self._plans.follow(plan, row.id)
        await self._revisions.overtake(plan.id)


async def _keep_holdings(holdings: Holdings, told: Profile) -> None:
    if told.goals != await holdings.goals():
        await holdings.put_goals(told.goals)
    if set(told.equipment) != set(await holdings.equipment()):
        await holdings.put_equipment(told.equipment)


def _chosen(
    row: PlanRevision, before: WorkoutPlan | None, change_ids: Collection[str] | None
) -> WorkoutPlan:
    whole = WorkoutPlan.model_validate(row.plan)
    if change_ids is None:
        return whole
    if before is None:
        raise BadInput("a first plan has no changes to choose from: accept it whole or reject it")
    return apply(PlanDiff.model_validate({"changes": row.diff}), before, change_ids)


def refuse_unsafe(request: PlanRequest, plan: WorkoutPlan) -> None:
    """BadInput where a rule of safety forbids the plan; the sentence names rules and places."""
    broken = [each for each in review(request, plan) if each.severity is Severity.BLOCK]
    if broken:
        named = ", ".join(sorted({f"{each.rule_id} at {each.place}" for each in broken})[:6])
        raise BadInput(
            f"this would not be safe for you as you are now ({named}): accept all of the "
            "proposal, or ask for another one"
        )
