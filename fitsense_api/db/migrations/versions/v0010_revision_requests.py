"""What a proposed revision was asked with: a part of it is judged by the same request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the column."""
    op.add_column("plan_revisions", sa.Column("request", DOCUMENT, nullable=True))
