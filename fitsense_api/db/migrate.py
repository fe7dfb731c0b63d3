"""Bringing a database to the tables of this version, and filling in what people choose from."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, make_url

from fitsense_api.config import ApiSettings
from fitsense_api.db.catalogue import fill_catalogue
from fitsense_api.db.engine import WRITES, Database
from fitsense_api.db.roles import grant_rights


async def migrate(url: str, settings: ApiSettings) -> None:
    """Bring the database up to date; run it as the owner of the tables."""
    database = Database(url, settings)
    if not database.is_postgres:
        _make_folder(url)
    try:
        async with database.engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                await connection.run_sync(upgrade)
                await connection.run_sync(fill_catalogue)
                if database.is_postgres:
                    await connection.run_sync(grant_rights, settings.app_role)
    finally:
        await database.close()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations on a connection, within its transaction."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def alembic_config() -> Config:
    """Where the migrations are."""
    config = Config()
    folder = str(files("fitsense_api.db").joinpath("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _make_folder(url: str) -> None:
    if name := make_url(url).database:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
