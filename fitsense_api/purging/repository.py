"""What lies in bins for too long: whose it is, and its end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, delete, or_, select, union, update

from fitsense_api.db.base import Base, Deletable
from fitsense_api.db.models.accounts import UserSession
from fitsense_api.db.models.interactions import IdempotencyKey
from fitsense_api.db.models.plans import PlanDay, PlanEntry, PlanExercise
from fitsense_api.db.models.workouts import Workout, WorkoutExercise
from fitsense_api.db.tables import METADATA
from fitsense_api.db.unit import Unit

# The policies of PostgreSQL show whoever says so what lies in bins, and nothing else of anybody.
TASK: Final = "fitsense.task"
EMPTY_BINS: Final = "empty_bins"


def bins() -> Iterator[Table]:
    """The tables that keep what was deleted, children before parents."""
    kept = {mapper.local_table for mapper in Base.registry.mappers
            if issubclass(mapper.class_, Deletable)}  # fmt: skip
    return (table for table in reversed(METADATA.sorted_tables) if table in kept)


class Overdue:
    """Who has something in a bin, or an entry that is over; in a transaction of nobody's."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def owners(self, until: datetime) -> list[UUID]:
        """The people of whom something is to be removed."""
        await self._unit.prove(TASK, EMPTY_BINS)
        wanted = [select(each.c.user_id).where(each.c.deleted_at <= until) for each in bins()]
        wanted += [
            select(over.user_id).where(over.expires_at <= self._unit.now)
            for over in (IdempotencyKey, UserSession)
        ]
        return sorted(await self._unit.session.scalars(union(*wanted)))


class PersonBins:
    """The bins of one person, in a transaction in their name."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    async def empty(self, until: datetime) -> int:
        """Remove for good what was deleted up to a moment; returns how many rows."""
        await self._unlink(until)
        count = 0
        for table in bins():
            mine = (table.c.user_id == self._owner_id, table.c.deleted_at <= until)
            count += await self._do(delete(table).where(*mine))
        now = self._unit.now
        keys = delete(IdempotencyKey).where(
            IdempotencyKey.user_id == self._owner_id, IdempotencyKey.expires_at <= now
        )
        sessions = delete(UserSession).where(
            UserSession.user_id == self._owner_id,
            or_(UserSession.expires_at <= now, UserSession.revoked_at <= until),
        )
        return count + await self._do(keys) + await self._do(sessions)

    async def _unlink(self, until: datetime) -> None:
        """Workouts outlive the plan they followed; their links to it end with it."""
        owner = self._owner_id
        plans = select(PlanEntry.id).where(
            PlanEntry.user_id == owner, PlanEntry.deleted_at <= until
        )
        lines = (
            select(PlanExercise.id)
            .join(PlanDay, PlanDay.id == PlanExercise.plan_day_id)
            .where(PlanExercise.user_id == owner, PlanDay.plan_id.in_(plans))
        )
        days = select(PlanDay.id).where(PlanDay.user_id == owner, PlanDay.plan_id.in_(plans))
        mine = Workout.user_id == owner
        for statement in (
            update(Workout).where(mine, Workout.plan_id.in_(plans)).values(plan_id=None),
            update(Workout).where(mine, Workout.plan_day_id.in_(days)).values(plan_day_id=None),
            update(WorkoutExercise)
            .where(WorkoutExercise.user_id == owner, WorkoutExercise.plan_exercise_id.in_(lines))
            .values(plan_exercise_id=None),
        ):
            await self._do(statement)

    async def _do(self, statement: Any) -> int:
        found: Any = await self._unit.session.execute(
            statement.execution_options(synchronize_session=False)
        )
        return int(found.rowcount)
