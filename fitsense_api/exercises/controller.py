"""The exercise catalogue, as it may stand in plans."""

import functools

from litestar import Controller, get
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.vocabulary import (
    DoseKind,
    Equipment,
    ExerciseRole,
    ExperienceLevel,
    Muscle,
    Pattern,
    RiskTag,
)


class ExerciseCard(BaseModel):
    """One movement: what it trains, what it needs, what it risks, and how it is done."""

    model_config = ConfigDict(frozen=True)

    exercise_id: str
    name: str
    pattern: Pattern
    role: ExerciseRole
    level: ExperienceLevel
    dose_kind: DoseKind
    muscles_direct: tuple[Muscle, ...]
    muscles_indirect: tuple[Muscle, ...]
    equipment_options: tuple[tuple[Equipment, ...], ...]
    risk_tags: tuple[RiskTag, ...]
    cues: tuple[str, ...]


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
        return _card(load_catalogue().by_id(exercise_id))


@functools.cache
def _cards() -> tuple[ExerciseCard, ...]:
    return tuple(_card(exercise) for exercise in load_catalogue())


def _card(exercise: Exercise) -> ExerciseCard:
    return ExerciseCard(
        exercise_id=exercise.id,
        name=exercise.name,
        pattern=exercise.pattern,
        role=exercise.role,
        level=exercise.level,
        dose_kind=exercise.dose_kind,
        muscles_direct=exercise.direct,
        muscles_indirect=exercise.indirect,
        equipment_options=tuple(tuple(sorted(option)) for option in exercise.equipment),
        risk_tags=tuple(sorted(exercise.tags)),
        cues=exercise.cues,
    )
