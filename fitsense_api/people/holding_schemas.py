"""Goals, equipment and health as they are sent: each list replaces the one before it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from fitsense_api.bounds import NO_NUL, Notes
from fitsense_api.db.models.people import Allergy, Medication, UserCondition
from fitsense_training.domain.vocabulary import Condition, ConditionSeverity, Equipment, Goal

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=NO_NUL)
]
Short = Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalsBody(_Body):
    """What a person trains for, nearest to the heart first."""

    goals: Annotated[tuple[Goal, ...], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.goals)) != len(self.goals):
            raise ValueError("a goal is listed twice: keep it where it matters most")
        return self


class EquipmentBody(_Body):
    """What a person can train with; an empty list means body weight alone."""

    equipment: Annotated[frozenset[Equipment], Field(max_length=len(Equipment))]


class ConditionBody(_Body):
    """One condition as it was reported last."""

    condition: Condition
    severity: ConditionSeverity = ConditionSeverity.MILD
    cleared_on: date | None = Field(
        default=None, description="The day a clinician cleared exercise; it holds for 12 months."
    )
    notes: Notes | None = None


class ConditionsBody(_Body):
    """Every condition a person has."""

    conditions: Annotated[tuple[ConditionBody, ...], Field(max_length=len(Condition))]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.condition for each in self.conditions}) != len(self.conditions):
            raise ValueError("a condition is listed twice: keep one entry per condition")
        return self


class MedicationBody(_Body):
    """A medicine a person takes or took."""

    medication_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=NO_NUL)
    ]
    dosage: Short | None = None
    frequency: Short | None = None
    start_date: date | None = None
    end_date: date | None = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError("end_date lies before start_date: swap them")
        return self


class MedicationView(MedicationBody):
    """A medicine as it is kept."""

    id: UUID


class AllergyBody(_Body):
    """What a person must not meet."""

    allergen: Name
    reaction: Annotated[str, StringConstraints(max_length=120, pattern=NO_NUL)] | None = None
    severity: ConditionSeverity | None = None
    notes: Notes | None = None


class AllergyView(AllergyBody):
    """An allergy as it is kept."""

    id: UUID


def condition_view(row: UserCondition) -> ConditionBody:
    """A condition as it is shown."""
    return ConditionBody(
        condition=Condition(row.condition_id),
        severity=row.severity,
        cleared_on=row.cleared_on,
        notes=row.notes,
    )


def medication_view(row: Medication) -> MedicationView:
    """A medicine as it is shown."""
    names = MedicationView.model_fields
    return MedicationView.model_validate({name: getattr(row, name) for name in names})


def allergy_view(row: Allergy) -> AllergyView:
    """An allergy as it is shown."""
    return AllergyView.model_validate({n: getattr(row, n) for n in AllergyView.model_fields})
