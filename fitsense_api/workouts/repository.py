"""A person's workouts, and their sets as one flat log for whoever counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fitsense_api.db.models.workouts import SetKind, Workout, WorkoutExercise, WorkoutSet
from fitsense_api.db.repository import Owned
from fitsense_training.domain.vocabulary import DoseKind


class Workouts(Owned[Workout]):
    """The workouts of a person."""

    model_type = Workout
    what = "workout"


class WorkoutExercises(Owned[WorkoutExercise]):
    """The exercises of their workouts."""

    model_type = WorkoutExercise
    what = "exercise of a workout"


@dataclass(frozen=True)
class LoggedSet:
    """One set with the workout and exercise it belongs to."""

    workout_id: UUID
    started_at: datetime
    exercise_id: str
    kind: SetKind
    dose_kind: DoseKind
    reps: int | None
    weight_kg: float | None
    rir: int | None
    has_pain: bool


class WorkoutSets(Owned[WorkoutSet]):
    """The sets of those exercises."""

    model_type = WorkoutSet
    what = "set"

    async def log(self, since: datetime | None = None) -> list[LoggedSet]:
        """Every set that is not deleted, nor its exercise, nor its workout; oldest first."""
        columns = (
            Workout.id, Workout.started_at, WorkoutExercise.exercise_id, WorkoutSet.kind,
            WorkoutSet.dose_kind, WorkoutSet.reps, WorkoutSet.weight_kg, WorkoutSet.rir,
            WorkoutSet.has_pain,
        )  # fmt: skip
        query = (
            select(*columns)
            .join(WorkoutExercise, WorkoutExercise.id == WorkoutSet.workout_exercise_id)
            .join(Workout, Workout.id == WorkoutExercise.workout_id)
            .where(WorkoutSet.user_id == self.owner_id, Workout.user_id == self.owner_id)
            .where(WorkoutSet.deleted_at.is_(None), WorkoutExercise.deleted_at.is_(None))
            .where(Workout.deleted_at.is_(None))
            .order_by(
                Workout.started_at, Workout.id, WorkoutExercise.position, WorkoutSet.set_number
            )
        )
        if since is not None:
            query = query.where(Workout.started_at >= since)
        found: Any = await self.unit.session.execute(query)
        return [LoggedSet(*row) for row in found.all()]
