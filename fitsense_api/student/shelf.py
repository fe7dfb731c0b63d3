"""The shelf: verified copies of student bundles on this machine, one folder a version.

A copy is made beside its place, verified there, and renamed into it, so a folder under the shelf
was whole once; it is verified again each time it is opened. `current.json` names the copy that
served last: with it the service starts although the registry is away.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_api.student.served import Champion, Served, Writer
from fitsense_training.bundle import BundleManifest, open_student, verify_bundle
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    Equipment,
    ExperienceLevel,
    Goal,
    PromptType,
    Sex,
    Weekday,
)
from fitsense_training.memory import keep_out_of_collections

CURRENT = "current.json"

SMOKE_REQUEST = PlanRequest(
    prompt_type=PromptType.PLAN_CREATION,
    profile=Profile(
        age=35,
        sex=Sex.FEMALE,
        height_cm=168,
        weight_kg=66,
        activity_level=ActivityLevel.LIGHTLY_ACTIVE,
        experience_level=ExperienceLevel.NOVICE,
        goals=(Goal.GENERAL_HEALTH,),
        weekdays=(Weekday.MON, Weekday.THU),
        session_minutes=45,
        equipment=(Equipment.DUMBBELLS,),
    ),
)


class _Current(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(pattern=r"^\d+$")]
    bundle_sha256: str


class Shelf:
    """The copies, and how a copy becomes a student that serves."""

    def __init__(self, folder: Path, open_writer: Callable[[Path], Writer] = open_student) -> None:
        self._folder = folder
        self._open_writer = open_writer

    def fetch(self, champion: Champion) -> Served:
        """The champion, copied if need be, verified, opened and heard.

        Raises:
            CorruptArtifact: its bundle is not the one that was registered.
        """
        if not champion.version.isdecimal():
            raise BadInput(f"{champion.version[:20]!r} is no version number of the registry")
        place = self._folder / champion.version
        if not _is_whole(place, champion.bundle_sha256):
            self._copy(champion, place)
        served = self._open(champion.version, champion.bundle_sha256)
        self._remember(served)
        return served

    def last_good(self) -> Served | None:
        """The copy that served last, verified again; None where none did.

        Raises:
            CorruptArtifact: the copy is not what it was when it served.
        """
        current = self._current()
        return None if current is None else self._open(current.version, current.bundle_sha256)

    def _current(self) -> _Current | None:
        try:
            return _Current.model_validate_json((self._folder / CURRENT).read_bytes())
        except (OSError, ValidationError):
            # Without a mark, or with one that says nothing, no copy is known to be good.
            return None

    def _copy(self, champion: Champion, place: Path) -> None:
        coming = self._folder / f".incoming-{champion.version}"
        shutil.rmtree(coming, ignore_errors=True)
        try:
            # Links are kept as links, so that verifying meets and refuses them.
            shutil.copytree(champion.folder, coming, symlinks=True)
            _verify(coming, champion.bundle_sha256)
            for path in coming.iterdir():
                _sync(path)
            shutil.rmtree(place, ignore_errors=True)
            coming.rename(place)
            _sync(self._folder)
        finally:
            shutil.rmtree(coming, ignore_errors=True)

    def _open(self, version: str, bundle_sha256: str) -> Served:
        place = self._folder / version
        manifest = _verify(place, bundle_sha256)
        writer = self._open_writer(place)
        # A student that cannot write one readable answer is not put before people. Whether it
        # writes well enough was decided when it was promoted.
        parse_answer(writer.reply(SMOKE_REQUEST))
        keep_out_of_collections()
        return Served(version, manifest, writer)

    def _remember(self, served: Served) -> None:
        """Name the copy that serves, and let go of all but it and the one before."""
        before = self._current()
        current = _Current(version=served.version, bundle_sha256=served.manifest.bundle_sha256)
        coming = self._folder / f"{CURRENT}.tmp"
        coming.write_text(current.model_dump_json() + "\n", encoding="utf-8")
        _sync(coming)
        coming.rename(self._folder / CURRENT)
        _sync(self._folder)
        kept = {served.version, before.version if before else None}
        for place in self._folder.iterdir():
            if place.is_dir() and place.name.isdecimal() and place.name not in kept:
                shutil.rmtree(place)


def _is_whole(place: Path, bundle_sha256: str) -> bool:
    try:
        _verify(place, bundle_sha256)
    except CorruptArtifact:
        return False
    return True


def _verify(place: Path, bundle_sha256: str) -> BundleManifest:
    """The manifest of a bundle whose every file is as registered, and no other file is there."""
    manifest = verify_bundle(place)
    if manifest.bundle_sha256 != bundle_sha256:
        raise CorruptArtifact(f"{place} is a whole bundle, but not the one that was registered")
    return manifest


def _sync(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
