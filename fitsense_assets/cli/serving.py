"""The service as a child process on loopback, and one question to it over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsense_training.domain.errors import BadInput, FitSenseError
from fitsense_training.domain.profile import Profile
from fitsense_training.settings import Settings, quiet_environment

READY_WITHIN_S = 120
STUDENT_WITHIN_S = 20  # of being up: a student is opened beside the first answers
POLL_S = 0.25
COACH_ONLY = "coach_only"  # as `/health/ready` says it
SERVE = (sys.executable, "-m", "fitsense_api")


@dataclass(frozen=True)
class Reply:
    """What the service answered."""

    body: dict[str, Any]

    @property
    def rows(self) -> list[list[str]]:
        """The plan as a table: day, exercise, dose, load, reserve, rest."""
        return [list(row.values()) for row in self.body["table"]]

    @property
    def handoff(self) -> str | None:
        """The text that stands in place of a plan, if none may be given."""
        told = self.body["handoff"]
        return None if told is None else str(told["text"])

    @property
    def summary(self) -> list[str]:
        """The plan in a few sentences."""
        return self.body["summary"]

    @property
    def provenance(self) -> dict[str, Any]:
        """Who answered, and what they were made from."""
        return self.body["provenance"]

    @property
    def latency_ms(self) -> float:
        """Milliseconds the service took."""
        return float(self.body["latency_ms"])


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or any other where that one is taken."""
    if is_free(host, wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_service(settings: Settings) -> Generator[str]:
    """The address of a service that is ready; it is ended with the block.

    Raises:
        FitSenseError: it ended by itself, or was not ready in time; its log says why.
    """
    port = free_port(settings.host, settings.api_port)
    log = settings.home / "logs" / "demo_service.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**quiet_environment(settings), "FITSENSE_API_PORT": str(port)}
    with log.open("wb") as out:
        # In a group of its own: the server has a worker, which would outlive it when it is killed.
        child = subprocess.Popen(  # noqa: S603 - our own module
            SERVE, env=environment, stdout=out, stderr=out, start_new_session=True
        )
        try:
            address = f"http://{settings.host}:{port}"
            _wait_until_ready(address, child, log)
            yield address
        finally:
            child.terminate()
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _wait_until_ready(address: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it answers by its student, or by the coach for longer than a student takes to open."""
    deadline, coached_until = time.monotonic() + READY_WITHIN_S, None
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise FitSenseError(f"the service ended with code {child.returncode}: see {log}")
        state = _state_of(address)
        if state is not None:
            coached_until = coached_until or time.monotonic() + STUDENT_WITHIN_S
            if state != COACH_ONLY or time.monotonic() > coached_until:
                return
        time.sleep(POLL_S)
    raise FitSenseError(f"the service was not ready within {READY_WITHIN_S} s: see {log}")


def _state_of(address: str) -> str | None:
    """How well a service says it answers; None while it does not."""
    import httpx

    try:
        response = httpx.get(f"{address}/health/ready", timeout=5, trust_env=False)
    except httpx.TransportError:
        return None
    return str(response.json()["status"]) if response.is_success else None


def ask_for_plan(address: str, profile: Profile) -> Reply:
    """Ask for a new plan for a person."""
    import httpx

    body = {"profile": profile.model_dump(mode="json")}
    response = httpx.post(f"{address}/v1/plans", json=body, timeout=60, trust_env=False)
    if not response.is_success:
        raise BadInput(f"the service refused the request: {response.text}")
    return Reply(response.json())
