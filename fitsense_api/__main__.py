"""`python -m fitsense_api`: serve on the address of the settings until told to stop.

`python -m fitsense_api migrate` brings the database to the tables of this version first; SQLite is
brought there by serving, PostgreSQL by this alone, as the owner of its tables.
"""

import asyncio
import sys

from fitsense_api.config import load_api_settings
from fitsense_api.db.migrate import migrate
from fitsense_api.server import serve
from fitsense_training.domain.errors import BadInput, FitSenseError
from fitsense_training.settings import load_settings


def main(arguments: list[str]) -> None:
    """Do what is asked for; BadInput where that is nothing we do."""
    settings = load_settings()
    if arguments == ["migrate"]:
        api_settings = load_api_settings()
        asyncio.run(migrate(api_settings.owner_address(settings.home), api_settings))
    elif not arguments:
        serve(settings)
    else:
        raise BadInput("say `python -m fitsense_api` to serve, or add `migrate`")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except FitSenseError as error:
        print(f"fitsense: {error}", file=sys.stderr)  # noqa: T201 - a sentence for the terminal
        sys.exit(1)
