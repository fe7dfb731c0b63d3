"""The service as a process: it listens, answers over a real socket, and stops when told."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from fitsense_api.plans import examples
from fitsense_api.server import refuse_busy_port
from fitsense_training.domain.errors import BadInput

START_S = 60
SERVE = (
    "from fitsense_api.server import serve\n"
    "from fitsense_training.settings import load_settings\n"
    "serve(load_settings())"
)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def test_a_busy_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        with pytest.raises(BadInput, match=rf"^port {port} on 127.0.0.1 is busy: .*API_PORT"):
            refuse_busy_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told_in_one_sentence() -> None:
    with pytest.raises(BadInput, match=r"^nothing can listen on 192\.0\.2\.1"):
        refuse_busy_port("192.0.2.1", a_free_port())


@pytest.fixture
def process(tmp_path: Path) -> Generator[tuple[subprocess.Popen[bytes], str, Path], None, None]:
    port, log = a_free_port(), tmp_path / "service.log"
    settings = {"FITSENSE_HOME": str(tmp_path), "FITSENSE_API_PORT": str(port)}
    with log.open("wb") as stderr:
        running = subprocess.Popen(
            [sys.executable, "-c", SERVE], env={**os.environ, **settings}, stderr=stderr
        )
        try:
            yield running, f"http://127.0.0.1:{port}", log
        finally:
            running.kill()
            running.wait(10)


def wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            httpx.get(f"{url}/health/live").raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the service did not start"
        else:
            return


@pytest.mark.slow
def test_a_plan_is_served_over_http(
    process: tuple[subprocess.Popen[bytes], str, Path],
) -> None:
    running, url, log = process
    wait_until_it_answers(url)

    created = httpx.post(f"{url}/v1/plans", json=examples.CREATE)
    carried_on = httpx.post(
        f"{url}/v1/plans/adapt",
        json={**examples.ADAPT, "current_plan": created.json()["plan"]},
    )
    second = subprocess.run(
        [sys.executable, "-c", SERVE],
        env={**os.environ, "FITSENSE_API_PORT": url.rpartition(":")[2]},
        capture_output=True,
        check=False,
        timeout=START_S,
    )
    running.send_signal(signal.SIGTERM)

    assert created.status_code == carried_on.status_code == 200
    assert created.headers["x-content-type-options"] == "nosniff"
    assert created.json()["provenance"]["planner"] == "coach"
    assert b"is busy" in second.stderr
    assert second.returncode != 0
    assert running.wait(20) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["route"] for line in lines if line["event"] == "request"][-2:] == [
        "/v1/plans",
        "/v1/plans/adapt",
    ]
