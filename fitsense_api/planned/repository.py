"""A person's plans, their revisions, and the accepted ones line by line.

Who decides on plans writes them (programme/); who logs workouts looks up what was planned.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from fitsense_api.db.models.plans import (
    PlanDay,
    PlanEntry,
    PlanExercise,
    PlanRevision,
    PlanSet,
    RevisionState,
)
from fitsense_api.db.repository import Owned

ONCE_FOLLOWED: Final = (RevisionState.ACCEPTED, RevisionState.REVERTED)


@dataclass(frozen=True)
class FollowedRevision:
    """A revision that was followed: since when, what it held, and when its plan was removed."""

    decided_at: datetime
    plan: dict[str, Any]
    reasons: list[str]
    removed_at: datetime | None


class Plans(Owned[PlanEntry]):
    """The plans of a person; at most one of them is followed."""

    model_type = PlanEntry
    what = "plan"

    async def active(self) -> PlanEntry | None:
        """The plan that is followed."""
        return await self.find(PlanEntry.is_active.is_(True))

    async def follow(self, plan: PlanEntry, revision_id: UUID) -> None:
        """Follow this revision of a plan, and no other plan."""
        for other in await self.all(PlanEntry.is_active.is_(True), PlanEntry.id != plan.id):
            await self.update(other, is_active=False)
        await self.update(plan, is_active=True, current_revision_id=revision_id)


class Revisions(Owned[PlanRevision]):
    """The revisions of a person's plans."""

    model_type = PlanRevision
    what = "revision"

    async def next_number(self, plan_id: UUID) -> int:
        """The number of the next revision of a plan."""
        query = select(func.max(PlanRevision.number)).where(
            PlanRevision.user_id == self.owner_id, PlanRevision.plan_id == plan_id
        )
        return (await self.unit.session.scalar(query) or 0) + 1

    async def followed(self) -> list[FollowedRevision]:
        """Every revision that was followed, of plans that were removed since too; oldest first."""
        columns = (
            PlanRevision.decided_at, PlanRevision.plan, PlanRevision.reasons, PlanEntry.deleted_at,
        )  # fmt: skip
        query = (
            select(*columns)
            .join(PlanEntry, PlanEntry.id == PlanRevision.plan_id)
            .where(PlanRevision.user_id == self.owner_id, PlanEntry.user_id == self.owner_id)
            .where(PlanRevision.state.in_(ONCE_FOLLOWED), PlanRevision.decided_at.is_not(None))
            .order_by(PlanRevision.decided_at)
        )
        found: Any = await self.unit.session.execute(query)
        return [FollowedRevision(*row) for row in found.all()]

    async def overtake(self, plan_id: UUID) -> None:
        """Turn down what is still proposed for a plan: it was made for a plan that is gone."""
        open_ones = await self.all(
            PlanRevision.plan_id == plan_id, PlanRevision.state == RevisionState.PROPOSED
        )
        for row in open_ones:
            await self.update(row, state=RevisionState.REJECTED, decided_at=self.unit.now)


class PlanDays(Owned[PlanDay]):
    """The days of accepted revisions."""

    model_type = PlanDay
    what = "plan day"


class PlanExercises(Owned[PlanExercise]):
    """The exercises of those days."""

    model_type = PlanExercise
    what = "planned exercise"


class PlanSets(Owned[PlanSet]):
    """The sets of those exercises."""

    model_type = PlanSet
    what = "planned set"
