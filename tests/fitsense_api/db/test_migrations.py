"""The migrations make exactly the tables that the models describe, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from fitsense_api.config import ApiSettings
from fitsense_api.db.engine import Database
from fitsense_api.db.migrate import migrate, upgrade
from fitsense_api.db.tables import METADATA, owned_tables
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import BadInput
from tests.fitsense_api.kit import DatabaseUnderTest


def look(under_test: DatabaseUnderTest, ask: Any) -> Any:
    """Migrate, then ask the database as its owner."""
    url = under_test.settings.owner_address(under_test.home)

    async def ask_it() -> Any:
        await migrate(url, under_test.settings)
        database = Database(url, under_test.settings)
        async with database.engine.connect() as connection:
            answer = await connection.run_sync(ask)
        await database.close()
        return answer

    return asyncio.run(ask_it())


def checks_of(connection: Connection) -> dict[tuple[str, str], str]:
    found = inspect(connection)
    return {
        (table, str(check["name"])): " ".join(check["sqltext"].split())
        for table in METADATA.tables
        for check in found.get_check_constraints(table)
    }


def test_a_new_migration_would_be_empty(database: DatabaseUnderTest):
    def difference(connection: Connection) -> Any:
        return compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), METADATA
        )

    assert look(database, difference) == []


def test_the_checks_are_those_of_the_models(tmp_path: Path):
    migrated = look(DatabaseUnderTest(tmp_path / "a", ApiSettings()), checks_of)

    async def make_directly() -> Any:
        direct = Database(f"sqlite:///{tmp_path / 'direct.db'}")
        async with direct.engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
            checks = await connection.run_sync(checks_of)
        await direct.close()
        return checks

    assert migrated == asyncio.run(make_directly())


def test_migrating_twice_changes_nothing_and_the_catalogue_is_whole(database: DatabaseUnderTest):
    def count(connection: Connection) -> int:
        query = text("SELECT count(*) FROM exercises WHERE NOT is_retired")
        return int(connection.execute(query).scalar_one())

    assert look(database, count) == look(database, count) == len(load_catalogue())


@pytest.mark.slow
def test_postgres_fences_every_table_that_holds_a_persons_rows(
    postgres_database: DatabaseUnderTest,
):
    def fenced(connection: Connection) -> set[str]:
        query = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        return set(connection.execute(query).scalars())

    owned = {table.name for table in owned_tables()}
    assert look(postgres_database, fenced) == owned | {"users", "audit_log"}


@pytest.mark.slow
def test_a_role_that_passes_by_the_fences_is_refused(postgres_database: DatabaseUnderTest):
    settings = postgres_database.settings.model_copy(update={"app_role": "postgres"})

    with pytest.raises(BadInput, match="passes by row-level security"):
        asyncio.run(migrate(settings.owner_address(postgres_database.home), settings))


def test_the_first_migrations_alone_leave_no_half_made_tables(tmp_path: Path):
    async def half_way() -> set[str]:
        database = Database(f"sqlite:///{tmp_path / 'half.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda sync: upgrade(sync, "0002"))
            names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        await database.close()
        return names

    names = asyncio.run(half_way())
    assert "exercises" in names
    assert "workouts" not in names
