"""Alembic's way in: it runs on the connection that migrate.py hands over, and on no other."""

from alembic import context

from fitsense_api.db.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
