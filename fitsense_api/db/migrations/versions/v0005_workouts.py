"""Workouts and their sets."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workouts",
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("plan_day_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_workouts_times")),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_day_id"],
            ["plan_days.user_id", "plan_days.id"],
            name=op.f("fk_workouts_user_id_plan_day_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_id"],
            ["workout_plans.user_id", "workout_plans.id"],
            name=op.f("fk_workouts_user_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workouts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workouts")),
        sa.UniqueConstraint("user_id", "client_id", name=op.f("uq_workouts_user_id_client_id")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_workouts_user_id_id")),
    )
    op.create_index(op.f("ix_workouts_plan_day_id"), "workouts", ["plan_day_id"], unique=False)
    op.create_index(op.f("ix_workouts_plan_id"), "workouts", ["plan_id"], unique=False)
    op.create_index(op.f("ix_workouts_user_id"), "workouts", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_workouts_user_id_started_at"), "workouts", ["user_id", "started_at"], unique=False
    )
    op.create_table(
        "workout_exercises",
        sa.Column("workout_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.String(length=40), nullable=False),
        sa.Column("plan_exercise_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_workout_exercises_position")),
        sa.ForeignKeyConstraint(
            ["exercise_id"],
            ["exercises.id"],
            name=op.f("fk_workout_exercises_exercise_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_exercise_id"],
            ["plan_exercises.user_id", "plan_exercises.id"],
            name=op.f("fk_workout_exercises_user_id_plan_exercise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "workout_id"],
            ["workouts.user_id", "workouts.id"],
            name=op.f("fk_workout_exercises_user_id_workout_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workout_exercises_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workout_exercises")),
        sa.UniqueConstraint(
            "user_id", "client_id", name=op.f("uq_workout_exercises_user_id_client_id")
        ),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_workout_exercises_user_id_id")),
    )
    op.create_index(
        op.f("ix_workout_exercises_exercise_id"), "workout_exercises", ["exercise_id"], unique=False
    )
    op.create_index(
        op.f("ix_workout_exercises_plan_exercise_id"),
        "workout_exercises",
        ["plan_exercise_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_workout_exercises_user_id"), "workout_exercises", ["user_id"], unique=False
    )
    op.create_index(
        op.f("ix_workout_exercises_workout_id_position"),
        "workout_exercises",
        ["workout_id", "position"],
        unique=False,
    )
    op.create_table(
        "workout_sets",
        sa.Column("workout_exercise_id", sa.Uuid(), nullable=False),
        sa.Column("set_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "working",
                "warm_up",
                "drop",
                "failure",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_warmup", sa.Boolean(), nullable=False),
        sa.Column(
            "dose_kind",
            sa.Enum(
                "reps",
                "seconds",
                "distance",
                name="dose_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_reps", sa.Integer(), nullable=True),
        sa.Column("target_weight_kg", sa.Numeric(6, 2), nullable=True),
        sa.Column("target_rir", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.Numeric(6, 2), nullable=True),
        sa.Column("entered_unit", sa.String(length=5), nullable=False),
        sa.Column("rir", sa.Integer(), nullable=True),
        sa.Column("rest_seconds", sa.Integer(), nullable=True),
        sa.Column("has_pain", sa.Boolean(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entered_unit IN ('kg', 'lb')", name=op.f("ck_workout_sets_unit")),
        sa.CheckConstraint("reps >= 0 AND target_reps >= 0", name=op.f("ck_workout_sets_dose")),
        sa.CheckConstraint("rest_seconds >= 0", name=op.f("ck_workout_sets_rest")),
        sa.CheckConstraint(
            "rir BETWEEN 0 AND 10 AND target_rir BETWEEN 0 AND 10", name=op.f("ck_workout_sets_rir")
        ),
        sa.CheckConstraint("set_number > 0", name=op.f("ck_workout_sets_set_number")),
        sa.CheckConstraint(
            "weight_kg >= 0 AND target_weight_kg >= 0", name=op.f("ck_workout_sets_weight")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "workout_exercise_id"],
            ["workout_exercises.user_id", "workout_exercises.id"],
            name=op.f("fk_workout_sets_user_id_workout_exercise_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workout_sets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workout_sets")),
        sa.UniqueConstraint("user_id", "client_id", name=op.f("uq_workout_sets_user_id_client_id")),
        sa.UniqueConstraint(
            "workout_exercise_id",
            "set_number",
            name=op.f("uq_workout_sets_workout_exercise_id_set_number"),
        ),
    )
    op.create_index(op.f("ix_workout_sets_user_id"), "workout_sets", ["user_id"], unique=False)
