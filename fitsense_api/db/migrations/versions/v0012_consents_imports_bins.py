"""Who gave a consent, files imported once, and a view of bins for whoever empties them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
BINS = (
    "calorie_intake_logs",
    "sleep_duration_logs",
    "weight_logs",
    "workout_exercises",
    "workout_plans",
    "workout_sets",
    "workouts",
)
USER = "nullif(current_setting('fitsense.user_id', true), '')::uuid"
TASK = "current_setting('fitsense.task', true)"


def upgrade() -> None:
    """Make the columns and the table, and raise its fence."""
    op.add_column("consents", sa.Column("given_by", sa.String(length=120), nullable=True))
    op.add_column("consents", sa.Column("relation", sa.String(length=24), nullable=True))
    op.create_table(
        "imported_files",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("report", DOCUMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_imported_files_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_files")),
        sa.UniqueConstraint(
            "user_id", "content_hash", name=op.f("uq_imported_files_user_id_content_hash")
        ),
    )
    op.create_index(op.f("ix_imported_files_user_id"), "imported_files", ["user_id"], unique=False)
    for table in BINS:
        op.create_index(op.f(f"ix_{table}_deleted_at"), table, ["deleted_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _fence()


def _fence() -> None:
    """Rows of a person are theirs; who empties bins sees what lies in them, to learn whose."""
    op.execute("ALTER TABLE imported_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE imported_files FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON imported_files USING (user_id = {USER})")
    for table in BINS:
        op.execute(
            f"CREATE POLICY binned ON {table} FOR SELECT "
            f"USING ({TASK} = 'empty_bins' AND deleted_at IS NOT NULL)"
        )
    for table in ("idempotency_keys", "user_sessions"):
        op.execute(
            f"CREATE POLICY over ON {table} FOR SELECT "
            f"USING ({TASK} = 'empty_bins' AND expires_at < now())"
        )
