"""Tokens that can be told apart, and an audit log that is one chain and is only appended to."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ALIVE = sa.text("revoked_at IS NULL")
REFUSAL = "the audit log is only appended to"


def upgrade() -> None:
    """Change both tables; whoever reviews the log may read all of it."""
    _tokens()
    _chain()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def _tokens() -> None:
    with op.batch_alter_table("api_tokens") as table:
        table.add_column(sa.Column("prefix", sa.String(length=16), nullable=False))
        table.drop_constraint(op.f("uq_api_tokens_user_id_name"), type_="unique")
    op.create_index(
        "uq_api_tokens_living_name",
        "api_tokens",
        ["user_id", "name"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )


def _chain() -> None:
    hashed = sa.LargeBinary(length=32)
    # Nothing wrote to these tables before this version, so there is no row to number.
    with op.batch_alter_table("audit_log") as table:
        table.add_column(sa.Column("position", sa.BigInteger(), nullable=False))
        table.alter_column("previous_hash", existing_type=hashed, nullable=False)
        table.alter_column("entry_hash", existing_type=hashed, nullable=False)
        table.create_unique_constraint(op.f("uq_audit_log_position"), ["position"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", hashed, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.execute(head.insert().values(id=1, position=0, entry_hash=bytes(32)))


def _guard_postgres() -> None:
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '42501'; END $$"
    )
    # For each statement, not each row: row-level security hides rows from row triggers.
    op.execute(
        "CREATE TRIGGER audit_log_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE POLICY reviewed ON audit_log FOR SELECT "
        "USING (current_setting('fitsense.reviews_audit', true) = 'yes')"
    )


def _guard_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    # INSERT OR REPLACE removes a row without the trigger of DELETE.
    is_there = "SELECT 1 FROM audit_log WHERE position = NEW.position OR id = NEW.id"
    op.execute(
        f"CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log WHEN EXISTS ({is_there}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
