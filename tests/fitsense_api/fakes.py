"""Students that behave and students that do not, bundles, a registry, and a service around them."""

import io
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from litestar.testing import TestClient

from fitsense_api.app import create_app
from fitsense_api.config import ServiceConfig
from fitsense_api.log import json_log
from fitsense_api.student.served import Champion
from fitsense_api.student.shelf import SMOKE_REQUEST, Shelf
from fitsense_training.bundle import ONNX, TOKENIZER, WEIGHTS, Origin, seal_bundle
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import Goal
from fitsense_training.settings import Settings
from fitsense_training.shape import StudentShape


class CoachWriter:
    """A student that writes what the coach would; the others differ once they serve."""

    def __init__(self) -> None:
        self.asked: list[PlanRequest] = []

    def reply(self, request: PlanRequest) -> str:
        if request == SMOKE_REQUEST:
            return write_answer(coach(request))
        self.asked.append(request)
        return self.write(request)

    def write(self, request: PlanRequest) -> str:
        return write_answer(coach(request))


class GarbageWriter(CoachWriter):
    """Writes no plan, and quotes what it was told."""

    def write(self, request: PlanRequest) -> str:
        return f'{{"g":"strength","s":[["mon","full_body",5,[["x","{request.note}"]]]]}}'


class UnsafeWriter(CoachWriter):
    """Writes a plan for another goal than the person's, which a BLOCK rule forbids."""

    def write(self, request: PlanRequest) -> str:
        plan = coach(request)
        assert isinstance(plan, WorkoutPlan)
        return write_answer(plan.model_copy(update={"goal": Goal.HYPERTROPHY}))


class BrokenWriter(CoachWriter):
    """Fails as foreign code fails, quoting what it was told."""

    def write(self, request: PlanRequest) -> str:
        raise RuntimeError(f"node 7 failed on {request.note}")


class HangingWriter(CoachWriter):
    """Holds its thread until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.released = Event(), Event()

    def write(self, request: PlanRequest) -> str:
        self.entered.set()
        assert self.released.wait(30)
        return super().write(request)


@dataclass
class FakeSource:
    """A registry that says what it is told to say."""

    found: Champion | None = None
    is_down: bool = False

    def champion(self) -> Champion | None:
        if self.is_down:
            raise FitSenseError("the registry does not answer")
        return self.found


def a_champion(folder: Path, version: str = "1", release: str = "r0001") -> Champion:
    """A sealed bundle as the registry would point to it; its model is a few bytes."""
    bundle = folder / f"registered-{version}"
    bundle.mkdir(parents=True)
    for name in (WEIGHTS, ONNX, TOKENIZER):
        (bundle / name).write_bytes(f"{name} of {release}".encode())
    origin = Origin(
        base="scratch", release=release, cohorts=("c0001", "c0002"), data_version="d" * 32
    )
    manifest = seal_bundle(bundle, origin, StudentShape(), 2000)
    return Champion(version, bundle, manifest.bundle_sha256)


@dataclass
class Service:
    """A running service, its log, and the registry it follows."""

    client: TestClient[Any]
    log: io.StringIO
    source: FakeSource

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if line["event"] == event]


@contextmanager
def a_service(
    folder: Path, writer: CoachWriter | None = None, config: ServiceConfig | None = None
) -> Generator[Service, None, None]:
    """A service with this student, or with none."""
    source = FakeSource(a_champion(folder) if writer else None)
    shelf = Shelf(folder / "serving", lambda _: writer or CoachWriter())
    log = io.StringIO()
    app = create_app(Settings(home=folder), source, shelf=shelf, config=config, log=json_log(log))
    with TestClient(app) as client:
        yield Service(client, log, source)
