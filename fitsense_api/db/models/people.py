"""A person: body, health, goals, equipment, and what they agreed to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import Base, Dated, JsonDocument, OwnedBase, Rounded, check, v, words
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    ConditionSeverity,
    ExperienceLevel,
    ScreeningState,
    Sex,
)


class UserProfile(Base, Dated):
    """What plans and formulas need to know; a person has one."""

    __tablename__ = "user_profiles"
    __table_args__ = (
        check("height", "height_cm > 0"),
        check("session_minutes", "session_minutes > 0"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    date_of_birth: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(words(Sex, "sex"))
    height_cm: Mapped[float | None] = mapped_column(Rounded(5, 1))
    height_unit: Mapped[str] = mapped_column(v(5))
    weight_unit: Mapped[str] = mapped_column(v(5))
    activity_level: Mapped[ActivityLevel | None] = mapped_column(
        words(ActivityLevel, "activity_level")
    )
    experience_level: Mapped[ExperienceLevel | None] = mapped_column(
        words(ExperienceLevel, "experience_level")
    )
    weekdays: Mapped[list[str]] = mapped_column(JsonDocument)
    session_minutes: Mapped[int | None]
    excluded_exercises: Mapped[list[str]] = mapped_column(JsonDocument)
    timezone: Mapped[str] = mapped_column(v(64))
    locale: Mapped[str] = mapped_column(v(16))


class MedicalProfile(OwnedBase):
    """What a person tells of their health in their own words."""

    __tablename__ = "user_medical_profiles"
    __table_args__ = (UniqueConstraint("user_id"),)

    has_injuries: Mapped[bool]
    injury_details: Mapped[str | None] = mapped_column(Text)
    surgeries_history: Mapped[str | None] = mapped_column(Text)
    family_history: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)


class UserCondition(Base, Dated):
    """A condition a person has."""

    __tablename__ = "user_conditions"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    condition_id: Mapped[str] = mapped_column(
        ForeignKey("conditions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    severity: Mapped[ConditionSeverity] = mapped_column(words(ConditionSeverity, "severity"))
    cleared_on: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(Text)


class Medication(OwnedBase):
    """A medicine a person takes or took."""

    __tablename__ = "user_medications"
    __table_args__ = (
        check("dates", "end_date >= start_date"),
        Index(None, "user_id", "medication_name"),
    )

    medication_name: Mapped[str] = mapped_column(v(150))
    dosage: Mapped[str | None] = mapped_column(v(60))
    frequency: Mapped[str | None] = mapped_column(v(60))
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(Text)


class Allergy(OwnedBase):
    """What a person must not meet."""

    __tablename__ = "user_allergies"
    __table_args__ = (Index(None, "user_id", "allergen"),)

    allergen: Mapped[str] = mapped_column(v(120))
    reaction: Mapped[str | None] = mapped_column(v(120))
    severity: Mapped[ConditionSeverity | None] = mapped_column(words(ConditionSeverity, "severity"))
    notes: Mapped[str | None] = mapped_column(Text)


class UserGoal(Base, Dated):
    """A goal a person holds; the lower the priority's number, the nearer to their heart."""

    __tablename__ = "user_goals"
    __table_args__ = (check("priority", "priority >= 0"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    goal_id: Mapped[str] = mapped_column(
        ForeignKey("goals.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    priority: Mapped[int]


class UserEquipment(Base, Dated):
    """What a person can train with."""

    __tablename__ = "user_equipment"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    equipment_id: Mapped[str] = mapped_column(
        ForeignKey("equipment.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Screening(OwnedBase):
    """The answers to one screening, under which version of it, and what it allows until when."""

    __tablename__ = "screenings"
    __table_args__ = (Index(None, "user_id", "answered_at"),)

    questionnaire_version: Mapped[str] = mapped_column(v(40))
    answers: Mapped[dict[str, Any]]
    state: Mapped[ScreeningState] = mapped_column(words(ScreeningState, "state"))
    answered_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_because: Mapped[str | None] = mapped_column(v(60))


class Consent(OwnedBase):
    """What a person agreed to, in which version, and when they took it back."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "user_id", "purpose"),)

    purpose: Mapped[str] = mapped_column(v(60))
    version: Mapped[str] = mapped_column(v(40))
    # Who agreed, where it was somebody else than the person.
    given_by: Mapped[str | None] = mapped_column(v(120))
    relation: Mapped[str | None] = mapped_column(v(24))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
