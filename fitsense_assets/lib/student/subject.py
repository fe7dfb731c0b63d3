"""Which student is meant: a version of the registry, a release of the lake, or the champion."""

from dataclasses import dataclass
from pathlib import Path

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.train import TABLE as CHECKPOINT
from fitsense_assets.lib.student.train import bundle_folder, read_record
from fitsense_training.bundle import read_manifest
from fitsense_training.domain.errors import BadInput
from fitsense_training.registration import VersionTag

SHORT = 12


@dataclass(frozen=True)
class Subject:
    """A student that can be opened; `version` is None where the registry does not hold it."""

    release: str
    folder: Path
    bundle_sha256: str
    base: str
    version: str | None
    recipe: str

    @property
    def name(self) -> str:
        """How a chart calls it."""
        version = f"version {self.version}" if self.version else "not registered"
        return f"{version} ({self.release}, {self.recipe})"

    @property
    def key(self) -> str:
        """The partition of what is measured of this student and no other."""
        return f"{self.release}.{self.bundle_sha256[:SHORT]}"


def find_subject(
    lake: Lake, registry: Registry, version: str | None = None, release: str | None = None
) -> Subject:
    """The student that is named; the champion, or else the newest one, if none is.

    Raises:
        BadInput: both a version and a release are named, or there is no student at all.
        UnknownName: there is no such version or release.
    """
    if version is not None and release is not None:
        raise BadInput("name a version or a release, not both: they may be different students")
    number = version or (registry.champion() if release is None else None)
    if number is not None:
        return _of_version(lake, registry, number)
    trained = lake.keys(CHECKPOINT)
    if release is None and not trained:
        raise BadInput("there is no student yet: run `make demo`, or materialize one")
    return _of_release(lake, registry, release or trained[-1])


def _of_version(lake: Lake, registry: Registry, number: str) -> Subject:
    folder = registry.bundle_folder(number)
    manifest = read_manifest(folder)
    sha = manifest.bundle_sha256
    recipe = _recipe(lake, manifest.release, sha, manifest.base)
    return Subject(manifest.release, folder, sha, manifest.base, number, recipe)


def _of_release(lake: Lake, registry: Registry, release: str) -> Subject:
    folder = bundle_folder(lake, release)
    manifest = read_manifest(folder)
    sha = manifest.bundle_sha256
    holders = [v for v in registry.versions() if v.tags.get(VersionTag.BUNDLE) == sha]
    version = str(holders[0].version) if holders else None
    return Subject(
        release, folder, sha, manifest.base, version, _recipe(lake, release, sha, manifest.base)
    )


def _recipe(lake: Lake, release: str, bundle_sha256: str, base: str) -> str:
    """The recipe of a student that the lake still holds; its base where it does not."""
    if not lake.exists(CHECKPOINT, release):
        return base
    if read_manifest(bundle_folder(lake, release)).bundle_sha256 != bundle_sha256:
        return base
    return str(read_record(lake, release).summary()["recipe"])
