"""The catalogue as it suits one person: what a plan of theirs may name, and stand-ins."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.db.unit import Unit
from fitsense_api.exercises.cards import ExerciseCard, card_of
from fitsense_api.people.whole import profile_of
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.stand_in import stand_in_steps
from fitsense_training.domain.science.substitution import SubstitutionStep
from fitsense_training.domain.vocabulary import Pattern, PromptType, ScreeningState


class StandIn(BaseModel):
    """One exercise that may be done instead."""

    model_config = ConfigDict(frozen=True)

    step: SubstitutionStep = Field(description="Where it was found; earlier steps are nearer.")
    exercise: ExerciseCard


class StandIns(BaseModel):
    """An exercise, and what may stand in for it."""

    model_config = ConfigDict(frozen=True)

    exercise_id: str
    is_allowed: bool = Field(description="Whether a plan of one's own may name it as it is.")
    stand_ins: tuple[StandIn, ...] = Field(description="The nearest first, each once.")


class OwnExercises:
    """The catalogue as one person may use it.

    Conditions, screening, equipment, level and what they excluded decide, by the very bounds that
    plans are held to.
    """

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit, self._owner_id = unit, owner_id

    async def every(self, pattern: Pattern | None) -> list[ExerciseCard]:
        """The exercises a plan may name, by id; none for whom no plan is made now.

        Raises:
            BadInput: a plan needs more of the person first.
        """
        allowed = _allowed(await self._bounds())
        return [
            card_of(exercise)
            for exercise in load_catalogue()
            if exercise.id in allowed and pattern in (None, exercise.pattern)
        ]

    async def stand_ins(self, exercise_id: str) -> StandIns:
        """What may stand in for an exercise; UnknownName where there is none of this id."""
        exercise, bounds = load_catalogue().by_id(exercise_id), await self._bounds()
        allowed = _allowed(bounds)
        return StandIns(
            exercise_id=exercise_id,
            is_allowed=exercise_id in allowed,
            stand_ins=_nearest(exercise, bounds) if allowed else (),
        )

    async def _bounds(self) -> Bounds:
        profile = await profile_of(self._unit, self._owner_id)
        return bounds_of(PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile))


def _allowed(bounds: Bounds) -> frozenset[str]:
    is_blocked = bounds.state.rank >= ScreeningState.BLOCKED.rank
    return frozenset() if is_blocked else bounds.allowed


def _nearest(exercise: Exercise, bounds: Bounds) -> tuple[StandIn, ...]:
    found: dict[str, StandIn] = {}
    for step, exercises in stand_in_steps(exercise, bounds):
        for each in exercises:
            found.setdefault(each.id, StandIn(step=step, exercise=card_of(each)))
    return tuple(found.values())
