"""The service on a socket of this machine, with a clock that a test can move, and real clients."""

import asyncio
import io
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server

from fitsense_api.app import create_app
from fitsense_api.db.migrate import migrate
from fitsense_api.log import json_log
from fitsense_api.storage import Storage
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import FakeSource
from tests.fitsense_api.kit import PASSWORD, Clock, DatabaseUnderTest, User

START_S = 60


@dataclass
class LiveService:
    """Where it listens, and its clock."""

    url: str
    clock: Clock
    log: io.StringIO = field(repr=False)


@contextmanager
def a_live_service(database: DatabaseUnderTest) -> Generator[LiveService, None, None]:
    """A service over this database, on loopback, until the block ends."""
    if database.settings.migrations_url is not None:
        asyncio.run(migrate(database.settings.owner_address(database.home), database.settings))
    clock, log = Clock(), io.StringIO()
    storage = Storage(database.settings, database.home, now=clock)
    app = create_app(Settings(home=database.home), FakeSource(), log=json_log(log), storage=storage)
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = int(held.getsockname()[1])
    stop: list[Any] = []

    async def serve() -> None:
        server = Server(
            app,
            address="127.0.0.1",
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(server.stop))
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url)
        yield LiveService(url, clock, log)
    finally:
        for each in stop:
            each()
        thread.join(START_S)


def a_client(service: LiveService) -> httpx.Client:
    """A client that sends its cookie; a jar keeps one that is Secure from a plain address."""
    client = httpx.Client(base_url=service.url, timeout=START_S, trust_env=False)

    def keep_cookie(response: httpx.Response) -> None:
        if told := response.headers.get("set-cookie"):
            client.headers["cookie"] = told.partition(";")[0]

    client.event_hooks = {"response": [keep_cookie]}
    return client


def sign_up(service: LiveService, email: str = "ada@example.org") -> User:
    """A person who has just signed up."""
    client = a_client(service)
    body = {"name": "Ada", "email": email, "password": PASSWORD}
    answer = client.post("/v1/account", json=body)
    assert answer.status_code == 201, answer.text
    return User(UUID(answer.json()["user_id"]), email, client)  # type: ignore[arg-type]


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            httpx.get(f"{url}/health/live", trust_env=False).raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the service did not start"
        else:
            return
