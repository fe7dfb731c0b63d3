"""Writing workouts: by the device's own ids, so that what is sent twice is kept once.

The later word wins; what was deleted stays deleted, however late a device tells of it again.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fitsense_api.db.models.plans import PlanSet
from fitsense_api.db.models.workouts import SetKind, Workout, WorkoutExercise, WorkoutSet
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_api.planned.repository import PlanDays, PlanExercises, Plans, PlanSets
from fitsense_api.workouts.repository import WorkoutExercises, Workouts, WorkoutSets
from fitsense_api.workouts.schemas import ExerciseBody, SetBody, WorkoutBody, WorkoutHead
from fitsense_training.domain.errors import BadInput

TAKEN = "there is a set of this number already: change that one, or send another number"


class Recorder:
    """Writes the workouts of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        # It may be tomorrow where they live.
        self._latest = unit.now + timedelta(days=1)
        self._plans, self._days = Plans(unit, owner_id), PlanDays(unit, owner_id)
        self._lines, self._planned = PlanExercises(unit, owner_id), PlanSets(unit, owner_id)
        self._workouts, self._sets = Workouts(unit, owner_id), WorkoutSets(unit, owner_id)
        self._exercises = WorkoutExercises(unit, owner_id)

    async def workout(self, body: WorkoutBody) -> Workout:
        """Keep a workout with everything in it."""
        values = await self.head_values(body)
        row = await _told_before(self._workouts, body.client_id)
        if row is None:
            row = await self._workouts.add(Workout(client_id=body.client_id, **values))
        elif row.deleted_at is None:
            await self._workouts.update(row, **values)
        for each in body.exercises:
            await self.exercise(row.id, each)
        return row

    async def head_values(self, body: WorkoutHead) -> dict[str, Any]:
        """The columns of a workout.

        Raises:
            UnknownName: its plan or its day is not the person's.
            BadInput: it is still to come.
        """
        if body.started_at > self._latest:
            raise BadInput("this workout is still to come: log it when it is done")
        if body.plan_id is not None:
            await self._plans.get(body.plan_id)
        if body.plan_day_id is not None:
            await self._days.get(body.plan_day_id)
        return {name: getattr(body, name) for name in WorkoutHead.model_fields}

    async def exercise(self, workout_id: UUID, body: ExerciseBody) -> WorkoutExercise:
        """Keep an exercise of a workout, with its sets."""
        if body.plan_exercise_id is not None:
            await self._lines.get(body.plan_exercise_id)
        values: dict[str, Any] = {
            "exercise_id": body.exercise_id,
            "plan_exercise_id": body.plan_exercise_id,
            "position": body.position,
            "notes": body.notes,
        }
        row = await _told_before(self._exercises, body.client_id)
        if row is None:
            new = WorkoutExercise(workout_id=workout_id, client_id=body.client_id, **values)
            row = await self._exercises.add(new)
        elif row.deleted_at is None:
            await self._exercises.update(row, **values)
        for each in body.sets:
            await self.set(row, each)
        return row

    async def set(self, line: WorkoutExercise, body: SetBody) -> WorkoutSet:
        """Keep a set, beside what the plan meant it to be."""
        row = await _told_before(self._sets, body.client_id)
        if row is not None:
            return row if row.deleted_at else await self.change(row, body)
        values = {**_values(body), **await self._target(line, body)}
        row = await self._sets.find_kept(
            WorkoutSet.workout_exercise_id == line.id, WorkoutSet.set_number == body.set_number
        )
        if row is None:
            new = WorkoutSet(workout_exercise_id=line.id, client_id=body.client_id, **values)
            return await self._sets.add(new)
        if row.deleted_at is None:
            raise Conflict(TAKEN)
        # Its number is free again, but its row is not: the row is taken up for the new set.
        return await self._sets.update(row, client_id=body.client_id, deleted_at=None, **values)

    async def change(self, row: WorkoutSet, body: SetBody) -> WorkoutSet:
        """Change what was done; what was meant stays."""
        return await self._sets.update(row, **_values(body))

    async def _target(self, line: WorkoutExercise, body: SetBody) -> dict[str, Any]:
        """What the plan meant this set to be; a warm-up has no target."""
        planned = None
        if line.plan_exercise_id is not None and body.kind is not SetKind.WARM_UP:
            planned = await self._planned.find(
                PlanSet.plan_exercise_id == line.plan_exercise_id,
                PlanSet.set_number == body.set_number,
            )
        return {
            "target_reps": planned.target_reps if planned else None,
            "target_weight_kg": planned.target_weight_kg if planned else None,
            "target_rir": planned.target_rir if planned else None,
        }


def _values(body: SetBody) -> dict[str, Any]:
    return {
        "set_number": body.set_number,
        "kind": body.kind,
        "is_warmup": body.kind is SetKind.WARM_UP,
        "dose_kind": body.dose_kind,
        "reps": body.reps,
        "weight_kg": body.weight_kg,
        "entered_unit": body.unit,
        "rir": body.rir,
        "rest_seconds": body.rest_seconds,
        "has_pain": body.has_pain,
        "completed_at": body.completed_at,
    }


async def _told_before(rows: Owned[Any], client_id: UUID | None) -> Any:
    """The row a device told of before under its id, deleted or not."""
    if client_id is None:
        return None
    return await rows.find_kept(rows.model_type.client_id == client_id)
