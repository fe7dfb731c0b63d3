"""A3: signed-in clients that read and write, 64 and 256 at once, and memory over many requests.

The service runs on granian with one worker over SQLite; the load process is this module run as a
script. One request in ten writes, so that readers and writers meet at the database; a request that
is not answered within `STUCK_S` is stuck, and there may be none. Memory is what the worker holds
once it has answered a first part, and again after all of them.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from fitsense_training.settings import Settings, quiet_environment
from tests.bench import a1
from tests.bench.goal import Goal, Measured
from tests.bench.kept import Kept, a_request

CROWDS, CROWD_S = (64, 256), 60.0
WARM_REQUESTS, ALL_REQUESTS, MEMORY_CLIENTS = 10_000, 50_000, 16
STUCK_S, GROWTH_MAX_MB = 30.0, 8.0
WRITES_EVERY = 10
PROFILE = b'{"height_cm": 170, "weekdays": ["mon", "wed"], "session_minutes": 45}'


@dataclass
class Seen:
    """What one crowd of clients saw; times in seconds."""

    statuses: Counter[str] = field(default_factory=Counter[str])
    longest_s: float = 0.0
    stuck: int = 0
    without_retry_after: int = 0


async def press(address: str, cookie: str, clients: int, until_s: float, most: int) -> Seen:
    """So many clients, for so long or for so many requests, whichever comes first."""
    seen, end, numbers = Seen(), time.monotonic() + until_s, count()
    headers = {"host": address.removeprefix("http://"), "cookie": f"{a1.COOKIE}={cookie}"}
    reads = a_request("GET", a1.PATH, headers)
    # A browser says where it comes from; a cookie that changes something is believed only then.
    origin = {"origin": f"http://{headers['host']}", "sec-fetch-site": "same-origin"}
    writes = a_request("PUT", a1.PATH, {**headers, **origin}, PROFILE)

    async def one() -> None:
        kept = await Kept.to(address)
        while time.monotonic() < end and (number := next(numbers)) < most:
            asked = reads if number % WRITES_EVERY else writes
            if not await _ask(kept, asked, seen):
                return
        kept.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return seen


async def _ask(kept: Kept, asked: bytes, seen: Seen) -> bool:
    started = time.monotonic()
    try:
        async with asyncio.timeout(STUCK_S):
            answer = await kept.ask(asked)
    except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
        seen.stuck += isinstance(error, TimeoutError)
        seen.statuses[type(error).__name__] += 1
        return False
    seen.longest_s = max(seen.longest_s, time.monotonic() - started)
    seen.statuses[str(answer.status)] += 1
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        seen.without_retry_after += "retry-after:" not in answer.head
        await asyncio.sleep(0.05)
    return True


def measure(settings: Settings) -> Measured:
    """Memory first, while nothing else has been asked; then the crowds."""
    home = Path(tempfile.mkdtemp(prefix="fitsense-a3-"))
    try:
        cookie, _ = a1.a_person(home)
        environment = {
            **quiet_environment(settings.model_copy(update={"home": home})),
            "FITSENSE_PLANNER": "coach",
            "FITSENSE_API_REQUESTS_PER_MINUTE": "0",
        }
        with a1.a_server("fitsense_api.app:application", environment, home) as (address, _):
            _press(address, cookie, MEMORY_CLIENTS, 600, WARM_REQUESTS)
            warm_mb = _memory_mb(address)
            _press(address, cookie, MEMORY_CLIENTS, 600, ALL_REQUESTS - WARM_REQUESTS)
            end_mb = _memory_mb(address)
            crowds = {n: _press(address, cookie, n, CROWD_S, sys.maxsize) for n in CROWDS}
            after_mb = _memory_mb(address)
    finally:
        shutil.rmtree(home)
    holds = end_mb - warm_mb <= GROWTH_MAX_MB and all(map(_is_clean, crowds.values()))
    told = "; ".join(
        f"{n} clients: {sum(seen['statuses'].values()):,} answers, {seen['stuck']} stuck, longest "
        f"{seen['longest_s']:.2f} s"
        for n, seen in crowds.items()
    )
    text = (
        f"{told}; {warm_mb:.0f} -> {end_mb:.0f} MB from the {WARM_REQUESTS:,}th to the "
        f"{ALL_REQUESTS:,}th request, {after_mb:.0f} MB after the crowds"
    )
    figures = {
        "crowds": crowds, "warm_mb": warm_mb, "end_mb": end_mb, "after_mb": after_mb,
    }  # fmt: skip
    return Measured(text, holds, figures)


def _is_clean(seen: dict[str, Any]) -> bool:
    """Whether everybody was answered, or told at once when to come back."""
    return set(seen["statuses"]) <= {"200", "503"} and not seen["without_retry_after"]


def _press(address: str, cookie: str, clients: int, until_s: float, most: int) -> dict[str, Any]:
    told = [address, cookie, str(clients), str(until_s), str(most)]
    command = [sys.executable, "-m", "tests.bench.a3", *told]
    done = subprocess.run(command, capture_output=True, check=True, timeout=until_s + 120)
    return json.loads(done.stdout)


def _memory_mb(address: str) -> float:
    text = httpx.get(f"{address}/metrics", trust_env=False).text
    line = next(each for each in text.splitlines() if each.startswith("process_resident_memory"))
    return float(line.split()[1]) / 1e6


GOAL = Goal(
    "A3",
    "64 and 256 signed-in clients for a minute, none stuck; memory flat over 50,000 requests",
    measure,
)

if __name__ == "__main__":
    address, cookie, *rest = sys.argv[1:]
    seen = asyncio.run(press(address, cookie, int(rest[0]), float(rest[1]), int(rest[2])))
    print(json.dumps(vars(seen)))
