"""A kept connection spoken by hand, so that asking costs the load process little."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """The status of an answer and its head, in lower case."""

    status: int
    head: str


class Kept:
    """One connection to a service on this machine; use it for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, address: str) -> "Kept":
        """A new connection."""
        parts = urlsplit(address)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def ask(self, asked: bytes) -> Answer:
        """Send a whole request and read the whole answer; its body is thrown away."""
        self._writer.write(asked)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        if "content-length:" in head:
            await self._reader.readexactly(int(head.split("content-length:")[1].split()[0]))
        elif "transfer-encoding: chunked" in head:
            while size := int(await self._reader.readline(), 16):
                await self._reader.readexactly(size + 2)
            await self._reader.readline()
        return Answer(int(head.split()[1]), head)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def a_request(method: str, path: str, headers: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
