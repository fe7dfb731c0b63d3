"""An exercise of the catalogue as it is shown."""

from pydantic import BaseModel, ConfigDict

from fitsense_training.domain.catalogue import Exercise
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


def card_of(exercise: Exercise) -> ExerciseCard:
    """The card of an exercise."""
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
