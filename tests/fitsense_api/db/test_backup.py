"""A backup is rehearsed: seed, back up, lose everything, restore; every row is there again."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.engine import Connection, make_url

from fitsense_api import __main__ as commands
from fitsense_api.config import ApiSettings
from fitsense_api.db.backup import Place, back_up, refuse_newer, restore
from fitsense_api.db.engine import Database
from fitsense_api.db.migrate import alembic_config
from fitsense_api.db.tables import METADATA
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from tests.fitsense_api.everything import fill_every_table
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, a_service, a_user

Rows = dict[str, list[Any]]


def a_seeded_database(database: DatabaseUnderTest) -> None:
    with a_service(database) as service:
        for name in ("ada", "bob"):
            fill_every_table(service, a_user(service, f"{name}@example.org"))


def all_rows(place: Place) -> tuple[Rows, str | None]:
    """Every row of every table, and the migration they are of."""

    def read(connection: Connection) -> tuple[Rows, str | None]:
        rows = {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in METADATA.sorted_tables
        }
        return rows, MigrationContext.configure(connection).get_current_revision()

    async def ask() -> tuple[Rows, str | None]:
        database = Database(place.url, place.settings)
        async with database.engine.connect() as connection:
            found = await connection.run_sync(read)
        await database.close()
        return found

    return asyncio.run(ask())


def the_newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_a_lost_sqlite_database_comes_back_row_by_row(tmp_path: Path):
    database = DatabaseUnderTest(tmp_path / "home", ApiSettings(count_hashes_at_once=1))
    a_seeded_database(database)
    place, file = Place(database.settings, database.home), tmp_path / "kept.backup"
    before = all_rows(place)

    asyncio.run(back_up(place, file))
    for each in database.home.glob("service.db*"):
        each.unlink()
    count = asyncio.run(restore(place, file))

    assert count == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert {name for name, rows in before[0].items() if not rows} <= {"audit_log"}
    assert all_rows(place) == before
    assert before[1] == the_newest_revision()
    with a_service(database) as service:
        body = {"email": "ada@example.org", "password": PASSWORD}
        assert service.client.post("/v1/account/log-in", json=body).status_code == 200


def test_a_backup_is_of_one_moment_while_the_service_runs(tmp_path: Path):
    database = DatabaseUnderTest(tmp_path / "home", ApiSettings(count_hashes_at_once=1))
    place, file = Place(database.settings, database.home), tmp_path / "kept.backup"
    with a_service(database) as service:
        a_user(service)
        asyncio.run(back_up(place, file))
        a_user(service, "bob@example.org")

    other = Place(database.settings, tmp_path / "elsewhere")
    assert asyncio.run(restore(other, file)) == 1


def test_people_are_replaced_only_where_that_is_said(tmp_path: Path):
    database = DatabaseUnderTest(tmp_path / "home", ApiSettings(count_hashes_at_once=1))
    place, file = Place(database.settings, database.home), tmp_path / "kept.backup"
    a_seeded_database(database)
    asyncio.run(back_up(place, file))
    with a_service(database) as service:
        a_user(service, "eve@example.org")

    with pytest.raises(BadInput, match="there are 3 people: say --replace"):
        asyncio.run(restore(place, file))
    assert asyncio.run(restore(place, file, replaces=True)) == 2


def test_a_backup_of_an_older_version_is_migrated(tmp_path: Path):
    from fitsense_api.db.migrate import upgrade

    async def make_old() -> None:
        database = Database(f"sqlite:///{tmp_path / 'old.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda sync: upgrade(sync, "0010"))
        await database.close()

    asyncio.run(make_old())
    place = Place(ApiSettings(), tmp_path / "home")

    asyncio.run(restore(place, tmp_path / "old.db"))

    assert all_rows(place)[1] == the_newest_revision()


def test_what_cannot_be_kept_or_restored_is_told_in_one_sentence(tmp_path: Path):
    place, file = Place(ApiSettings(), tmp_path), tmp_path / "a.backup"
    with pytest.raises(BadInput, match="there is no database at"):
        asyncio.run(back_up(place, file))
    with pytest.raises(BadInput, match="there is no file"):
        asyncio.run(restore(place, file))
    file.write_text("no database")
    with pytest.raises(BadInput, match="is there already"):
        asyncio.run(back_up(place, file))
    with pytest.raises(BadInput, match="no backup of this service"):
        asyncio.run(restore(place, file))
    file.write_bytes(b"PGDMP and so on")
    with pytest.raises(BadInput, match="is of PostgreSQL, and the settings name SQLite"):
        asyncio.run(restore(place, file))
    with pytest.raises(BadInput, match="of a newer version of the service \\(9999\\)"):
        refuse_newer("9999")
    empty = tmp_path / "empty.db"
    connection = sqlite3.connect(empty)
    connection.execute("CREATE TABLE x (y)")
    connection.commit()
    connection.close()
    with pytest.raises(BadInput, match="no tables of the service"):
        asyncio.run(restore(place, empty))
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_damaged_backup_replaces_nothing(tmp_path: Path):
    database = DatabaseUnderTest(tmp_path / "home", ApiSettings(count_hashes_at_once=1))
    place, file = Place(database.settings, database.home), tmp_path / "kept.backup"
    a_seeded_database(database)
    before = all_rows(place)
    asyncio.run(back_up(place, file))
    raw = bytearray(file.read_bytes())
    raw[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    file.write_bytes(raw)

    with pytest.raises(CorruptArtifact, match="is damaged"):
        asyncio.run(restore(place, file, replaces=True))
    assert all_rows(place) == before


def test_the_commands_do_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path / "home"))
    file = str(tmp_path / "kept.backup")

    commands.main(["migrate"])
    commands.main(["backup", file])
    commands.main(["restore", file])
    commands.main(["purge"])
    for wrong in (["backup"], ["restore"], ["purge", "now"], ["x"]):
        with pytest.raises(BadInput):
            commands.main(wrong)

    said = capsys.readouterr().out
    assert "holds everything" in said
    assert "0 people are back" in said
    assert "0 rows of 0 people" in said


def a_dumped_place(server: Any, database: DatabaseUnderTest) -> Place:
    """The same database for a superuser, with the tools of the server that tests run."""
    owner = database.settings.migrations_url
    assert owner is not None
    superuser = owner.get_secret_value().replace("fitsense_owner@", "postgres@")
    settings = {"backup_url": superuser, "postgres_tools": Path(server.bin_path)}
    whole = {**database.settings.model_dump(), **settings}
    return Place(ApiSettings.model_validate(whole), database.home)


@pytest.mark.slow
def test_a_lost_postgres_database_comes_back_row_by_row(
    postgres: Any, postgres_database: DatabaseUnderTest, tmp_path: Path
):
    a_seeded_database(postgres_database)
    place, file = a_dumped_place(postgres, postgres_database), tmp_path / "kept.dump"
    before = all_rows(place)

    asyncio.run(back_up(place, file))
    name = make_url(place.url).database
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE);")
    postgres.psql(f"CREATE DATABASE {name} OWNER fitsense_owner;")
    count = asyncio.run(restore(place, file))

    assert count == 2
    assert {name for name, rows in before[0].items() if not rows} <= {"audit_log"}
    assert all_rows(place) == before
    assert before[1] == the_newest_revision()
    with a_service(postgres_database) as service:
        body = {"email": "ada@example.org", "password": PASSWORD}
        assert service.client.post("/v1/account/log-in", json=body).status_code == 200


@pytest.mark.slow
def test_a_role_bound_by_the_fences_is_told_that_it_is(
    postgres: Any, postgres_database: DatabaseUnderTest, tmp_path: Path
):
    a_seeded_database(postgres_database)
    place = a_dumped_place(postgres, postgres_database)
    bound = place.settings.model_copy(update={"backup_url": None})

    with pytest.raises(BadInput, match="bound by row-level security"):
        asyncio.run(back_up(Place(bound, place.home), tmp_path / "x"))
    without = place.settings.model_copy(update={"postgres_tools": tmp_path})
    with pytest.raises(BadInput, match="pg_dump is not installed"):
        asyncio.run(back_up(Place(without, place.home), tmp_path / "x"))
