"""What was done: workouts, their exercises and sets, target beside actual."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import OwnedBase, Reported, Rounded, check, same_owner, v, words
from fitsense_training.domain.vocabulary import DoseKind


class SetKind(StrEnum):
    """What a set was for."""

    WORKING = "working"
    WARM_UP = "warm_up"
    DROP = "drop"
    FAILURE = "failure"


class Workout(OwnedBase, Reported):
    """One visit to the gym, planned or not; a plan can only be the same person's.

    Plans and days are deleted softly, so these links need no way to be emptied.
    """

    __tablename__ = "workouts"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        UniqueConstraint("user_id", "client_id"),
        same_owner("plan_id", "workout_plans", None),
        same_owner("plan_day_id", "plan_days", None),
        check("times", "ended_at >= started_at"),
        Index(None, "plan_id"),
        Index(None, "plan_day_id"),
        Index(None, "user_id", "started_at"),
    )

    plan_id: Mapped[UUID | None]
    plan_day_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    notes: Mapped[str | None] = mapped_column(Text)


class WorkoutExercise(OwnedBase, Reported):
    """One exercise of a workout."""

    __tablename__ = "workout_exercises"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        UniqueConstraint("user_id", "client_id"),
        same_owner("workout_id", "workouts"),
        same_owner("plan_exercise_id", "plan_exercises", None),
        check("position", "position >= 0"),
        Index(None, "workout_id", "position"),
        Index(None, "plan_exercise_id"),
    )

    workout_id: Mapped[UUID]
    exercise_id: Mapped[str] = mapped_column(
        ForeignKey("exercises.id", ondelete="RESTRICT"), index=True
    )
    plan_exercise_id: Mapped[UUID | None]
    position: Mapped[int]
    notes: Mapped[str | None] = mapped_column(Text)


class WorkoutSet(OwnedBase, Reported):
    """One set as it was meant and as it was done. Zero is a value, None is not told."""

    __tablename__ = "workout_sets"
    __table_args__ = (
        UniqueConstraint("user_id", "client_id"),
        UniqueConstraint("workout_exercise_id", "set_number"),
        same_owner("workout_exercise_id", "workout_exercises"),
        check("set_number", "set_number > 0"),
        check("dose", "reps >= 0 AND target_reps >= 0"),
        check("weight", "weight_kg >= 0 AND target_weight_kg >= 0"),
        check("rir", "rir BETWEEN 0 AND 10 AND target_rir BETWEEN 0 AND 10"),
        check("rest", "rest_seconds >= 0"),
        check("unit", "entered_unit IN ('kg', 'lb')"),
    )

    workout_exercise_id: Mapped[UUID]
    set_number: Mapped[int]
    kind: Mapped[SetKind] = mapped_column(words(SetKind, "kind"))
    is_warmup: Mapped[bool]
    dose_kind: Mapped[DoseKind] = mapped_column(words(DoseKind, "dose_kind"))
    target_reps: Mapped[int | None]
    target_weight_kg: Mapped[float | None] = mapped_column(Rounded(6, 2))
    target_rir: Mapped[int | None]
    reps: Mapped[int | None]
    weight_kg: Mapped[float | None] = mapped_column(Rounded(6, 2))
    entered_unit: Mapped[str] = mapped_column(v(5))
    rir: Mapped[int | None]
    rest_seconds: Mapped[int | None]
    has_pain: Mapped[bool]
    completed_at: Mapped[datetime | None]
