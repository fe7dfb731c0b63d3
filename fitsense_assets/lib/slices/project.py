"""The dbt project: where it lies, how it is called, and its manifest, parsed when sources change.

Dagster needs the manifest to know the models. A fresh clone has none, so it is parsed on first
load and kept under the project's `target/`, named after its sources: an edit makes a new one.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, quiet_environment

PROJECT = Path(__file__).resolve().parents[3] / "fitsense_dbt"
MANIFEST = "manifest.json"
_SOURCES = ("*.sql", "*.yml", "*.csv")
_MADE = {"target", "logs"}


def dbt_command(*args: str) -> list[str]:
    """The command line of dbt from this very environment."""
    return [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *args]


def dbt_environment(settings: Settings, target: Path) -> dict[str, str]:
    """What dbt reads: the warehouse, and where it may write, which is never the source tree."""
    return {
        **quiet_environment(settings),
        "FITSENSE_WAREHOUSE": str(settings.warehouse_path),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_USE_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
    }


def run_folder(settings: Settings, release: str) -> Path:
    """Where dbt leaves the logs and compiled SQL of a release's last run."""
    return settings.home / "dbt" / release


def dbt_vars(lake: Lake, release: str, cohorts: Sequence[str]) -> str:
    """The value of `--vars`: which Parquet a run reads.

    Raises:
        BadInput: a path would not mean the same in SQL.
    """
    root = str(lake.root)
    if "'" in root or "*" in root:
        raise BadInput(f"the lake {root} has a quote or a star in its path: move it")
    told = {"release": release, "cohorts": list(cohorts), "lake_root": root}
    return json.dumps(told, sort_keys=True)


def ready_manifest(settings: Settings, project: Path = PROJECT) -> Path:
    """The manifest of the project as it is now, parsed if there is none (about 5 CPU-seconds)."""
    place = project / "target" / f"parsed-{_fingerprint(project)}"
    if not (place / MANIFEST).exists():
        place.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="parsing-") as folder:
            _parse(settings, project, Path(folder))
            _publish(Path(folder), place)
    return place / MANIFEST


def _parse(settings: Settings, project: Path, folder: Path) -> None:
    told = {"FITSENSE_WAREHOUSE": ":memory:", "DBT_PROJECT_DIR": str(project)}
    told["DBT_PROFILES_DIR"] = str(project)
    done = subprocess.run(  # noqa: S603 - our own interpreter and project
        dbt_command("parse", "--quiet"),
        env={**dbt_environment(settings, folder), **told},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BadInput(f"the dbt project {project} cannot be parsed: mend it. {done.stdout}")


def _publish(folder: Path, place: Path) -> None:
    """Put the manifest in place in one step, and drop those of older sources."""
    old = [each for each in place.parent.glob("parsed-*") if each != place]
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="publishing-") as temporary:
        made = Path(temporary) / "made"
        made.mkdir()
        shutil.copy(folder / MANIFEST, made / MANIFEST)
        try:
            made.rename(place)
        except OSError:
            # Another process parsed the same sources and was first.
            if not (place / MANIFEST).exists():
                raise
    for each in old:
        shutil.rmtree(each, ignore_errors=True)


def _fingerprint(project: Path) -> str:
    """A hash of everything the manifest follows from."""
    digest = hashlib.blake2b(version("dbt-core").encode(), digest_size=8)
    for path in sorted(path for pattern in _SOURCES for path in project.rglob(pattern)):
        name = path.relative_to(project)
        if name.parts[0] not in _MADE:
            content = path.read_bytes()
            digest.update(f"{name.as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()
