"""Backups of the whole database, and the way back: SQLite here, PostgreSQL by its own tools.

A backup holds everything people told: it is written for its owner's eyes alone (mode 0600), whole
or not at all, and never over another file. A restore is checked before anything is replaced.
"""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from fitsense_api.config import ApiSettings
from fitsense_api.db.dump import PostgresTools
from fitsense_api.db.engine import POSTGRES, Database, count_people
from fitsense_api.db.migrate import alembic_config, migrate
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.storage import telling_full

_SQLITE_BEGINS: Final = b"SQLite format 3\0"
_DUMP_BEGINS: Final = b"PGDMP"
_NEWER: Final = "it is of a newer version of the service ({}): restore it with that one"


@dataclass(frozen=True)
class Place:
    """The database that is kept and restored, as the settings name it."""

    settings: ApiSettings
    home: Path

    @property
    def url(self) -> str:
        """The address for whoever may read and write every row."""
        if self.settings.backup_url is not None:
            return self.settings.backup_url.get_secret_value()
        return self.settings.owner_address(self.home)

    @property
    def is_postgres(self) -> bool:
        """Whether the database's own tools do the work."""
        return make_url(self.url).get_backend_name() == POSTGRES

    @property
    def tools(self) -> PostgresTools:
        """The tools of PostgreSQL."""
        return PostgresTools(make_url(self.url), self.settings.postgres_tools)


async def back_up(place: Place, target: Path) -> int:
    """Write the whole database to a new file while the service runs; returns its bytes.

    Raises:
        BadInput: there is a file already, no database, or no tool that could do it.
    """
    with _new_file(target) as part:
        if place.is_postgres:
            place.tools.dump(part)
        else:
            _copy_sqlite(_sqlite_file(place), part)
    return target.stat().st_size


async def restore(place: Place, source: Path, *, replaces: bool = False) -> int:
    """Bring a backup back and migrate it to the tables of this version; returns how many people.

    Stop the service first. People who are there already are replaced only where that is said.

    Raises:
        BadInput: the file is no backup of such a database, or people would be lost.
        CorruptArtifact: the file is damaged.
    """
    is_dump = _is_dump(source)
    if is_dump != place.is_postgres:
        kinds = ("PostgreSQL", "SQLite") if is_dump else ("SQLite", "PostgreSQL")
        raise BadInput(f"{source} is of {kinds[0]}, and the settings name {kinds[1]}: mend them")
    refuse_newer(place.tools.revision_in(source) if is_dump else _revision_in(source))
    found = await _people(place)
    if found and not replaces:
        raise BadInput(f"there are {found} people: say --replace to lose them, or name another")
    if is_dump:
        place.tools.restore(source)
    else:
        _restore_sqlite(source, _sqlite_file(place, must_exist=False))
    await migrate(place.settings.owner_address(place.home), place.settings)
    return await _people(place)


def refuse_newer(revision: str | None) -> None:
    """BadInput where a backup's tables are none of this version or of one before it."""
    if revision is None:
        raise BadInput("this database holds no tables of the service: name another file")
    known = {
        each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    }
    if revision not in known:
        raise BadInput(_NEWER.format(revision))


async def _people(place: Place) -> int:
    if not place.is_postgres and not _sqlite_file(place, must_exist=False).exists():
        return 0
    database = Database(place.url, place.settings)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(count_people)
    finally:
        await database.close()


def _sqlite_file(place: Place, *, must_exist: bool = True) -> Path:
    name = make_url(place.url).database
    if not name or name == ":memory:":
        raise BadInput("a database in memory cannot be kept: name a file in the settings")
    if must_exist and not Path(name).exists():
        raise BadInput(f"there is no database at {name}: serve once, or mend the settings")
    return Path(name)


@contextmanager
def _new_file(target: Path) -> Generator[Path, None, None]:
    """A file beside the target that takes its name once it is whole and on the disk."""
    if target.exists():
        raise BadInput(f"{target} is there already: name a new file")
    if not target.parent.is_dir():
        raise BadInput(f"there is no folder {target.parent}: make it first")
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with telling_full(f"the backup {target}"):
            yield part
            _sync(part)
            part.rename(target)
            _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(_read_only(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)
        # One file: its log stays empty, and nothing else has to be kept beside it.
        here.execute("PRAGMA journal_mode=DELETE")
        _refuse_damage(here, target)


def _restore_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_read_only(source)) as there:
        _refuse_damage(there, source)
        try:
            with closing(sqlite3.connect(target, timeout=5)) as here:
                # The copy is one transaction there: the whole of it is in, or none.
                there.backup(here)
        except sqlite3.OperationalError as error:
            raise BadInput(f"{target} is in use ({error}): stop the service first") from error


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise CorruptArtifact(f"{path} is damaged ({found[:80]}): take another backup")


def _revision_in(source: Path) -> str | None:
    with closing(_read_only(source)) as connection:
        _refuse_damage(connection, source)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return None if row is None else str(row[0])


def _is_dump(source: Path) -> bool:
    if not source.is_file():
        raise BadInput(f"there is no file {source}: name a backup")
    with source.open("rb") as file:
        begins = file.read(len(_SQLITE_BEGINS))
    if begins.startswith(_DUMP_BEGINS):
        return True
    if begins != _SQLITE_BEGINS:
        raise BadInput(f"{source} is no backup of this service: name another file")
    return False
