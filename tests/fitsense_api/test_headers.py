"""The same protective headers on everything that leaves the service."""

import re
from pathlib import Path
from uuid import UUID

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


ADMIN_TOKEN = "a token that only the operator of the tests has"
PLACES = {"day": "2026-03-02", "kind": "weight", "path": "openapi.json"}


def an_address(template: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: PLACES.get(found[1], str(UUID(int=1))), template)


def test_every_address_says_in_allow_what_it_takes(tmp_path: Path) -> None:
    with kit.a_service(kit.a_sqlite(tmp_path), admin_token=ADMIN_TOKEN) as service:
        person = kit.a_user(service).client
        operator = kit.a_program(service, ADMIN_TOKEN)
        for route in service.client.app.routes:
            address, wanted = an_address(route.path_format), sorted(getattr(route, "methods", ()))
            asker = operator if address.startswith(("/v1/admin", "/metrics")) else person
            refused, told = asker.request("PATCH", address), asker.request("OPTIONS", address)

            statuses = (refused.status_code, told.status_code)
            assert statuses == (405, 204), address
            for answer in (refused, told):
                assert sorted(answer.headers["allow"].split(", ")) == wanted, address
