"""A proof opens its person too, so that who asks is found in one look on PostgreSQL."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PROOF = "decode(nullif(current_setting('fitsense.token_hash', true), ''), 'hex')"


def upgrade() -> None:
    """Show a person to who proves one of their sessions or tokens; SQLite has no fences."""
    if op.get_bind().dialect.name != "postgresql":
        return
    # The fences of these tables hold within the policy as well: it sees the proven row alone.
    for proof in ("user_sessions", "api_tokens"):
        op.execute(
            f"CREATE POLICY by_{proof} ON users FOR SELECT USING (id IN ("  # noqa: S608 - no input
            f"SELECT user_id FROM {proof} WHERE token_hash = {PROOF} AND revoked_at IS NULL))"
        )
