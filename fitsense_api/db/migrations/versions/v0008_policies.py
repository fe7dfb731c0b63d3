"""Row-level security on PostgreSQL: a person's rows are theirs, whoever asks.

FORCE binds the owner of the tables too. A transaction that names nobody sees nothing. What is
asked before a person is known (log-in, a cookie, a token) is open to who proves what only they
can know: the e-mail typed in, or the hash of the token sent.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNED = (
    "ai_interactions",
    "api_tokens",
    "calorie_intake_logs",
    "calorie_targets",
    "consents",
    "idempotency_keys",
    "jobs",
    "plan_days",
    "plan_exercises",
    "plan_revisions",
    "plan_sets",
    "screenings",
    "sleep_duration_logs",
    "sleep_targets",
    "user_allergies",
    "user_conditions",
    "user_credentials",
    "user_equipment",
    "user_goals",
    "user_medical_profiles",
    "user_medications",
    "user_profiles",
    "user_sessions",
    "weight_logs",
    "workout_exercises",
    "workout_plans",
    "workout_sets",
    "workouts",
)
USER = "nullif(current_setting('fitsense.user_id', true), '')::uuid"
EMAIL = "nullif(current_setting('fitsense.email', true), '')"
PROOF = "decode(nullif(current_setting('fitsense.token_hash', true), ''), 'hex')"


def upgrade() -> None:
    """Raise the fences; SQLite has none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in (*OWNED, "users", "audit_log"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in OWNED:
        op.execute(f"CREATE POLICY own ON {table} USING (user_id = {USER})")
    op.execute(f"CREATE POLICY own ON users USING (id = {USER})")
    op.execute(f"CREATE POLICY by_email ON users FOR SELECT USING (email = {EMAIL})")
    for table in ("user_sessions", "api_tokens"):
        op.execute(f"CREATE POLICY by_token ON {table} FOR SELECT USING (token_hash = {PROOF})")
    op.execute("CREATE POLICY written ON audit_log FOR INSERT WITH CHECK (true)")
    op.execute(f"CREATE POLICY own ON audit_log FOR SELECT USING (user_id = {USER})")
