"""A person as a plan sees them: body, goals, time, equipment and health."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    Muscle,
    Sex,
    Weekday,
)


def _is_empty(value: tuple[str, ...]) -> bool:
    """Most people name no such thing, and their JSON stays as short as it was."""
    return not value


def _is_unknown(value: object) -> bool:
    """What is not known is left out of the JSON as well."""
    return value is None


class ConditionRecord(BaseModel, frozen=True, extra="forbid"):
    """One condition a person has, as they reported it."""

    condition: Condition
    severity: ConditionSeverity = ConditionSeverity.MILD
    is_cleared: bool = Field(
        default=False, description="A clinician has cleared exercise within the last 12 months."
    )


class Profile(BaseModel, frozen=True, extra="forbid"):
    """One person. Sets are kept as sorted tuples, so equal people have equal bytes.

    Ranges are those a person can enter: age 13-100 years, height 120-230 cm, weight 30-300 kg,
    sessions of 15-120 minutes.
    """

    age: Annotated[int, Field(ge=13, le=100)]
    sex: Sex
    height_cm: Annotated[float, Field(ge=120, le=230)]
    weight_kg: Annotated[float, Field(ge=30, le=300)]
    activity_level: ActivityLevel
    experience_level: ExperienceLevel
    goals: Annotated[tuple[Goal, ...], Field(min_length=1, max_length=3)]
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=6)]
    session_minutes: Annotated[int, Field(ge=15, le=120)]
    equipment: tuple[Equipment, ...] = ()
    conditions: tuple[ConditionRecord, ...] = ()
    excluded_exercises: tuple[str, ...] = ()
    focus_muscles: tuple[Muscle, ...] = Field(
        default=(), description="Muscles to train more than others.", exclude_if=_is_empty
    )
    maintain_muscles: tuple[Muscle, ...] = Field(
        default=(),
        description="Muscles that are only to be kept; never one of focus.",
        exclude_if=_is_empty,
    )
    screened_on: datetime.date | None = Field(
        default=None,
        description="When the health questions were last answered; None where nobody knows.",
        exclude_if=_is_unknown,
    )
    has_symptoms: bool = Field(
        default=False,
        description="Chest pain, fainting, breathlessness at rest or another warning sign.",
    )

    @model_validator(mode="after")
    def _sorted_and_unique(self) -> Self:
        ordered = {
            "goals": tuple(dict.fromkeys(self.goals)),
            "weekdays": tuple(sorted(set(self.weekdays), key=lambda day: day.order)),
            "equipment": tuple(sorted(set(self.equipment))),
            "conditions": tuple(sorted(self.conditions, key=lambda record: record.condition)),
            "excluded_exercises": tuple(sorted(set(self.excluded_exercises))),
            "focus_muscles": tuple(sorted(set(self.focus_muscles))),
            "maintain_muscles": tuple(sorted(set(self.maintain_muscles))),
        }
        if len({record.condition for record in self.conditions}) != len(self.conditions):
            raise ValueError("a condition is listed twice: keep one entry per condition")
        if both := sorted(set(self.focus_muscles) & set(self.maintain_muscles)):
            raise ValueError(f"{', '.join(both)}: a muscle is either of focus or only maintained")
        for name, value in ordered.items():
            # The instance is still being built, so this is initialisation, not mutation.
            object.__setattr__(self, name, value)
        return self

    @property
    def main_goal(self) -> Goal:
        """The goal that shapes the plan: the first one, but never fat loss under 18.

        Minors get no plan for losing weight (MIN01): their next goal counts, else general health.
        """
        if self.age_band is AgeBand.MINOR:
            fitting = (goal for goal in self.goals if goal is not Goal.FAT_LOSS)
            return next(fitting, Goal.GENERAL_HEALTH)
        return self.goals[0]

    @property
    def is_goal_declined(self) -> bool:
        """Whether the first goal is one that no plan is made for at this age."""
        return self.main_goal is not self.goals[0]

    @property
    def age_band(self) -> AgeBand:
        """The age band this person is sliced by."""
        return AgeBand.of(self.age)

    @property
    def bmi(self) -> float:
        """Body mass index in kg/m2."""
        return self.weight_kg / (self.height_cm / 100) ** 2


def changed(profile: Profile, **fields: object) -> Profile:
    """The profile with some fields changed, validated and sorted again.

    Raises:
        BadInput: nobody can be like that; the message names the field.
    """
    try:
        return Profile.model_validate({**dict(profile), **fields})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"the change leaves {place} out of range: {first['msg']}") from error
