"""The exercise catalogue, as it may stand in plans."""

import functools

from litestar import Controller, get
from litestar.params import FromPath

from fitsense_api.exercises.cards import ExerciseCard, card_of
from fitsense_training.domain.catalogue import load_catalogue


class ExerciseController(Controller):
    """What a plan may name."""

    path = "/v1/exercises"
    tags = ("exercises",)

    @get(operation_id="ListExercises", summary="All exercises", sync_to_thread=False)
    def every(self) -> list[ExerciseCard]:
        """The whole catalogue, in order of ids."""
        return list(_cards())

    @get("/{exercise_id:str}", operation_id="GetExercise", summary="One exercise")
    async def one(self, exercise_id: FromPath[str]) -> ExerciseCard:
        """One exercise by its id."""
        return card_of(load_catalogue().by_id(exercise_id))


@functools.cache
def _cards() -> tuple[ExerciseCard, ...]:
    return tuple(card_of(exercise) for exercise in load_catalogue())
