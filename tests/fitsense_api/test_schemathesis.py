"""What the OpenAPI document promises is what the service does, whatever is sent to it.

schemathesis makes requests from the document, asks the app in process, and holds each answer to
all of its checks; then it walks from operation to operation by the ids they answer with. No
answer may be a server error. The examples are few and always the same, so that it takes seconds;
raise EXAMPLES_MAX, or enable its coverage phase, to look further.
"""

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.engine import events
from schemathesis.python import asgi

from fitsense_api.app import create_app
from fitsense_api.db.migrate import migrate
from fitsense_api.log import json_log
from fitsense_api.storage import Storage
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import FakeSource
from tests.fitsense_api.kit import NO_LIMITS, PASSWORD, DatabaseUnderTest

EXAMPLES_MAX = 3
DOCUMENT = "/schema/openapi.json"
ADMIN_TOKEN = "a token that only the operator of the tests has"
# What fits the schema may still be refused: a plan needs a profile (422), a change needs its thing
# to be there and as it was seen (404, 409, 412), and every POST says that it is JSON (415).
# Litestar's schema of a pydantic model does not tell that it takes no other fields (422).
ALSO_FINE = ["2xx", "401", "403", "404", "409", "412", "415", "422", "429"]


def an_app(database: DatabaseUnderTest, log: io.StringIO) -> Any:
    """A service over this database; its lifespan is schemathesis' to run."""
    if database.settings.migrations_url is not None:
        asyncio.run(migrate(database.settings.owner_address(database.home), database.settings))
    storage = Storage(database.settings.model_copy(update=NO_LIMITS), database.home)
    settings = Settings.model_validate({"home": database.home, "admin_token": ADMIN_TOKEN})
    return create_app(settings, FakeSource(), log=json_log(log), storage=storage)


def proofs_of_a_person(app: Any) -> dict[str, Any]:
    """What opens each security scheme: a cookie, a program's token, the operator's token."""
    base = "http://testserver/v1/account"
    body = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    with asgi.get_client(app) as client:
        cookie = client.post(base, json=body).headers["set-cookie"].split(";")[0]
        asked = {"name": "fuzz", "scopes": ["read", "profile", "log", "plan"]}
        made = client.post(f"{base}/tokens", json=asked, headers={"cookie": cookie})
    return {
        "session": {"api_key": cookie.split("=", 1)[1]},
        "programToken": {"bearer": made.json()["token"]},
        "operatorToken": {"bearer": ADMIN_TOKEN},
    }


def found_by(schema: Any) -> Iterator[str]:
    """Everything that is not as the document says."""
    for seen in engine.from_schema(schema).execute():
        if isinstance(seen, events.NonFatalError | events.FatalError):
            yield f"schemathesis itself: {seen}"
        if not isinstance(seen, events.ScenarioFinished):
            continue
        for each in (check for checks in seen.recorder.checks.values() for check in checks):
            if each.failure_info is not None:
                failure = each.failure_info.failure
                yield f"{failure.operation}: {each.name}: {failure.message}"


def errors_of(log: io.StringIO) -> list[str]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    broken = [line for line in lines if line["event"] == "request" and line["status"] == 500]
    failed = [line for line in lines if line["event"] == "failed" and line["what"] == "request"]
    return [str(line) for line in (*broken, *failed)]


@pytest.mark.slow
def test_the_service_does_what_its_document_says(
    database: DatabaseUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # It keeps a folder of its own where it runs.
    log = io.StringIO()
    app = an_app(database, log)
    try:
        schemathesis.openapi.from_asgi(DOCUMENT, app)
        config = schemathesis.Config.from_dict(
            {
                "auth": {"openapi": proofs_of_a_person(app)},
                "generation": {
                    "max-examples": EXAMPLES_MAX, "deterministic": True, "no-shrink": True,
                },
                "phases": {"coverage": {"enabled": False}},
                "checks": {"positive_data_acceptance": {"expected-statuses": ALSO_FINE}},
            }
        )  # fmt: skip
        found = sorted(set(found_by(schemathesis.openapi.from_asgi(DOCUMENT, app, config=config))))
    finally:
        asgi.shutdown_lifespans()

    assert errors_of(log) == []
    assert found == []
    assert log.getvalue().count('"request"') > 200
