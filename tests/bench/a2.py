"""A2: overload at ten times the capacity for a minute, as a server process and a load process.

The load process is this module run as a script: it opens that many connections on loopback and
asks as fast as it is answered. Also told: what 64 and 256 patient clients get, M4 through HTTP
(tokens a second and CPU a plan of the whole server), and that the service is as before afterwards.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from fitsense_api.plans import examples
from fitsense_assets.cli.serving import running_service
from fitsense_training.settings import Settings
from tests.bench.goal import Goal, Measured
from tests.bench.kept import Kept, a_request

OVERLOAD_S, CALM_S, ANSWER_WITHIN_S = 60, 10, 60
OVERLOAD_CLIENTS = 160  # ten times the places of a process
NO_LIMITS = {"FITSENSE_API_REQUESTS_PER_MINUTE": "0", "FITSENSE_API_PLANS_PER_MINUTE": "0"}
P99_MAX_MS, REFUSED_P99_MAX_MS, GROWTH_MAX_MB = 5_000, 1_000, 100


@dataclass
class Load:
    """What one run of clients saw."""

    accepted_ms: list[float] = field(default_factory=list[float])
    refused_ms: list[float] = field(default_factory=list[float])
    statuses: Counter[str] = field(default_factory=Counter[str])
    without_retry_after: int = 0

    def summary(self) -> dict[str, Any]:
        return {
            "accepted": len(self.accepted_ms),
            "accepted_p50_ms": _quantile(self.accepted_ms, 0.5),
            "accepted_p99_ms": _quantile(self.accepted_ms, 0.99),
            "refused": len(self.refused_ms),
            "refused_p99_ms": _quantile(self.refused_ms, 0.99),
            "without_retry_after": self.without_retry_after,
            "statuses": dict(self.statuses),
        }


def _quantile(values: list[float], share: float) -> float | None:
    return sorted(values)[int(share * (len(values) - 1))] if values else None


async def press(address: str, clients: int, seconds: float) -> Load:
    """So many clients for so long; each waits 50 ms after a refusal, as no polite one would."""
    load, end = Load(), time.monotonic() + seconds
    headers = {"host": address.removeprefix("http://")}
    asked = a_request("POST", "/v1/plans", headers, json.dumps(examples.CREATE).encode())
    await asyncio.gather(*(_one(address, asked, load, end) for _ in range(clients)))
    return load


async def _one(address: str, asked: bytes, load: Load, end: float) -> None:
    kept = await Kept.to(address)
    while time.monotonic() < end:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer = await kept.ask(asked)
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            load.statuses[type(error).__name__] += 1
            return
        took_ms = (time.perf_counter() - started) * 1000
        load.statuses[str(answer.status)] += 1
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            load.refused_ms.append(took_ms)
            load.without_retry_after += "retry-after:" not in answer.head
            await asyncio.sleep(0.05)
        else:
            load.accepted_ms.append(took_ms)
    kept.close()


def measure(settings: Settings) -> Measured:
    """Calm, 64 and 256 clients, ten times overload, calm again."""
    # All clients come from one address: its limit would turn them away before the service is full.
    os.environ.update(NO_LIMITS)
    with running_service(settings) as address:
        _press(address, 2, 3)
        before = _meters(address)
        calm = _press(address, 4, CALM_S)
        middle = _meters(address)
        runs = {n: _press(address, n, CALM_S) for n in (64, 256)}
        over = _press(address, OVERLOAD_CLIENTS, OVERLOAD_S)
        time.sleep(1)
        ready = httpx.get(f"{address}/health/ready", trust_env=False).json()
        after = _press(address, 4, CALM_S)
        last = _meters(address)
    growth_mb = (last["rss"] - middle["rss"]) / 1e6
    plans = max(calm["accepted"], 1)
    cpu_ms = (middle["cpu"] - before["cpu"]) / plans * 1000
    busy = middle["busy"] - before["busy"]
    tokens_per_s = (middle["tokens"] - before["tokens"]) / busy if busy else 0.0
    holds = (
        _is_clean(over)
        and over["accepted_p99_ms"] <= P99_MAX_MS
        and (over["refused_p99_ms"] or 0) <= REFUSED_P99_MAX_MS
        and growth_mb <= GROWTH_MAX_MB
        and ready["count_taken"] == 0
        and after["accepted"] >= 0.8 * calm["accepted"]
        and all(_is_clean(run) for run in runs.values())
    )
    text = (
        f"accepted {over['accepted']} p99 {over['accepted_p99_ms']:.0f} ms, refused "
        f"{over['refused']} p99 {over['refused_p99_ms'] or 0:.0f} ms, +{growth_mb:.0f} MB, "
        f"{calm['accepted'] / CALM_S:.1f} -> {after['accepted'] / CALM_S:.1f} plans/s calm; "
        f"{tokens_per_s:,.0f} tok/s and {cpu_ms:.0f} ms CPU a plan over HTTP"
    )
    figures = {
        "calm": calm, "after": after, "overload": over, "growth_mb": growth_mb,
        "clients_64": runs[64], "clients_256": runs[256], "cpu_ms_per_plan": cpu_ms,
        "tokens_per_s": tokens_per_s,
    }  # fmt: skip
    return Measured(text, holds, figures)


def _is_clean(run: dict[str, Any]) -> bool:
    """Whether everybody was answered with a plan or told at once when to come back."""
    return set(run["statuses"]) <= {"200", "503"} and not run["without_retry_after"]


def _press(address: str, clients: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.a2", address, str(clients), str(seconds)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 120)
    return json.loads(done.stdout)


def _meters(address: str) -> dict[str, float]:
    text = httpx.get(f"{address}/metrics", trust_env=False).text
    found = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")
    )
    names = {
        "rss": "process_resident_memory_bytes",
        "cpu": "process_cpu_seconds_total",
        "tokens": "fitsense_student_tokens_total",
        "busy": "fitsense_student_busy_seconds_total",
    }
    return {key: float(found.get(name, 0)) for key, name in names.items()}


GOAL = Goal(
    "A2", "10x overload for 60 s: p99 bounded, 503 + Retry-After at once, memory bounded", measure
)

if __name__ == "__main__":
    pressed = asyncio.run(press(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
    print(json.dumps(pressed.summary()))
