"""What a person holds beside the profile: goals, equipment and conditions, each put as a whole."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fitsense_api.db.models.people import UserCondition, UserEquipment, UserGoal
from fitsense_api.db.unit import Unit
from fitsense_api.people.holding_schemas import (
    ConditionBody,
    ConditionsBody,
    EquipmentBody,
    GoalsBody,
    condition_view,
)
from fitsense_api.people.repository import Conditions, Goals, Pieces, Screenings
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import ConditionRecord
from fitsense_training.domain.vocabulary import Equipment, Goal

HEALTH_CHANGED = "conditions_changed"


class Holdings:
    """Goals, equipment and conditions of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._today = unit.now.date()
        self._goals, self._pieces = Goals(unit, owner_id), Pieces(unit, owner_id)
        self._conditions = Conditions(unit, owner_id)
        self._screenings = Screenings(unit, owner_id)

    async def goals(self) -> tuple[Goal, ...]:
        """What the person trains for, nearest to the heart first."""
        rows = await self._goals.all(order_by=UserGoal.priority)
        return tuple(Goal(row.goal_id) for row in rows)

    async def put_goals(self, goals: Sequence[Goal]) -> GoalsBody:
        """Keep these goals and no others."""
        await self._goals.clear()
        await self._goals.add_all(
            [UserGoal(goal_id=goal.value, priority=place) for place, goal in enumerate(goals)]
        )
        return GoalsBody(goals=tuple(goals))

    async def equipment(self) -> tuple[Equipment, ...]:
        """What the person can train with."""
        rows = await self._pieces.all(order_by=UserEquipment.equipment_id)
        return tuple(Equipment(row.equipment_id) for row in rows)

    async def put_equipment(self, pieces: Sequence[Equipment]) -> EquipmentBody:
        """Keep this equipment and no other."""
        await self._pieces.clear()
        await self._pieces.add_all(
            [UserEquipment(equipment_id=piece.value) for piece in sorted(set(pieces))]
        )
        return EquipmentBody(equipment=frozenset(pieces))

    async def conditions(self) -> ConditionsBody:
        """Every condition the person told of."""
        rows = await self._conditions.all(order_by=UserCondition.condition_id)
        return ConditionsBody(conditions=tuple(condition_view(row) for row in rows))

    async def put_conditions(self, body: ConditionsBody) -> ConditionsBody:
        """Keep these conditions and no others; where they differ, screening is asked anew."""
        for told in body.conditions:
            self._refuse_future(told.cleared_on)
        before = await self.conditions()
        if set(before.conditions) != set(body.conditions):
            await self._screenings.void(HEALTH_CHANGED)
        await self._conditions.clear()
        await self._conditions.add_all([_row(told) for told in body.conditions])
        return await self.conditions()

    async def report(self, record: ConditionRecord) -> None:
        """Keep a condition as it was reported last, beside the others."""
        known = (await self.conditions()).conditions
        told = ConditionBody(
            condition=record.condition,
            severity=record.severity,
            cleared_on=self._today if record.is_cleared else None,
        )
        others = tuple(each for each in known if each.condition is not record.condition)
        await self.put_conditions(ConditionsBody(conditions=(*others, told)))

    def _refuse_future(self, cleared_on: date | None) -> None:
        if cleared_on is not None and cleared_on > self._today:
            raise BadInput("cleared_on lies in the future: give the day it was cleared, or none")


def _row(told: ConditionBody) -> UserCondition:
    return UserCondition(
        condition_id=told.condition.value,
        severity=told.severity,
        cleared_on=told.cleared_on,
        notes=told.notes,
    )
