"""`python -m fitsense_api`: serve on the address of the settings until told to stop.

`python -m fitsense_api migrate` brings the database to the tables of this version first; SQLite is
brought there by serving, PostgreSQL by this alone, as the owner of its tables.

`python -m fitsense_api seed` reads people as JSON lines from standard input, as `fitsense seed-db`
writes them; they log in with FITSENSE_API_SEED_PASSWORD, and not at all without one.
"""

import asyncio
import sys

from fitsense_api.config import load_api_settings
from fitsense_api.db.migrate import migrate
from fitsense_api.seeding.load import Seeded, seed
from fitsense_api.server import serve
from fitsense_api.storage import Storage
from fitsense_training.domain.errors import BadInput, FitSenseError
from fitsense_training.settings import Settings, load_settings


def main(arguments: list[str]) -> None:
    """Do what is asked for; BadInput where that is nothing we do."""
    settings = load_settings()
    if arguments == ["migrate"]:
        api_settings = load_api_settings()
        asyncio.run(migrate(api_settings.owner_address(settings.home), api_settings))
    elif arguments == ["seed"]:
        seeded = asyncio.run(_seed(settings))
        print(seeded.sentence())  # noqa: T201 - the terminal is where it belongs
    elif not arguments:
        serve(settings)
    else:
        raise BadInput("say `python -m fitsense_api` to serve, or add `migrate` or `seed`")


async def _seed(settings: Settings) -> Seeded:
    api_settings = load_api_settings()
    storage = Storage(api_settings, settings.home)
    async with storage.run():
        return await seed(storage.units, sys.stdin, api_settings.seed_password)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except FitSenseError as error:
        print(f"fitsense: {error}", file=sys.stderr)  # noqa: T201 - a sentence for the terminal
        sys.exit(1)
