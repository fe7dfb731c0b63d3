"""People: body, health, goals and consents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "consents",
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_consents_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_user_id"), "consents", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_consents_user_id_purpose"), "consents", ["user_id", "purpose"], unique=False
    )
    op.create_table(
        "screenings",
        sa.Column("questionnaire_version", sa.String(length=40), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "clear",
                "clear_light",
                "blocked",
                "emergency",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_because", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_screenings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
    )
    op.create_index(op.f("ix_screenings_user_id"), "screenings", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_screenings_user_id_answered_at"),
        "screenings",
        ["user_id", "answered_at"],
        unique=False,
    )
    op.create_table(
        "user_allergies",
        sa.Column("allergen", sa.String(length=120), nullable=False),
        sa.Column("reaction", sa.String(length=120), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "mild",
                "moderate",
                "severe",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_allergies_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_allergies")),
    )
    op.create_index(op.f("ix_user_allergies_user_id"), "user_allergies", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_user_allergies_user_id_allergen"),
        "user_allergies",
        ["user_id", "allergen"],
        unique=False,
    )
    op.create_table(
        "user_conditions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("condition_id", sa.String(length=40), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "mild",
                "moderate",
                "severe",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["conditions.id"],
            name=op.f("fk_user_conditions_condition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_conditions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "condition_id", name=op.f("pk_user_conditions")),
    )
    op.create_index(
        op.f("ix_user_conditions_condition_id"), "user_conditions", ["condition_id"], unique=False
    )
    op.create_table(
        "user_equipment",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("equipment_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
            name=op.f("fk_user_equipment_equipment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_equipment_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "equipment_id", name=op.f("pk_user_equipment")),
    )
    op.create_index(
        op.f("ix_user_equipment_equipment_id"), "user_equipment", ["equipment_id"], unique=False
    )
    op.create_table(
        "user_goals",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("priority >= 0", name=op.f("ck_user_goals_priority")),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goals.id"], name=op.f("fk_user_goals_goal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_goals_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "goal_id", name=op.f("pk_user_goals")),
    )
    op.create_index(op.f("ix_user_goals_goal_id"), "user_goals", ["goal_id"], unique=False)
    op.create_table(
        "user_medical_profiles",
        sa.Column("has_injuries", sa.Boolean(), nullable=False),
        sa.Column("injury_details", sa.Text(), nullable=True),
        sa.Column("surgeries_history", sa.Text(), nullable=True),
        sa.Column("family_history", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_medical_profiles_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_medical_profiles")),
        sa.UniqueConstraint("user_id", name=op.f("uq_user_medical_profiles_user_id")),
    )
    op.create_index(
        op.f("ix_user_medical_profiles_user_id"), "user_medical_profiles", ["user_id"], unique=False
    )
    op.create_table(
        "user_medications",
        sa.Column("medication_name", sa.String(length=150), nullable=False),
        sa.Column("dosage", sa.String(length=60), nullable=True),
        sa.Column("frequency", sa.String(length=60), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_user_medications_dates")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_medications_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_medications")),
    )
    op.create_index(
        op.f("ix_user_medications_user_id"), "user_medications", ["user_id"], unique=False
    )
    op.create_index(
        op.f("ix_user_medications_user_id_medication_name"),
        "user_medications",
        ["user_id", "medication_name"],
        unique=False,
    )
    op.create_table(
        "user_profiles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum(
                "female",
                "male",
                "unspecified",
                name="sex",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("height_cm", sa.Numeric(5, 1), nullable=True),
        sa.Column("height_unit", sa.String(length=5), nullable=False),
        sa.Column("weight_unit", sa.String(length=5), nullable=False),
        sa.Column(
            "activity_level",
            sa.Enum(
                "sedentary",
                "lightly_active",
                "moderately_active",
                "very_active",
                name="activity_level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "experience_level",
            sa.Enum(
                "novice",
                "intermediate",
                "advanced",
                name="experience_level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("weekdays", DOCUMENT, nullable=False),
        sa.Column("session_minutes", sa.Integer(), nullable=True),
        sa.Column("excluded_exercises", DOCUMENT, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("height_cm > 0", name=op.f("ck_user_profiles_height")),
        sa.CheckConstraint("session_minutes > 0", name=op.f("ck_user_profiles_session_minutes")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_profiles_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_profiles")),
    )
