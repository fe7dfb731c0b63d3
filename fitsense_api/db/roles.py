"""What the role that serves may do on PostgreSQL: read and write rows, own and change nothing.

The role is made by whoever runs the database server (CREATE ROLE fitsense_app LOGIN ...), never
here: its password is no matter of a migration.
"""

from sqlalchemy import text
from sqlalchemy.engine import Connection

from fitsense_api.db.tables import METADATA, owned_tables
from fitsense_training.domain.errors import BadInput

_POWERS = text(
    "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role",
)


def grant_rights(connection: Connection, role: str) -> None:
    """Give the role its rights; BadInput where there is no such role, or no policy binds it."""
    is_above = connection.scalar(_POWERS, {"role": role})
    if is_above is None:
        raise BadInput(
            f"PostgreSQL has no role {role}: make it with CREATE ROLE {role} LOGIN, "
            "or set FITSENSE_API_APP_ROLE"
        )
    if is_above:
        raise BadInput(
            f"the role {role} passes by row-level security: "
            "serve with a role that is no superuser and has no BYPASSRLS"
        )
    owned = {table.name for table in owned_tables()} | {"users"}
    for table in METADATA.sorted_tables:
        rights = "SELECT, INSERT, UPDATE, DELETE" if table.name in owned else "SELECT"
        if table.name == "audit_log":
            rights = "SELECT, INSERT"
        if table.name == "audit_head":
            rights = "SELECT, UPDATE"
        connection.exec_driver_sql(f'GRANT {rights} ON "{table.name}" TO "{role}"')
