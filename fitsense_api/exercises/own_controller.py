"""One's own exercises over HTTP."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter, QueryParameter

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.exercises.cards import ExerciseCard
from fitsense_api.exercises.own import OwnExercises, StandIns
from fitsense_training.domain.vocabulary import Pattern

WhichId = Annotated[str, PathParameter(description="The id of the exercise.", max_length=80)]
WhichPattern = Annotated[Pattern | None, QueryParameter(description="Of this movement alone.")]


def provide_own(unit: NamedDependency[Unit], current: NamedDependency[Principal]) -> OwnExercises:
    """The exercises of who asks."""
    return OwnExercises(unit, current.user_id)


class OwnExerciseController(Controller):
    """What a plan of one's own may name."""

    path = "/v1/programme/exercises"
    tags = ("programme",)
    guards = (requires("programme"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "own": Provide(provide_own, sync_to_thread=False)
    }

    @get(operation_id="ListOwnExercises", summary="One's exercises")
    async def every(
        self, own: NamedDependency[OwnExercises], pattern: WhichPattern = None
    ) -> list[ExerciseCard]:
        """Every exercise that conditions, equipment and level allow; 422 before one is screened."""
        return await own.every(pattern)

    @get("/{exercise:str}/stand-ins", operation_id="ListStandIns", summary="What may stand in")
    async def stand_ins(self, exercise: WhichId, own: NamedDependency[OwnExercises]) -> StandIns:
        """What one may do instead of an exercise, the nearest first."""
        return await own.stand_ins(exercise)
