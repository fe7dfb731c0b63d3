"""A service with a database in a temporary place, and people who use it.

Tests that take the `database` fixture (see conftest.py) run on SQLite, and again on PostgreSQL
among the slow ones.
"""

import asyncio
import io
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar.testing import TestClient

from fitsense_api.app import create_app
from fitsense_api.config import ApiSettings
from fitsense_api.db.migrate import migrate
from fitsense_api.log import json_log
from fitsense_api.storage import Storage
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import FakeSource

PASSWORD = "a long enough password"
BASE_URL = "https://fitsense.test"


@dataclass(frozen=True)
class DatabaseUnderTest:
    """An empty database: where the service and where the owner of the tables find it."""

    home: Path
    settings: ApiSettings


def a_sqlite(home: Path) -> DatabaseUnderTest:
    """An empty SQLite database, for what is the same on every database."""
    return DatabaseUnderTest(home, ApiSettings(count_hashes_at_once=1))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class KitService:
    """A running service and everything a test may look into."""

    client: TestClient[Any]
    storage: Storage
    clock: Clock
    log: io.StringIO


@dataclass(frozen=True)
class User:
    """A signed-up person and the client that holds their cookie."""

    user_id: UUID
    email: str
    client: TestClient[Any]


NO_LIMITS = {"requests_per_minute": 0, "entries_per_minute": 0, "plans_per_minute": 0}


@contextmanager
def a_service(
    database: DatabaseUnderTest, admin_token: str | None = None, **settings: Any
) -> Generator[KitService, None, None]:
    """A service over this database, migrated, with nobody in it; the coach answers for plans.

    It sets no limits of its own, and reads the settings given here besides those of the database.
    """
    clock, log = Clock(), io.StringIO()
    if database.settings.migrations_url is not None:
        asyncio.run(migrate(database.settings.owner_address(database.home), database.settings))
    chosen = database.settings.model_copy(update={**NO_LIMITS, **settings})
    storage = Storage(chosen, database.home, now=clock)
    ours = Settings.model_validate({"home": database.home, "admin_token": admin_token})
    app = create_app(ours, FakeSource(), log=json_log(log), storage=storage)
    with TestClient(app, base_url=BASE_URL) as client:
        yield KitService(client, storage, clock, log)


def a_program(service: KitService, token: str) -> TestClient[Any]:
    """A client with a token and no cookie."""
    client = TestClient(service.client.app, base_url=BASE_URL)
    client.blocking_portal = service.client.blocking_portal
    client.headers["authorization"] = f"Bearer {token}"
    return client


def a_token(user: "User", *scopes: str, name: str = "watch", days: int = 90) -> dict[str, Any]:
    """A token a person has just made."""
    body = {"name": name, "scopes": scopes, "expires_in_days": days}
    answer = user.client.post("/v1/account/tokens", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_user(service: KitService, email: str = "ada@example.org") -> User:
    """A person who has just signed up, with a client of their own."""
    client = TestClient(service.client.app, base_url=BASE_URL)
    client.blocking_portal = service.client.blocking_portal
    body = {"name": "Ada", "email": email, "password": PASSWORD}
    answer = client.post("/v1/account", json=body)
    assert answer.status_code == 201, answer.text
    return User(UUID(answer.json()["user_id"]), email, client)
