"""Every request is timed, refused ones as well."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.testing import create_test_client
from prometheus_client.parser import text_string_to_metric_families

from fitsense_api.errors import EXCEPTION_HANDLERS, Conflict
from fitsense_api.plans import examples
from tests.fitsense_api.kit import a_service, a_sqlite


def seconds_by_status(text: str) -> dict[str, float]:
    families = {each.name: each for each in text_string_to_metric_families(text)}
    samples = families["fitsense_request_seconds"].samples
    sums = [sample for sample in samples if sample.name.endswith("_sum")]
    return {sample.labels["status"]: sample.value for sample in sums}


def test_refusals_take_their_time_in_histogram_and_log(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), plans_per_minute=1) as service:
        # No route; nobody known, before any handler; a body refused; one too many.
        service.client.get("/nowhere")
        service.client.get("/v1/workouts")
        for _ in range(2):
            service.client.post("/v1/plans", json={})
        times = seconds_by_status(service.client.get("/metrics").text)
        lines = [json.loads(line) for line in service.log.getvalue().splitlines()]

    assert set(times) == {"404", "401", "422", "429"}
    assert min(times.values()) > 0
    assert min(line["latency_ms"] for line in lines if line["event"] == "request") > 0


def test_a_server_may_leave_out_that_the_body_is_whole(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        body = json.dumps(examples.CREATE).encode()
        sent: list[Any] = []
        parts = [{"type": "http.request", "body": body}]

        async def receive() -> Any:
            if not parts:
                await asyncio.Event().wait()  # The client stays.
            return parts.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "scheme": "https",
            "path": "/v1/plans", "raw_path": b"/v1/plans", "root_path": "", "query_string": b"",
            "headers": [(b"content-type", b"application/json")], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        portal = service.client.blocking_portal
        assert portal is not None
        app: Any = service.client.app
        portal.call(app, scope, receive, send)

    assert sent[0]["status"] == 200


def test_what_a_dependency_makes_of_an_error_is_told_as_it_is():
    # Litestar puts it in a group, as a transaction that ends badly would make it do.
    async def unit() -> AsyncGenerator[int, None]:
        try:
            yield 1
        except KeyError as error:
            raise Conflict("what was sent contradicts what is there") from error

    @get("/", dependencies={"unit": Provide(unit)})
    async def forbidden(unit: NamedDependency[int]) -> None:
        raise KeyError(unit)

    with create_test_client(forbidden, exception_handlers=EXCEPTION_HANDLERS) as client:
        answer = client.get("/")

    assert (answer.status_code, answer.json()["title"]) == (409, "Conflict")
