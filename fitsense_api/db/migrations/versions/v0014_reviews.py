"""Whoever reviews what models answered may read of everybody."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Open the traces of answers to a review; SQLite has no fences."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE POLICY reviewed ON ai_interactions FOR SELECT "
        "USING (current_setting('fitsense.reviews_interactions', true) = 'yes')"
    )
