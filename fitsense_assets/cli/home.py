"""The home of an installation: made once, before anything runs in it."""

import fcntl
import hashlib
import importlib.resources
from pathlib import Path
from typing import TYPE_CHECKING

from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, make_quiet

if TYPE_CHECKING:
    import dagster as dg

DAGSTER_YAML = "dagster.yaml"
LOCK = ".making"
# What earlier versions wrote there: nobody changed it, so it is replaced.
WRITTEN_BEFORE = frozenset({"73d2e276c463db9a35922bb8dfb66f8f6bfb7c817b83e5f2da54e4f4da0d8225"})


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


def open_instance(settings: Settings) -> "dg.DagsterInstance":
    """Dagster's instance of this home, with its databases made.

    Two processes that make the databases of a new home at once stumble over each other, so one at
    a time is here, and whoever starts processes that use them comes here first.
    """
    prepare_home(settings)
    make_quiet(settings)
    import dagster as dg  # some seconds, and only now does it find its home

    with (settings.dagster_home / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        instance = dg.DagsterInstance.get()
        instance.get_runs(limit=1)
        instance.all_asset_keys()
        instance.all_instigator_state()
    return instance


def _write_once(path: Path) -> None:
    """A file that somebody changed is theirs: it may be set to Postgres or anything else."""
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() in WRITTEN_BEFORE:
        text = importlib.resources.files("fitsense_assets.cli").joinpath(DAGSTER_YAML).read_text()
        path.write_text(text, encoding="utf-8")
