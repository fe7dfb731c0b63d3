"""Reading, changing and binning workouts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from fitsense_api.db.models.workouts import Workout, WorkoutExercise, WorkoutSet
from fitsense_api.db.unit import Unit
from fitsense_api.paging import Page, Place
from fitsense_api.preconditions import etag_of, refuse_stale
from fitsense_api.workouts.recording import Recorder
from fitsense_api.workouts.repository import WorkoutExercises, Workouts, WorkoutSets
from fitsense_api.workouts.schemas import (
    ExerciseBody,
    ExerciseView,
    SetBody,
    WorkoutBody,
    WorkoutHead,
    WorkoutView,
    exercise_view,
    workout_view,
)
from fitsense_training.domain.errors import UnknownName

IN_BIN_FOR: Final = timedelta(days=30)  # where no setting says otherwise


class WorkoutLog:
    """The workouts of one person."""

    def __init__(self, unit: Unit, owner_id: UUID, in_bin_for: timedelta = IN_BIN_FOR) -> None:
        self._recorder = Recorder(unit, owner_id)
        self._bin_since = unit.now - in_bin_for
        self._workouts, self._sets = Workouts(unit, owner_id), WorkoutSets(unit, owner_id)
        self._exercises = WorkoutExercises(unit, owner_id)

    async def show(self, workout_id: UUID) -> tuple[WorkoutView, str]:
        """One workout, and its tag."""
        view = (await self._views([await self._workouts.get(workout_id)]))[0]
        return view, etag_of(view.model_dump_json())

    async def page(self, place: Place) -> Page[WorkoutView]:
        """The workouts, newest first."""
        found = await self._workouts.page(place, Workout.started_at)
        return Page(tuple(await self._views(found.items)), found.next_cursor)

    async def record(self, bodies: Sequence[WorkoutBody]) -> list[WorkoutView]:
        """Keep workouts, once each however often they are sent."""
        return await self._views([await self._recorder.workout(body) for body in bodies])

    async def change(
        self, workout_id: UUID, body: WorkoutHead, if_match: str | None
    ) -> tuple[WorkoutView, str]:
        """Change when a workout was, its plan and its notes."""
        await self._refuse_stale(workout_id, if_match)
        row = await self._workouts.get(workout_id)
        await self._workouts.update(row, **await self._recorder.head_values(body))
        return await self.show(workout_id)

    async def add_exercise(self, workout_id: UUID, body: ExerciseBody) -> WorkoutView:
        """Add an exercise to a workout."""
        row = await self._workouts.get(workout_id)
        await self._recorder.exercise(row.id, body)
        return (await self.show(row.id))[0]

    async def remove_exercise(self, line_id: UUID, if_match: str | None) -> None:
        """Put an exercise of a workout into the bin."""
        line = await self._exercises.get(line_id)
        await self._refuse_stale(line.workout_id, if_match)
        await self._exercises.remove(line)

    async def add_set(self, line_id: UUID, body: SetBody) -> WorkoutView:
        """Add a set to an exercise of a workout."""
        line = await self._exercises.get(line_id)
        await self._recorder.set(line, body)
        return (await self.show(line.workout_id))[0]

    async def change_set(
        self, set_id: UUID, body: SetBody, if_match: str | None
    ) -> tuple[WorkoutView, str]:
        """Change what was done in a set."""
        row = await self._sets.get(set_id)
        workout_id = await self._refuse_stale_of(row, if_match)
        await self._recorder.change(row, body)
        return await self.show(workout_id)

    async def remove_set(self, set_id: UUID, if_match: str | None) -> None:
        """Put a set into the bin."""
        row = await self._sets.get(set_id)
        await self._refuse_stale_of(row, if_match)
        await self._sets.remove(row)

    async def remove(self, workout_id: UUID, if_match: str | None) -> None:
        """Put a workout into the bin; what is there for too long goes for good (see purging/)."""
        await self._refuse_stale(workout_id, if_match)
        await self._workouts.remove(await self._workouts.get(workout_id))

    async def bin(self) -> list[WorkoutView]:
        """The workouts in the bin, last deleted first."""
        return await self._views(await self._workouts.binned(self._bin_since))

    async def restore(self, workout_id: UUID) -> WorkoutView:
        """Take a workout out of the bin."""
        kept = await self._workouts.binned(self._bin_since)
        row = next((row for row in kept if row.id == workout_id), None)
        if row is None:
            raise UnknownName("there is no such workout in the bin")
        await self._workouts.update(row, deleted_at=None)
        return (await self.show(row.id))[0]

    async def _refuse_stale(self, workout_id: UUID, if_match: str | None) -> None:
        """A workout has one tag for all that is in it."""
        if if_match is not None:
            _, tag = await self.show(workout_id)
            refuse_stale(if_match, tag)

    async def _refuse_stale_of(self, row: WorkoutSet, if_match: str | None) -> UUID:
        """The same for the workout of a set; its id."""
        line = await self._exercises.get(row.workout_exercise_id)
        await self._refuse_stale(line.workout_id, if_match)
        return line.workout_id

    async def _views(self, rows: Sequence[Workout]) -> list[WorkoutView]:
        """Workouts with everything in them, read in three queries however many there are."""
        lines = await self._exercises.all(
            WorkoutExercise.workout_id.in_([row.id for row in rows]),
            order_by=WorkoutExercise.position,
        )
        sets = await self._sets.all(WorkoutSet.workout_exercise_id.in_([line.id for line in lines]))
        by_line: dict[UUID, list[WorkoutSet]] = {}
        for each in sets:
            by_line.setdefault(each.workout_exercise_id, []).append(each)
        by_workout: dict[UUID, list[ExerciseView]] = {}
        for line in lines:
            view = exercise_view(line, by_line.get(line.id, []))
            by_workout.setdefault(line.workout_id, []).append(view)
        return [workout_view(row, tuple(by_workout.get(row.id, []))) for row in rows]
