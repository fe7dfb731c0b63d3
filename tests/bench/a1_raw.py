"""The raw side of A1: an ASGI function that answers one request with the same SQL as the service.

granian --interface asgi --factory tests.bench.a1_raw:application

It reads the statements that the service was seen to execute for the request from a file, executes
them one by one through the same driver on as many connections, and writes the last row as JSON.
No framework, no ORM, no models, no meters: what is left is Python, SQLite and its thread.
"""

import asyncio
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import aiosqlite

RECORDING = "FITSENSE_BENCH_A1"
CONNECTIONS = 8


def record(path: Path, database: str, statements: list[tuple[str, list[Any]]]) -> None:
    """Keep what the raw side is to execute; bytes are written in hex."""
    rows = [[sql, [_pack(value) for value in values]] for sql, values in statements]
    path.write_text(json.dumps({"database": database, "statements": rows}), encoding="utf-8")


def _pack(value: Any) -> Any:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def _unpack(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def application() -> Any:
    """The ASGI function of this process."""
    recorded = json.loads(Path(os.environ[RECORDING]).read_text(encoding="utf-8"))
    statements = [(sql, [_unpack(v) for v in values]) for sql, values in recorded["statements"]]
    free: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()

    async def lifespan(receive: Any, send: Any) -> None:
        await receive()
        for _ in range(CONNECTIONS):
            connection = await aiosqlite.connect(recorded["database"], isolation_level=None)
            await connection.execute("PRAGMA foreign_keys=ON")
            free.put_nowait(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for _ in range(CONNECTIONS):
            await (await free.get()).close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        cookie = dict(scope["headers"])[b"cookie"].split(b"=", 1)[1]
        hashlib.sha256(cookie).digest()
        connection, rows = await free.get(), []
        try:
            for sql, values in statements:
                async with connection.execute(sql, values) as cursor:
                    rows = list(await cursor.fetchall()) or rows
        finally:
            free.put_nowait(connection)
        body = json.dumps(rows[-1], default=str).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer
