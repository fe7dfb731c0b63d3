"""Daily logs and targets."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calorie_intake_logs",
        sa.Column("log_date", sa.Date(), nullable=False),
        sa.Column("calories_consumed", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("calories_consumed >= 0", name=op.f("ck_calorie_intake_logs_calories")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_calorie_intake_logs_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calorie_intake_logs")),
        sa.UniqueConstraint(
            "user_id", "client_id", name=op.f("uq_calorie_intake_logs_user_id_client_id")
        ),
        sa.UniqueConstraint(
            "user_id", "log_date", name=op.f("uq_calorie_intake_logs_user_id_log_date")
        ),
    )
    op.create_index(
        op.f("ix_calorie_intake_logs_user_id"), "calorie_intake_logs", ["user_id"], unique=False
    )
    op.create_table(
        "calorie_targets",
        sa.Column("maintenance_calories", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "formula",
                "ai",
                "manual",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("effective_to >= effective_from", name=op.f("ck_calorie_targets_dates")),
        sa.CheckConstraint("maintenance_calories > 0", name=op.f("ck_calorie_targets_calories")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calorie_targets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calorie_targets")),
    )
    op.create_index(
        op.f("ix_calorie_targets_user_id"), "calorie_targets", ["user_id"], unique=False
    )
    op.create_index(
        "uq_calorie_targets_open",
        "calorie_targets",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("effective_to IS NULL"),
        postgresql_where=sa.text("effective_to IS NULL"),
    )
    op.create_table(
        "sleep_duration_logs",
        sa.Column("log_date", sa.Date(), nullable=False),
        sa.Column("sleep_duration_hours", sa.Numeric(4, 1), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "sleep_duration_hours > 0 AND sleep_duration_hours <= 24",
            name=op.f("ck_sleep_duration_logs_hours"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sleep_duration_logs_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sleep_duration_logs")),
        sa.UniqueConstraint(
            "user_id", "client_id", name=op.f("uq_sleep_duration_logs_user_id_client_id")
        ),
        sa.UniqueConstraint(
            "user_id", "log_date", name=op.f("uq_sleep_duration_logs_user_id_log_date")
        ),
    )
    op.create_index(
        op.f("ix_sleep_duration_logs_user_id"), "sleep_duration_logs", ["user_id"], unique=False
    )
    op.create_table(
        "sleep_targets",
        sa.Column("target_sleep_hours", sa.Numeric(4, 1), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("effective_to >= effective_from", name=op.f("ck_sleep_targets_dates")),
        sa.CheckConstraint(
            "target_sleep_hours > 0 AND target_sleep_hours <= 24",
            name=op.f("ck_sleep_targets_hours"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sleep_targets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sleep_targets")),
    )
    op.create_index(op.f("ix_sleep_targets_user_id"), "sleep_targets", ["user_id"], unique=False)
    op.create_index(
        "uq_sleep_targets_open",
        "sleep_targets",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("effective_to IS NULL"),
        postgresql_where=sa.text("effective_to IS NULL"),
    )
    op.create_table(
        "weight_logs",
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weight_kg", sa.Numeric(6, 2), nullable=False),
        sa.Column("entered_unit", sa.String(length=5), nullable=False),
        sa.Column("body_fat_percentage", sa.Numeric(5, 2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entered_unit IN ('kg', 'lb')", name=op.f("ck_weight_logs_unit")),
        sa.CheckConstraint(
            "body_fat_percentage >= 0 AND body_fat_percentage < 100",
            name=op.f("ck_weight_logs_body_fat"),
        ),
        sa.CheckConstraint("weight_kg > 0", name=op.f("ck_weight_logs_weight")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_weight_logs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_logs")),
        sa.UniqueConstraint("user_id", "client_id", name=op.f("uq_weight_logs_user_id_client_id")),
    )
    op.create_index(op.f("ix_weight_logs_user_id"), "weight_logs", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_weight_logs_user_id_logged_at"),
        "weight_logs",
        ["user_id", "logged_at"],
        unique=False,
    )
