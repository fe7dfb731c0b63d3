"""The home of an installation: made once, before anything runs in it."""

import importlib.resources
from pathlib import Path

from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

DAGSTER_YAML = "dagster.yaml"


def prepare_home(settings: Settings) -> None:
    """Make the folders and Dagster's instance file; BadInput when the place cannot be written."""
    try:
        for folder in (settings.home, settings.dagster_home, settings.mlflow_artifacts):
            folder.mkdir(parents=True, exist_ok=True)
        _write_once(settings.dagster_home / DAGSTER_YAML)
    except OSError as error:
        raise BadInput(
            f"{settings.home} cannot be written ({error.strerror}): set FITSENSE_HOME to a folder "
            "of yours"
        ) from error


def _write_once(path: Path) -> None:
    """A file that is there is the user's: it may be set to Postgres or anything else."""
    if not path.exists():
        text = importlib.resources.files("fitsense_assets.cli").joinpath(DAGSTER_YAML).read_text()
        path.write_text(text, encoding="utf-8")
