"""What answers people, a verified student and its origin, and the ports it comes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from fitsense_training.bundle import BundleManifest
from fitsense_training.domain.request import PlanRequest


class Writer(Protocol):
    """A student that is open. It may raise; what it writes is checked before anybody sees it."""

    def reply(self, request: PlanRequest) -> str:
        """The answer to a request, in the wire format."""
        ...


@runtime_checkable
class BatchWriter(Writer, Protocol):
    """A student that writes several answers for less than the price of each alone."""

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        """The answers to requests, in their order."""
        ...

    def count_tokens(self, request: PlanRequest, reply: str) -> int:
        """How many tokens a reply took this student to write."""
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
class ModelOrigin:
    """Which model wrote an answer, and the data it was learned from as far as that is known."""

    version: str
    release: str | None = None
    cohorts: tuple[str, ...] = ()
    data_version: str | None = None


@dataclass(frozen=True)
class Served:
    """A student that was verified, opened and heard once."""

    version: str
    manifest: BundleManifest
    writer: Writer

    @property
    def origin(self) -> ModelOrigin:
        """What its answers say of where they come from."""
        told = self.manifest
        return ModelOrigin(self.version, told.release, told.cohorts, told.data_version)
