"""A1: an authenticated read through the ORM beside raw ASGI doing the same SQL.

Both run on granian with one worker, over the same SQLite file; a load process on loopback (this
module run as a script) asks each for the same number of times, in turns. What is compared is the
CPU of the server's processes. The read is GET /v1/profile with a session cookie: the session, the
person and the row are looked up for each request, nothing is cached.
"""

import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar.testing import TestClient
from sqlalchemy import event

from fitsense_api.app import create_app
from fitsense_api.config import ApiSettings
from fitsense_api.storage import Storage
from fitsense_assets.cli.serving import free_port
from fitsense_training.settings import Settings, quiet_environment
from tests.bench import a1_raw
from tests.bench.goal import Goal, Measured
from tests.bench.kept import Kept, a_request

PATH, COOKIE = "/v1/profile", "__Host-fitsense"
CLIENTS, REQUESTS, WARM_UP, REPEATS = 8, 1500, 300, 5
RATIO_MAX = 3.0
# Eight times the closest peer's requests per server-CPU-second on its lightest route (309-340).
PER_CPU_S_MIN = 8 * 325
READY_WITHIN_S = 60


async def press(address: str, cookie: str, count: int) -> None:
    """Ask so many times over a few kept connections; every answer must be 200."""
    headers = {"host": address.removeprefix("http://"), "cookie": f"{COOKIE}={cookie}"}
    asked = a_request("GET", PATH, headers)
    await asyncio.gather(*(_one(address, asked, count // CLIENTS) for _ in range(CLIENTS)))


async def _one(address: str, asked: bytes, count: int) -> None:
    kept = await Kept.to(address)
    for _ in range(count):
        answer = await kept.ask(asked)
        assert answer.status == 200, answer.head
    kept.close()


def a_person(home: Path) -> tuple[str, list[tuple[str, list[Any]]]]:
    """Sign somebody up with a profile; their cookie, and the SQL of reading it back."""
    storage = Storage(ApiSettings(), home)
    app = create_app(Settings(home=home, planner="coach"), storage=storage)
    seen: list[tuple[str, list[Any]]] = []

    def note(_: Any, __: Any, sql: str, values: Any, *___: Any) -> None:
        seen.append((sql, list(values)))

    with TestClient(app, base_url="https://fitsense.test") as client:
        body = {"name": "Ada", "email": "ada@example.org", "password": "a long enough password"}
        assert client.post("/v1/account", json=body).status_code == 201
        profile = {"height_cm": 170, "weekdays": ["mon", "wed"], "session_minutes": 45}
        assert client.put(PATH, json=profile).status_code == 200
        engine = storage.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        # A transaction that reads begins on its way with the first statement, unseen by the cursor.
        event.listen(engine, "begin", lambda _: seen.append(("BEGIN", [])))
        event.listen(engine, "commit", lambda _: seen.append(("COMMIT", [])))
        event.listen(engine, "rollback", lambda _: seen.append(("ROLLBACK", [])))
        assert client.get(PATH).status_code == 200
        return client.cookies[COOKIE], seen


@contextmanager
def a_server(target: str, environment: dict[str, str], home: Path) -> Generator[tuple[str, int]]:
    """One granian worker on a free port: its address and the id of its parent process."""
    port = free_port("127.0.0.1", 8765)
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1",
        "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning", target,
    ]  # fmt: skip
    with (home / "server.log").open("ab") as out:
        child = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address, child.pid
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=30)


def _wait(address: str) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        try:
            headers = {"cookie": f"{COOKIE}=x"}
            httpx.get(f"{address}{PATH}", headers=headers, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{address} did not answer within {READY_WITHIN_S} s")


def cpu_s(pid: int) -> float:
    """CPU of a process and its children, of the user and of the system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_s(int(child)) for child in children)


def _cost_ms(server: tuple[str, int], cookie: str, count: int = REQUESTS) -> float:
    """CPU-milliseconds of the server for one request."""
    address, pid = server
    before = cpu_s(pid)
    command = [sys.executable, "-m", "tests.bench.a1", address, cookie, str(count)]
    subprocess.run(command, check=True, timeout=300)
    return (cpu_s(pid) - before) / (count // CLIENTS * CLIENTS) * 1000


def measure(settings: Settings) -> Measured:
    """Both in turns; the ratio of each pair, and requests per server-CPU-second."""
    home = Path(tempfile.mkdtemp(prefix="fitsense-a1-"))
    try:
        cookie, statements = a_person(home)
        a1_raw.record(home / "a1.json", str(home / "service.db"), statements)
        environment = {
            **quiet_environment(settings.model_copy(update={"home": home})),
            a1_raw.RECORDING: str(home / "a1.json"),
            "FITSENSE_PLANNER": "coach",
            "FITSENSE_API_REQUESTS_PER_MINUTE": "0",
        }
        with (
            a_server("fitsense_api.app:application", environment, home) as ours,
            a_server("tests.bench.a1_raw:application", environment, home) as raw,
        ):
            costs = _in_turns(ours, raw, cookie)
    finally:
        shutil.rmtree(home)
    return _told(costs, len(statements))


def _in_turns(
    ours: tuple[str, int], raw: tuple[str, int], cookie: str
) -> list[tuple[float, float]]:
    for server in (ours, raw):
        _cost_ms(server, cookie, WARM_UP)
    costs: list[tuple[float, float]] = []
    for number in range(REPEATS):
        if number % 2:
            own = _cost_ms(ours, cookie)
            costs.append((own, _cost_ms(raw, cookie)))
        else:
            other = _cost_ms(raw, cookie)
            costs.append((_cost_ms(ours, cookie), other))
    return costs


def _told(costs: list[tuple[float, float]], count_statements: int) -> Measured:
    ratios = [own / other for own, other in costs]
    ratio = statistics.median(ratios)
    own_ms = statistics.median(own for own, _ in costs)
    raw_ms = statistics.median(other for _, other in costs)
    text = (
        f"{ratio:.2f}x ({min(ratios):.2f}-{max(ratios):.2f}) the CPU of raw ASGI with the same "
        f"{count_statements} statements: {own_ms:.2f} beside {raw_ms:.2f} ms; "
        f"{1000 / own_ms:,.0f} requests per server-CPU-s ({1000 / raw_ms:,.0f} raw)"
    )
    figures = {
        "ratio": ratio, "ratios": ratios, "own_ms": own_ms, "raw_ms": raw_ms,
        "per_cpu_s": 1000 / own_ms, "holds_ratio": ratio <= RATIO_MAX,
    }  # fmt: skip
    return Measured(text, ratio <= RATIO_MAX and 1000 / own_ms >= PER_CPU_S_MIN, figures)


GOAL = Goal("A1", "<= 3x raw ASGI doing the same SQL; >= 2,600 requests per server-CPU-s", measure)

if __name__ == "__main__":
    asyncio.run(press(sys.argv[1], sys.argv[2], int(sys.argv[3])))
