"""What a killed registration leaves in MLflow: a run with a bundle that no version points to.

Nobody is served an orphan, and registering its student again makes a new run; it only takes room.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.registry.store import Registry


@dataclass(frozen=True)
class Orphan:
    """A run that recorded a student and holds no version."""

    run_id: str
    release: str
    status: str
    folder: Path
    count_bytes: int


def find_orphans(registry: Registry) -> list[Orphan]:
    """All orphans, by release and run; waits while a registration is under way."""
    with hold_lease(registry.registration_lease, waits=True):
        found = [_orphan(run) for run in _without_version(registry)]
    return sorted(found, key=lambda each: (each.release, each.run_id))


def remove_orphans(registry: Registry, orphans: Iterable[Orphan]) -> None:
    """Delete their runs and files; one that a version points to by now is left alone."""
    with hold_lease(registry.registration_lease, waits=True):
        still = {str(run.info.run_id) for run in _without_version(registry)}
        for orphan in orphans:
            if orphan.run_id in still:
                registry.client.delete_run(orphan.run_id)
                shutil.rmtree(orphan.folder, ignore_errors=True)


def _without_version(registry: Registry) -> Iterator[Any]:
    """Runs that recorded a bundle, less those of versions."""
    owned = {str(version.run_id) for version in registry.versions()}
    experiments = [str(each.experiment_id) for each in registry.client.search_experiments()]
    token: str | None = None
    while experiments:
        page = registry.client.search_runs(
            experiments, "tags.bundle_sha256 != ''", page_token=token
        )
        yield from (run for run in page if str(run.info.run_id) not in owned)
        token = page.token
        if not token:
            return


def _orphan(run: Any) -> Orphan:
    folder = Path(unquote(urlparse(str(run.info.artifact_uri)).path))
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return Orphan(
        run_id=str(run.info.run_id),
        release=str(run.data.tags.get("release", "")),
        status=str(run.info.status),
        folder=folder,
        count_bytes=sum(path.stat().st_size for path in files),
    )
