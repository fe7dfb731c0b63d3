"""`python -m fitsense_api`: serve on the address of the settings until told to stop.

`python -m fitsense_api migrate` brings the database to the tables of this version first; SQLite is
brought there by serving, PostgreSQL by this alone, as the owner of its tables.

`python -m fitsense_api seed` reads people as JSON lines from standard input, as `fitsense seed-db`
writes them; they log in with FITSENSE_API_SEED_PASSWORD, and not at all without one.

`python -m fitsense_api backup FILE` writes the whole database to a new file while the service
runs; `restore FILE` brings it back while it does not, `--replace` in place of people who are there.

`python -m fitsense_api purge` empties bins that are over, as the service does once a day.

`python -m fitsense_api role <e-mail> admin` makes a person an admin (or a reviewer, or a user).

`python -m fitsense_api audit verify` tells whether the audit log holds; it fails where it does not.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final

from fitsense_api.accounts.roles import set_role
from fitsense_api.config import load_api_settings
from fitsense_api.db.backup import Place, back_up, restore
from fitsense_api.db.migrate import migrate
from fitsense_api.operations.repository import verify
from fitsense_api.operations.trail import Scribe
from fitsense_api.purging.service import purge
from fitsense_api.seeding.load import seed
from fitsense_api.server import serve
from fitsense_api.storage import Storage
from fitsense_training.domain.errors import BadInput, CorruptArtifact, FitSenseError
from fitsense_training.settings import Settings, load_settings

Command = Callable[[Settings, list[str]], Coroutine[None, None, str]]


def main(arguments: list[str]) -> None:
    """Do what is asked for; BadInput where that is nothing we do."""
    settings = load_settings()
    if not arguments:
        serve(settings)
        return
    name, *rest = arguments
    if name not in COMMANDS:
        raise BadInput(
            f"say `python -m fitsense_api` to serve, or add one of: {', '.join(COMMANDS)}"
        )
    sentence = asyncio.run(COMMANDS[name](settings, rest))
    print(sentence)  # noqa: T201 - the terminal is where it belongs


async def _migrate(settings: Settings, rest: list[str]) -> str:
    _refuse(rest)
    api_settings = load_api_settings()
    await migrate(api_settings.owner_address(settings.home), api_settings)
    return "the tables are those of this version"


async def _seed(settings: Settings, rest: list[str]) -> str:
    _refuse(rest)
    api_settings = load_api_settings()
    storage = Storage(api_settings, settings.home)
    async with storage.run():
        return (await seed(storage.units, sys.stdin, api_settings.seed_password)).sentence()


async def _purge(settings: Settings, rest: list[str]) -> str:
    _refuse(rest)
    api_settings = load_api_settings()
    storage = Storage(api_settings, settings.home)
    async with storage.run():
        return (await purge(storage.units, api_settings)).sentence()


async def _backup(settings: Settings, rest: list[str]) -> str:
    if len(rest) != 1:
        raise BadInput("say where to: `python -m fitsense_api backup FILE`")
    count = await back_up(Place(load_api_settings(), settings.home), Path(rest[0]))
    return f"{rest[0]} holds everything ({count} bytes): keep it where nobody else reads it"


async def _restore(settings: Settings, rest: list[str]) -> str:
    files = [each for each in rest if each != "--replace"]
    if len(files) != 1:
        raise BadInput("say what: `python -m fitsense_api restore FILE`, `--replace` where needed")
    place = Place(load_api_settings(), settings.home)
    count = await restore(place, Path(files[0]), replaces="--replace" in rest)
    return f"{count} people are back as they were"


async def _set_role(settings: Settings, rest: list[str]) -> str:
    if len(rest) != 2:
        raise BadInput("say who becomes what: `python -m fitsense_api role <e-mail> <role>`")
    storage = Storage(load_api_settings(), settings.home)
    async with storage.run():
        return await set_role(storage.units, rest[0], rest[1], Scribe(storage.trail))


async def _audit(settings: Settings, rest: list[str]) -> str:
    if rest != ["verify"]:
        raise BadInput("the audit log can be verified: `python -m fitsense_api audit verify`")
    storage = Storage(load_api_settings(), settings.home)
    async with storage.run(), storage.units.begin(writes=False) as unit:
        verdict = await verify(unit)
    if verdict.trouble:
        raise CorruptArtifact(verdict.sentence())
    return verdict.sentence()


def _refuse(rest: list[str]) -> None:
    if rest:
        raise BadInput(f"nothing stands after this command, {rest[0][:40]!r} neither: leave it out")


COMMANDS: Final[dict[str, Command]] = {
    "migrate": _migrate,
    "seed": _seed,
    "backup": _backup,
    "restore": _restore,
    "purge": _purge,
    "role": _set_role,
    "audit": _audit,
}


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except FitSenseError as error:
        print(f"fitsense: {error}", file=sys.stderr)  # noqa: T201 - a sentence for the terminal
        sys.exit(1)
