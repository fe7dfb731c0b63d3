"""Plans, their revisions, and the accepted ones line by line.

A plan is a name and a row of revisions. A revision holds a whole plan as the domain writes it, and
its days, exercises and sets as rows, so that what was logged stays linked to what was planned.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import (
    Deletable,
    JsonDocument,
    OwnedBase,
    Rounded,
    check,
    same_owner,
    v,
    words,
)
from fitsense_training.domain.vocabulary import DoseKind, LoadKind, PromptType

_ACTIVE = text("is_active")


class RevisionState(StrEnum):
    """What the person made of a proposed plan."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVERTED = "reverted"


class PlanEntry(OwnedBase, Deletable):
    """One plan over its whole life."""

    __tablename__ = "workout_plans"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        Index(
            "ix_workout_plans_active",
            "user_id",
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    name: Mapped[str | None] = mapped_column(v(150))
    is_active: Mapped[bool]
    # The accepted revision of this moment; no foreign key, for the two would point in a circle.
    current_revision_id: Mapped[UUID | None]


class PlanRevision(OwnedBase):
    """One version of a plan: what it holds, what changed and why, and where it came from."""

    __tablename__ = "plan_revisions"
    __table_args__ = (
        same_owner("plan_id", "workout_plans"),
        UniqueConstraint("user_id", "id"),
        UniqueConstraint("plan_id", "number"),
        check("number", "number > 0"),
    )

    plan_id: Mapped[UUID]
    number: Mapped[int]
    parent_id: Mapped[UUID | None]
    state: Mapped[RevisionState] = mapped_column(words(RevisionState, "state"))
    decided_at: Mapped[datetime | None]
    prompt_type: Mapped[PromptType | None] = mapped_column(words(PromptType, "prompt_type"))
    # What was asked, without the note: whoever accepts a part has it judged by the same request.
    request: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    plan: Mapped[dict[str, Any]]
    diff: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    reasons: Mapped[list[str]] = mapped_column(JsonDocument)
    explanation: Mapped[str | None] = mapped_column(Text)
    model_version: Mapped[str | None] = mapped_column(v(80))
    release: Mapped[str | None] = mapped_column(v(40))
    prompt_version: Mapped[str] = mapped_column(v(40))
    rules_version: Mapped[str] = mapped_column(v(80))
    catalogue_version: Mapped[str] = mapped_column(v(80))
    guard_path: Mapped[str] = mapped_column(v(80))


class PlanDay(OwnedBase):
    """One day of a revision."""

    __tablename__ = "plan_days"
    __table_args__ = (
        same_owner("plan_id", "workout_plans"),
        same_owner("revision_id", "plan_revisions"),
        UniqueConstraint("user_id", "id"),
        UniqueConstraint("revision_id", "name"),
        check("day_order", "day_order >= 0"),
        Index(None, "plan_id"),
        Index(None, "plan_id", "day_order"),
    )

    plan_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(v(60))
    day_order: Mapped[int]
    notes: Mapped[str | None] = mapped_column(Text)


class PlanExercise(OwnedBase):
    """One exercise of a day."""

    __tablename__ = "plan_exercises"
    __table_args__ = (
        same_owner("plan_day_id", "plan_days"),
        UniqueConstraint("user_id", "id"),
        check("position", "position >= 0"),
        Index(None, "plan_day_id", "position"),
    )

    plan_day_id: Mapped[UUID]
    exercise_id: Mapped[str] = mapped_column(
        ForeignKey("exercises.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    superset: Mapped[str | None] = mapped_column(v(1))
    notes: Mapped[str | None] = mapped_column(Text)


class PlanSet(OwnedBase):
    """One planned set: a dose, how hard, and the rest after it. Zero is a value, None is none."""

    __tablename__ = "plan_sets"
    __table_args__ = (
        same_owner("plan_exercise_id", "plan_exercises"),
        UniqueConstraint("plan_exercise_id", "set_number"),
        check("set_number", "set_number > 0"),
        check("dose", "target_reps >= 0 AND target_reps_max >= target_reps"),
        check("weight", "target_weight_kg >= 0"),
        check("rir", "target_rir BETWEEN 0 AND 10"),
        check("rest", "rest_seconds >= 0"),
    )

    plan_exercise_id: Mapped[UUID]
    set_number: Mapped[int]
    dose_kind: Mapped[DoseKind] = mapped_column(words(DoseKind, "dose_kind"))
    target_reps: Mapped[int | None]
    target_reps_max: Mapped[int | None]
    load_kind: Mapped[LoadKind] = mapped_column(words(LoadKind, "load_kind"))
    target_load: Mapped[float | None] = mapped_column(Rounded(6, 2))
    target_weight_kg: Mapped[float | None] = mapped_column(Rounded(6, 2))
    target_rir: Mapped[int | None]
    rest_seconds: Mapped[int | None]
