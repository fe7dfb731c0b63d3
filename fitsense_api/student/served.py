"""What answers people, a verified student and its origin, and the ports it comes through."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fitsense_training.bundle import BundleManifest
from fitsense_training.domain.request import PlanRequest


class Writer(Protocol):
    """A student that is open. It may raise; what it writes is checked before anybody sees it."""

    def reply(self, request: PlanRequest) -> str:
        """The answer to a request, in the wire format."""
        ...


@dataclass(frozen=True)
class Champion:
    """What the registry says is to be served: a version, its bundle, and the hash of the bundle."""

    version: str
    folder: Path
    bundle_sha256: str


class StudentSource(Protocol):
    """A registry of students."""

    def champion(self) -> Champion | None:
        """The champion, or None where no student is to be served."""
        ...


@dataclass(frozen=True)
class Served:
    """A student that was verified, opened and heard once."""

    version: str
    manifest: BundleManifest
    writer: Writer
