"""`python -m fitsense_api`: serve on the address of the settings until told to stop."""

import sys

from fitsense_api.server import serve
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.settings import load_settings

if __name__ == "__main__":
    try:
        serve(load_settings())
    except FitSenseError as error:
        print(f"fitsense: {error}", file=sys.stderr)  # noqa: T201 - a sentence for the terminal
        sys.exit(1)
