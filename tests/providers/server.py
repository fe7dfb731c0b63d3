"""A provider that speaks OpenAI's protocol on loopback, and fails in every way real ones do.

`with mock_provider(latency_s=0.05, faults="500:0.07") as provider:` starts it as a process of its
own. Answers are deterministic: the same messages get the same reply, whatever failed before. It
counts what it was asked, so a test knows what would have been paid for.
"""

import argparse
import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
import urllib.request
import zlib
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.providers.batches import Batches, Troubles

ROOT = Path(__file__).resolve().parents[2]
PLAN = '{"t":"see_clinician"}'
# What is said instead of a plan, with status 200.
BAD_REPLIES = {
    "empty": "",
    "half": '{"g":"strength","s":[["mon","full_bo',
    "nan": '{"g":NaN,"s":[],"a":"150 moderate","p":"linear","x":[],"w":[]}',
    "twice": '{"t":"see_clinician","t":"no_plan"}',
    "schema": '{"goal":"strength","weeks":[{"monday":["squat"]}]}',
    "big": "x" * 1_000_000,
}
WARM_FROM = 16  # calls are timed from this one on: some clients try one out before they begin
STATUSES = {"500": 500, "503": 503, "429": 429, "429-after": 429, "400": 400, "401": 401}


@dataclass(kw_only=True)
class Provider:
    """What the server process does and has seen."""

    latency_s: float
    faults: dict[str, float]
    reply: str
    replies: dict[str, str]
    seed: int
    capacity: int
    counts: Counter[str] = field(default_factory=Counter[str])
    in_flight: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.counts["calls"] += 1
        self.in_flight += 1
        self.counts["in_flight_max"] = max(self.counts["in_flight_max"], self.in_flight)
        if self.counts["calls"] == WARM_FROM:
            self.counts["warm_ms"] = _now_ms()
        try:
            return await self._respond(request)
        finally:
            self.in_flight -= 1
            self.counts["ended_ms"] = _now_ms()

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        # A sum of what was asked, whatever its order: equal sums, equal questions.
        self.counts["asked"] += zlib.crc32(json.dumps(body, sort_keys=True).encode())
        if self.capacity and self.in_flight > self.capacity:
            self.counts["429"] += 1
            return _refusal(request, "429")
        await asyncio.sleep(self.latency_s)
        fault = self._drawn()
        if fault is not None:
            self.counts[fault] += 1
            return await _faulty(request, body, fault)
        self.counts["answered"] += 1
        return web.json_response(self.completion(body))

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a question without a fault is answered."""
        return _completion(body, self.replies.get(body["messages"][-1]["content"], self.reply))

    def _drawn(self) -> str | None:
        draw = self._chance.random()
        for fault, share in self.faults.items():
            if draw < share:
                return fault
            draw -= share
        return None

    async def elsewhere(self, request: web.Request) -> web.Response:
        """Where a redirect leads; somebody else answers here."""
        self.counts["elsewhere"] += 1
        return web.json_response(_completion({"messages": []}, self.reply))

    async def stats(self, request: web.Request) -> web.Response:
        return web.json_response(dict(self.counts))


def _now_ms() -> int:
    return int(time.monotonic() * 1000)


async def _faulty(request: web.Request, body: dict[str, Any], fault: str) -> web.StreamResponse:
    if fault in STATUSES:
        return _refusal(request, fault)
    if fault.startswith("redirect"):
        return web.Response(status=int(fault[-3:]), headers={"location": "/v1/elsewhere"})
    if fault in ("reset", "silent", "slow"):
        return await _unfinished(request, fault)
    if fault == "html":
        return web.Response(text="<html>Down for maintenance</html>", content_type="text/html")
    if fault == "cut":
        return web.json_response(_completion(body, PLAN[:9], finish="length"))
    return web.json_response(_completion(body, BAD_REPLIES[fault]))


async def _unfinished(request: web.Request, fault: str) -> web.StreamResponse:
    """A reply that breaks off, never begins, or drips for ever."""
    if fault == "reset":
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault == "silent":
        await asyncio.sleep(3600)
    response = web.StreamResponse(headers={"content-type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.2)


def _refusal(request: web.Request, fault: str) -> web.Response:
    headers = {"retry-after": "1"} if fault == "429-after" else {}
    # Like real providers, it says back the key that it does not like.
    said = f"mock fault {fault} for {request.headers.get('authorization')}"
    error = {"error": {"message": said, "type": "mock", "code": fault}}
    return web.json_response(error, status=STATUSES[fault], headers=headers)


def _completion(body: dict[str, Any], reply: str, finish: str = "stop") -> dict[str, Any]:
    count_asked = sum(len(message["content"]) for message in body["messages"]) // 4
    return {
        "id": "mock", "object": "chat.completion", "created": 0, "model": "mock-7b",
        "choices": [{
            "index": 0, "finish_reason": finish,
            "message": {"role": "assistant", "content": reply},
        }],
        "usage": {
            "prompt_tokens": count_asked, "completion_tokens": len(reply) // 4,
            "total_tokens": count_asked + len(reply) // 4,
        },
    }  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A running provider as its users see it."""

    api_base: str

    def stats(self) -> dict[str, int]:
        """What it has counted: calls, answered, in_flight_max, each fault, and when calls came."""
        with urllib.request.urlopen(f"{self.api_base}/stats", timeout=10) as response:
            return json.loads(response.read())


@contextlib.contextmanager
def mock_provider(
    latency_s: float = 0.0,
    faults: str = "",
    *,
    reply: str = PLAN,
    seed: int = 1,
    capacity: int = 0,
    replies: Path | None = None,
    troubles: Troubles | None = None,
) -> Generator[Address]:
    """A provider process; `faults` is like "500:0.05,429-after:0.02".

    `replies` is a JSON file of replies by prompt; what is not in it is answered with `reply`.
    `troubles` are those of its batches.
    """
    command = [
        sys.executable, "-m", "tests.providers.server", "--latency", str(latency_s),
        "--faults", faults, "--reply", reply, "--seed", str(seed), "--capacity", str(capacity),
        "--replies", str(replies or ""), "--troubles", (troubles or Troubles()).to_json(),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Address(f"http://127.0.0.1:{port}/v1")
    finally:
        process.kill()  # whoever started the tests may have SIGTERM ignored, and so would a child
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()


async def _serve(provider: Provider, troubles: Troubles) -> None:
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.add_routes(Batches(troubles, provider.counts, provider.completion).routes())
    app.router.add_post("/v1/chat/completions", provider.complete)
    app.router.add_get("/v1/stats", provider.stats)
    app.router.add_route("*", "/v1/elsewhere", provider.elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _faults(text: str) -> dict[str, float]:
    pairs = (each.partition(":") for each in text.split(",") if each)
    return {name: float(share or 1) for name, _, share in pairs}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--reply", default=PLAN)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--capacity", type=int, default=0)
    parser.add_argument("--replies", default="")
    parser.add_argument("--troubles", type=json.loads, default={})
    asked = parser.parse_args()
    served = Provider(
        latency_s=asked.latency,
        faults=_faults(asked.faults),
        reply=asked.reply,
        replies=json.loads(Path(asked.replies).read_text("utf-8")) if asked.replies else {},
        seed=asked.seed,
        capacity=asked.capacity,
    )
    asyncio.run(_serve(served, Troubles(**asked.troubles)))
