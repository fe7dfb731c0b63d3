"""Plans, revisions and their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workout_plans",
        sa.Column("name", sa.String(length=150), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workout_plans_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workout_plans")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_workout_plans_user_id_id")),
    )
    op.create_index(
        "ix_workout_plans_active",
        "workout_plans",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_index(op.f("ix_workout_plans_user_id"), "workout_plans", ["user_id"], unique=False)
    op.create_table(
        "plan_revisions",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "rejected",
                "reverted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "prompt_type",
            sa.Enum(
                "plan_creation",
                "plan_modification",
                "safety_adjustment",
                "progress_adaptation",
                name="prompt_type",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("plan", DOCUMENT, nullable=False),
        sa.Column("diff", DOCUMENT, nullable=False),
        sa.Column("reasons", DOCUMENT, nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("model_version", sa.String(length=80), nullable=True),
        sa.Column("release", sa.String(length=40), nullable=True),
        sa.Column("prompt_version", sa.String(length=40), nullable=False),
        sa.Column("rules_version", sa.String(length=80), nullable=False),
        sa.Column("catalogue_version", sa.String(length=80), nullable=False),
        sa.Column("guard_path", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_revisions_number")),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_id"],
            ["workout_plans.user_id", "workout_plans.id"],
            name=op.f("fk_plan_revisions_user_id_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_revisions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_revisions")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_revisions_plan_id_number")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_plan_revisions_user_id_id")),
    )
    op.create_index(op.f("ix_plan_revisions_user_id"), "plan_revisions", ["user_id"], unique=False)
    op.create_table(
        "plan_days",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("day_order", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("day_order >= 0", name=op.f("ck_plan_days_day_order")),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_id"],
            ["workout_plans.user_id", "workout_plans.id"],
            name=op.f("fk_plan_days_user_id_plan_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "revision_id"],
            ["plan_revisions.user_id", "plan_revisions.id"],
            name=op.f("fk_plan_days_user_id_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_days_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_days")),
        sa.UniqueConstraint("revision_id", "name", name=op.f("uq_plan_days_revision_id_name")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_plan_days_user_id_id")),
    )
    op.create_index(op.f("ix_plan_days_plan_id"), "plan_days", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_plan_days_plan_id_day_order"), "plan_days", ["plan_id", "day_order"], unique=False
    )
    op.create_index(op.f("ix_plan_days_user_id"), "plan_days", ["user_id"], unique=False)
    op.create_table(
        "plan_exercises",
        sa.Column("plan_day_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("superset", sa.String(length=1), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_plan_exercises_position")),
        sa.ForeignKeyConstraint(
            ["exercise_id"],
            ["exercises.id"],
            name=op.f("fk_plan_exercises_exercise_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_day_id"],
            ["plan_days.user_id", "plan_days.id"],
            name=op.f("fk_plan_exercises_user_id_plan_day_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_exercises_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_exercises")),
        sa.UniqueConstraint("user_id", "id", name=op.f("uq_plan_exercises_user_id_id")),
    )
    op.create_index(
        op.f("ix_plan_exercises_exercise_id"), "plan_exercises", ["exercise_id"], unique=False
    )
    op.create_index(
        op.f("ix_plan_exercises_plan_day_id_position"),
        "plan_exercises",
        ["plan_day_id", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_plan_exercises_user_id"), "plan_exercises", ["user_id"], unique=False)
    op.create_table(
        "plan_sets",
        sa.Column("plan_exercise_id", sa.Uuid(), nullable=False),
        sa.Column("set_number", sa.Integer(), nullable=False),
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
        sa.Column("target_reps_max", sa.Integer(), nullable=True),
        sa.Column(
            "load_kind",
            sa.Enum(
                "kg",
                "percent_1rm",
                "rpe",
                "bodyweight",
                name="load_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_load", sa.Numeric(6, 2), nullable=True),
        sa.Column("target_weight_kg", sa.Numeric(6, 2), nullable=True),
        sa.Column("target_rir", sa.Integer(), nullable=True),
        sa.Column("rest_seconds", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rest_seconds >= 0", name=op.f("ck_plan_sets_rest")),
        sa.CheckConstraint("set_number > 0", name=op.f("ck_plan_sets_set_number")),
        sa.CheckConstraint(
            "target_reps >= 0 AND target_reps_max >= target_reps", name=op.f("ck_plan_sets_dose")
        ),
        sa.CheckConstraint("target_rir BETWEEN 0 AND 10", name=op.f("ck_plan_sets_rir")),
        sa.CheckConstraint("target_weight_kg >= 0", name=op.f("ck_plan_sets_weight")),
        sa.ForeignKeyConstraint(
            ["user_id", "plan_exercise_id"],
            ["plan_exercises.user_id", "plan_exercises.id"],
            name=op.f("fk_plan_sets_user_id_plan_exercise_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_sets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_sets")),
        sa.UniqueConstraint(
            "plan_exercise_id", "set_number", name=op.f("uq_plan_sets_plan_exercise_id_set_number")
        ),
    )
    op.create_index(op.f("ix_plan_sets_user_id"), "plan_sets", ["user_id"], unique=False)
