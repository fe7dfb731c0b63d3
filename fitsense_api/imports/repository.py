"""Files that were imported, and keeping their workouts in bulk."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from fitsense_api.db.base import Base
from fitsense_api.db.models.interactions import ImportedFile
from fitsense_api.db.models.workouts import Workout, WorkoutExercise, WorkoutSet
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import Unit

AT_ONCE = 500
_NOT_TOLD = {
    "plan_id": None, "plan_day_id": None, "plan_exercise_id": None, "deleted_at": None,
    "client_id": None, "notes": None, "target_reps": None, "target_weight_kg": None,
    "target_rir": None, "has_pain": False, "completed_at": None,
}  # fmt: skip


class ImportedFiles(Owned[ImportedFile]):
    """The files of a person."""

    model_type = ImportedFile
    what = "import"


class ImportedWorkouts:
    """Workouts of files, of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    async def known(self, client_ids: Sequence[UUID]) -> set[UUID]:
        """Which of these came before, deleted since or not."""
        found: set[UUID] = set()
        for part in _parts(client_ids):
            query = select(Workout.client_id).where(
                Workout.user_id == self._owner_id, Workout.client_id.in_(part)
            )
            found |= {each for each in await self._unit.session.scalars(query) if each}
        return found

    async def keep(self, workouts: Sequence[dict[str, Any]]) -> None:
        """Keep workouts with all that is in them."""
        rows: dict[type[Base], list[dict[str, Any]]] = {
            Workout: [],
            WorkoutExercise: [],
            WorkoutSet: [],
        }
        for workout in workouts:
            head = self._row(Workout, workout)
            rows[Workout].append(head)
            for line in workout["exercises"]:
                row = self._row(WorkoutExercise, {**line, "workout_id": head["id"]})
                rows[WorkoutExercise].append(row)
                rows[WorkoutSet] += [
                    self._row(WorkoutSet, {**each, "workout_exercise_id": row["id"]})
                    for each in line["sets"]
                ]
        for model, values in rows.items():
            if values:
                await self._unit.session.execute(insert(model), values)

    async def remove(self, client_ids: Sequence[UUID]) -> None:
        """Remove workouts for good, so that a file can be imported in another unit."""
        for part in _parts(client_ids):
            await self._unit.session.execute(
                delete(Workout).where(
                    Workout.user_id == self._owner_id, Workout.client_id.in_(part)
                )
            )

    def _row(self, model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
        names = {column.name for column in model.__table__.columns}
        now = self._unit.now
        made = {"id": self._unit.next_id(), "created_at": now, "updated_at": now}
        whole = {**_NOT_TOLD, **values, **made, "user_id": self._owner_id}
        return {name: whole[name] for name in names}


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
