"""The same protective headers on everything that leaves the service."""

from pathlib import Path

import pytest

from fitsense_api.plans import examples
from tests.fitsense_api import kit
from tests.fitsense_api.fakes import a_service

EXPECTED = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
PATHS = (
    "/v1/model",
    "/v1/exercises",
    "/v1/exercises/nothing",
    "/health/live",
    "/health/ready",
    "/schema/openapi.json",
    "/schema/openapi.yaml",
    "/schema/swagger",
    "/v1/plans",
    "/nowhere",
)
NEUTRAL = {"content-type", "content-length", "allow", "x-request-id"}


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_every_response_is_protected(tmp_path: Path, method: str) -> None:
    with a_service(tmp_path) as service:
        responses = [
            service.client.request(method, path, json=examples.CREATE)
            for path in (*PATHS, "/v1/plans/modify")
        ]

    for response in responses:
        sent = {name: value for name, value in response.headers.items() if name not in NEUTRAL}
        assert sent == EXPECTED, response.request.url
        assert len(response.headers["x-request-id"]) == 16


def test_browsers_are_told_to_insist_on_https_where_it_is_served_so(tmp_path: Path) -> None:
    database = kit.a_sqlite(tmp_path)
    told: list[str | None] = []
    for behind_tls in (True, False):
        with kit.a_service(database, behind_tls=behind_tls) as service:
            answers = [service.client.get(path) for path in ("/health/live", "/nowhere")]
            told += [answer.headers.get("strict-transport-security") for answer in answers]

    assert told == ["max-age=63072000; includeSubDomains"] * 2 + [None] * 2
