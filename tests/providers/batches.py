"""The batch half of the mock provider: files and batches as OpenAI's API has them, and faults.

What a row answers is what a single call would answer. `Troubles` says what goes wrong: rows that
are lost, torn or refused, batches that end otherwise than completed, answers to a create that
never arrive although the batch was made.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

Complete = Callable[[dict[str, Any]], dict[str, Any]]
PAGE_MAX = 3  # small, so that whoever searches has to turn pages
STATUSES = {"row500": 500, "row429": 429, "row400": 400}


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """How long a batch takes and what goes wrong; `ends` and `creates` are used up one by one.

    Rows are drawn by share, but those of `script` get the faults it names, one by one.
    """

    seconds: float = 0.0
    rows: dict[str, float] = field(default_factory=dict[str, float])
    script: list[str] = field(default_factory=list[str])
    ends: list[str] = field(default_factory=list[str])
    creates: list[str] = field(default_factory=list[str])
    limit_rows: int = 0
    seed: int = 1

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class Account:
    """Every file and batch of one customer."""

    def __init__(
        self, troubles: Troubles, complete: Complete, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._troubles, self._complete, self._now = troubles, complete, now
        self._ends, self._script = list(troubles.ends), list(troubles.script)
        self._chance = random.Random(troubles.seed)
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()

    def upload(self, content: bytes) -> str:
        self.counts["uploads"] += 1
        return self._store(content)

    def download(self, file_id: str) -> bytes:
        self.counts["downloads"] += 1
        return self._files[file_id]

    def create(self, file_id: str, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        self.counts["batches"] += 1
        batch = {
            "id": f"batch-{len(self._batches)}", "object": "batch", "status": "in_progress",
            "endpoint": "/v1/chat/completions", "completion_window": "24h",
            "input_file_id": file_id, "metadata": metadata, "created_at": 1_700_000_000,
            "due": self._now() + self._troubles.seconds,
            "end": self._ends.pop(0) if self._ends else "completed",
        }  # fmt: skip
        self._batches[str(batch["id"])] = batch
        return _public(batch)

    def retrieve(self, batch_id: str) -> dict[str, Any] | None:
        self.counts["retrieves"] += 1
        batch = self._batches.get(batch_id)
        if batch is None:
            return None
        if batch["status"] == "in_progress" and self._now() >= batch["due"]:
            self._end(batch)
        return _public(batch)

    def page(self, after: str | None) -> list[dict[str, Any]]:
        self.counts["pages"] += 1
        newest_first = list(self._batches.values())[::-1]
        if after:
            ids = [each["id"] for each in newest_first]
            newest_first = newest_first[ids.index(after) + 1 :]
        return [_public(batch) for batch in newest_first[:PAGE_MAX]]

    def _end(self, batch: dict[str, Any]) -> None:
        batch["status"] = batch["end"]
        batch[f"{batch['end']}_at"] = batch["created_at"] + 7
        lines = self._files[batch["input_file_id"]].splitlines()
        if batch["end"] == "failed" or 0 < self._troubles.limit_rows < len(lines):
            batch["status"] = "failed"
            code = "token_limit_exceeded" if self._troubles.limit_rows else "invalid"
            error = {"code": code, "message": "this file is refused", "line": None, "param": None}
            batch["errors"] = {"object": "list", "data": [error]}
            return
        # A batch that ends early has answered the first half of its rows.
        count = len(lines) if batch["end"] == "completed" else len(lines) // 2
        answers: list[str] = []
        errors: list[str] = []
        for number, line in enumerate(lines):
            row = json.loads(line)
            if number < count:
                self._answer(row, answers, errors)
            elif batch["end"] == "expired":
                error = {"code": "batch_expired", "message": "not done in time"}
                errors.append(json.dumps({"custom_id": row["custom_id"], "error": error}))
        self._chance.shuffle(answers)
        for name, told in (("output_file_id", answers), ("error_file_id", errors)):
            if told:
                batch[name] = self._store(("\n".join(told) + "\n").encode())

    def _answer(self, row: dict[str, Any], answers: list[str], errors: list[str]) -> None:
        fault = self._script.pop(0) if self._script else self._drawn()
        self.counts[fault or "answered"] += 1
        line: dict[str, Any] = {"id": "r", "custom_id": row["custom_id"], "error": None}
        if fault in STATUSES:
            body = {"error": {"message": fault}}
            line["response"] = {"status_code": STATUSES[fault], "request_id": "r", "body": body}
            errors.append(json.dumps(line))
            return
        body = self._complete(row["body"])
        line["response"] = {"status_code": 200, "request_id": "r", "body": body}
        text = json.dumps(line, ensure_ascii=False)
        copies = {"lost": [], "twice": [text, text], "half": [text[: len(text) // 2]]}
        answers.extend(copies.get(fault or "", [text]))

    def _drawn(self) -> str | None:
        draw = self._chance.random()
        for fault, share in self._troubles.rows.items():
            if draw < share:
                return fault
            draw -= share
        return None

    def _store(self, content: bytes) -> str:
        file_id = f"file-{len(self._files)}"
        self._files[file_id] = content
        return file_id


class Batches:
    """An account over HTTP, and what goes wrong on the way to it."""

    def __init__(self, troubles: Troubles, counts: Counter[str], complete: Complete) -> None:
        self._account = Account(troubles, complete)
        self._account.counts = counts
        self._creates = list(troubles.creates)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/files", self.upload),
            web.get("/v1/files/{id}/content", self.download),
            web.post("/v1/batches", self.create),
            web.get("/v1/batches", self.page),
            web.get("/v1/batches/{id}", self.retrieve),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        content = b""
        async for part in await request.multipart():
            if getattr(part, "name", None) == "file":
                content = bytes(await part.read())  # pyright: ignore
        return web.json_response({
            "id": self._account.upload(content), "object": "file", "bytes": len(content),
            "created_at": 0, "filename": "questions.jsonl", "purpose": "batch",
            "status": "processed",
        })  # fmt: skip

    async def download(self, request: web.Request) -> web.Response:
        return web.Response(body=self._account.download(request.match_info["id"]))

    async def create(self, request: web.Request) -> web.StreamResponse:
        self._account.counts["creates"] += 1
        asked = await request.json()
        fault = self._creates.pop(0) if self._creates else ""
        if fault in ("400", "429", "500"):
            return web.json_response({"error": {"message": fault}}, status=int(fault))
        batch = self._account.create(asked["input_file_id"], asked.get("metadata"))
        if fault == "hang":
            await asyncio.sleep(60)
        if fault == "reset" and request.transport is not None:
            request.transport.abort()
        if fault == "html":
            return web.Response(text="<html>Oops</html>", content_type="text/html")
        return web.json_response(batch)

    async def retrieve(self, request: web.Request) -> web.Response:
        batch = self._account.retrieve(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        return web.json_response(batch)

    async def page(self, request: web.Request) -> web.Response:
        page = self._account.page(request.query.get("after"))
        body = {"object": "list", "data": page, "has_more": len(page) == PAGE_MAX}
        return web.json_response(body)


def _public(batch: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in batch.items() if name not in ("due", "end")}
