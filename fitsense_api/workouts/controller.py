"""Workouts over HTTP: one by one, or all that a device kept while it was offline."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from pydantic import BaseModel, ConfigDict

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Once, provide_once
from fitsense_api.config import ApiSettings
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.paging import Cursor, Limit, PageOf, Place
from fitsense_api.preconditions import IfMatch
from fitsense_api.workouts.schemas import (
    ExerciseBody,
    SetBody,
    SyncBody,
    WorkoutBody,
    WorkoutHead,
    WorkoutView,
)
from fitsense_api.workouts.service import WorkoutLog

WorkoutId = Annotated[UUID, PathParameter(description="The id of the workout.")]
LineId = Annotated[UUID, PathParameter(description="The id of the exercise of a workout.")]
SetId = Annotated[UUID, PathParameter(description="The id of the set.")]


class Nothing(BaseModel):
    """A body that says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def provide_log(
    unit: NamedDependency[Unit],
    current: NamedDependency[Principal],
    api_settings: NamedDependency[ApiSettings],
) -> WorkoutLog:
    """The workouts of who asks."""
    return WorkoutLog(unit, current.user_id, timedelta(days=api_settings.bin_days))


class WorkoutController(Controller):
    """One's workouts."""

    path = "/v1/workouts"
    tags = ("workouts",)
    guards = (requires("workouts"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "log": Provide(provide_log, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @get(operation_id="ListWorkouts", summary="One's workouts")
    async def index(
        self, log: NamedDependency[WorkoutLog], cursor: Cursor = None, limit: Limit = 20
    ) -> PageOf[WorkoutView]:
        """The workouts, newest first."""
        return (await log.page(Place.of(cursor, limit))).shown(lambda view: view)

    @post(operation_id="AddWorkout", summary="Log a workout", status_code=HTTP_201_CREATED)
    async def add(
        self,
        data: JSONBody[WorkoutBody],
        log: NamedDependency[WorkoutLog],
        once: NamedDependency[Once],
    ) -> Response[WorkoutView]:
        """The workout as it is kept; the same one where its client_id was told before."""

        async def add() -> WorkoutView:
            return (await log.record([data]))[0]

        return await once.answer(WorkoutView, add)

    @post("/sync", operation_id="SyncWorkouts", summary="Sync", status_code=HTTP_200_OK)
    async def sync(
        self,
        data: JSONBody[SyncBody],
        log: NamedDependency[WorkoutLog],
        once: NamedDependency[Once],
    ) -> Response[list[WorkoutView]]:
        """Everything a device kept, each once however often it is sent; all of it or nothing."""
        shown = list[WorkoutView]
        return await once.answer(shown, lambda: log.record(data.workouts), HTTP_200_OK)

    @get("/bin", operation_id="ListBin", summary="Deleted workouts")
    async def bin(self, log: NamedDependency[WorkoutLog]) -> list[WorkoutView]:
        """What was deleted and can be taken back: within the last 30 days, unless set otherwise."""
        return await log.bin()

    @get("/{workout_id:uuid}", operation_id="GetWorkout", summary="One workout")
    async def show(
        self, workout_id: WorkoutId, log: NamedDependency[WorkoutLog]
    ) -> Response[WorkoutView]:
        """A workout, with its ETag."""
        return _tagged(*await log.show(workout_id))

    @put("/{workout_id:uuid}", operation_id="PutWorkout", summary="Change a workout")
    async def change(
        self,
        workout_id: WorkoutId,
        data: JSONBody[WorkoutHead],
        log: NamedDependency[WorkoutLog],
        if_match: IfMatch = None,
    ) -> Response[WorkoutView]:
        """The workout as it is kept now."""
        return _tagged(*await log.change(workout_id, data, if_match))

    @delete("/{workout_id:uuid}", operation_id="RemoveWorkout", summary="Delete a workout")
    async def remove(
        self,
        workout_id: WorkoutId,
        log: NamedDependency[WorkoutLog],
        if_match: IfMatch = None,
    ) -> None:
        """Put it into the bin, where it stays for 30 days, unless set otherwise."""
        await log.remove(workout_id, if_match)

    @post(
        "/{workout_id:uuid}/restore",
        operation_id="RestoreWorkout",
        summary="Take a workout out of the bin",
        status_code=HTTP_200_OK,
    )
    async def restore(
        self, workout_id: WorkoutId, data: JSONBody[Nothing], log: NamedDependency[WorkoutLog]
    ) -> WorkoutView:
        """The workout as it was."""
        del data
        return await log.restore(workout_id)

    @post(
        "/{workout_id:uuid}/exercises",
        operation_id="AddWorkoutExercise",
        summary="Add an exercise",
        status_code=HTTP_201_CREATED,
    )
    async def add_exercise(
        self,
        workout_id: WorkoutId,
        data: JSONBody[ExerciseBody],
        log: NamedDependency[WorkoutLog],
        once: NamedDependency[Once],
    ) -> Response[WorkoutView]:
        """The workout with the exercise."""
        return await once.answer(WorkoutView, lambda: log.add_exercise(workout_id, data))


class SetController(Controller):
    """The exercises and sets of one's workouts."""

    path = "/v1"
    tags = ("workouts",)
    guards = (requires("workouts"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "log": Provide(provide_log, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @delete(
        "/workout-exercises/{line_id:uuid}",
        operation_id="RemoveWorkoutExercise",
        summary="Delete an exercise of a workout",
    )
    async def remove_exercise(
        self, line_id: LineId, log: NamedDependency[WorkoutLog], if_match: IfMatch = None
    ) -> None:
        """Delete it with its sets; If-Match is the tag of its workout."""
        await log.remove_exercise(line_id, if_match)

    @post(
        "/workout-exercises/{line_id:uuid}/sets",
        operation_id="AddSet",
        summary="Add a set",
        status_code=HTTP_201_CREATED,
    )
    async def add_set(
        self,
        line_id: LineId,
        data: JSONBody[SetBody],
        log: NamedDependency[WorkoutLog],
        once: NamedDependency[Once],
    ) -> Response[WorkoutView]:
        """The workout with the set."""
        return await once.answer(WorkoutView, lambda: log.add_set(line_id, data))

    @put("/workout-sets/{set_id:uuid}", operation_id="PutSet", summary="Change a set")
    async def change_set(
        self,
        set_id: SetId,
        data: JSONBody[SetBody],
        log: NamedDependency[WorkoutLog],
        if_match: IfMatch = None,
    ) -> Response[WorkoutView]:
        """The workout with the set as it is now; If-Match and ETag are those of the workout."""
        return _tagged(*await log.change_set(set_id, data, if_match))

    @delete("/workout-sets/{set_id:uuid}", operation_id="RemoveSet", summary="Delete a set")
    async def remove_set(
        self, set_id: SetId, log: NamedDependency[WorkoutLog], if_match: IfMatch = None
    ) -> None:
        """Delete it; its number is free again. If-Match is the tag of its workout."""
        await log.remove_set(set_id, if_match)


def _tagged(view: WorkoutView, tag: str) -> Response[WorkoutView]:
    return Response(view, headers={"etag": tag})
