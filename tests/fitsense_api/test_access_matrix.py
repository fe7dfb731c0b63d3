"""Every route of the service x {owner, other person, anonymous, program with the wrong scope}.

The routes are those the app has, not a list of ours: a route without a case in access_cases.py,
or whose guard is another than its case says, fails here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from fitsense_api.accounts.principal import Requires, TokenScope, scope_needed
from fitsense_api.accounts.roles import set_role
from fitsense_api.operations.trail import Scribe
from tests.fitsense_api.access_cases import CASES, Access, Case, World
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, a_program, a_service, a_sqlite
from tests.fitsense_api.people_kit import TODAY, tell

ADMIN_TOKEN = "a token that only the operator of the tests has"
DOCUMENTS = "/schema"  # What the service can do; it names nobody.
PARAMETER = re.compile(r"\{(\w+)\}")


def operations(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every operation of the route table, as `METHOD path`."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or route.path.startswith(DOCUMENTS):
                continue
            for method in handler.http_methods - {"OPTIONS"}:
                yield f"{method} {route.path_format}", handler


def areas_of(handler: HTTPRouteHandler) -> set[str]:
    return {guard.area for guard in handler.resolve_guards() if isinstance(guard, Requires)}


def guard_names(handler: HTTPRouteHandler) -> set[str]:
    return {str(getattr(guard, "__name__", "")) for guard in handler.resolve_guards()}


def test_every_route_has_a_case_and_its_guard(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        found = dict(operations(service.client.app))

    assert sorted(found) == sorted(CASES), "each route needs its case in access_cases.py"
    for name, handler in found.items():
        case = CASES[name]
        assert areas_of(handler) == ({case.area} if case.area else set()), name
        is_worked = any(each.startswith("requires_operator") for each in guard_names(handler))
        assert is_worked == (case.access is Access.OPERATOR), name


def scopes_for(case: Case, method: str) -> tuple[set[TokenScope], set[TokenScope]]:
    """The scopes that open it to a program, and those that do not."""
    needed = scope_needed(case.area, method)
    assert (needed is None) == (case.access is not Access.OWN), case
    opening = {needed} - {None}
    return {scope for scope in opening if scope}, set(TokenScope) - opening


class Asker:
    """Asks for one operation as somebody."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.case = world, CASES[name]
        self.method, self.template = name.split(" ")
        self.has_id = bool(re.search(r"\{\w+_id\}", self.template))

    def path(self) -> str:
        """The path of a thing the owner has."""
        fixed = {"day": TODAY, "kind": "weight"}
        for name in PARAMETER.findall(self.template):
            if name not in fixed:
                assert self.case.make is not None, f"{self.template} needs `make`"
                fixed[name] = self.case.make(self.world)
        if self.template.endswith("/entries/{kind}"):
            self.world.tell("PUT", f"/v1/days/{TODAY}/weight", {"weight": 70})
        return PARAMETER.sub(lambda match: fixed[match[1]], self.template) + self.case.query

    def status(self, client: TestClient[Any], path: str) -> int:
        body = self.case.body_for(self.world)
        options = {} if body is None else {"json": body}
        return client.request(self.method, path, **options).status_code


def program_with(world: World, scopes: set[TokenScope]) -> TestClient[Any]:
    """A program of the owner's with these scopes."""
    name = " ".join(sorted(scopes))
    if name not in world.programs:
        body = {"name": name, "scopes": sorted(scopes)}
        made = tell(world.owner, "POST", "/v1/account/tokens", body)
        world.programs[name] = a_program(world.service, made["token"])
    return world.programs[name]


def come_back(world: World) -> None:
    """Log the owner in again where the last request let them out."""
    if world.owner.client.get("/v1/account").status_code == 401:
        body = {"email": world.owner.email, "password": PASSWORD}
        assert world.owner.client.post("/v1/account/log-in", json=body).status_code == 200


def check_owned(asker: Asker) -> None:
    world, path = asker.world, asker.path()
    opening, wrong = scopes_for(asker.case, asker.method)

    assert asker.status(world.service.client, path) == 401
    assert asker.status(program_with(world, wrong), path) == 403
    if asker.has_id:
        assert asker.status(world.other.client, path) == 404
    assert asker.status(world.owner.client, path) in (200, 201, 204)
    if asker.template != "/v1/account/deletion":
        come_back(world)
    if opening:
        assert asker.status(program_with(world, opening), asker.path()) in (200, 201, 204)
    if not asker.has_id and asker.case.access is Access.OWN and asker.method == "GET":
        assert asker.status(world.other.client, path) in (200, 404)


def check_open(asker: Asker) -> None:
    world = asker.world
    for client in (world.service.client, program_with(world, {TokenScope.LOG})):
        assert asker.status(client, asker.path()) in (200, 201, 202, 204)
        client.cookies.clear()


@pytest.mark.slow
def test_whoever_asks_reaches_what_is_theirs_and_no_more(database: DatabaseUnderTest):
    with a_service(database) as service:
        world = World(service)
        for name, case in CASES.items():
            if case.access is Access.OPERATOR:
                continue
            asker = Asker(world, name)
            try:
                check_open(asker) if case.access is Access.OPEN else check_owned(asker)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error


def test_only_those_who_work_the_service_work_it(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), admin_token=ADMIN_TOKEN) as service:
        world = World(service)
        anonymous, portal = service.client, service.client.blocking_portal
        assert portal is not None
        program = program_with(world, set(TokenScope))
        operator = a_program(service, ADMIN_TOKEN)
        for name, case in CASES.items():
            if case.access is not Access.OPERATOR:
                continue
            asker = Asker(world, name)
            asking = (anonymous, world.other.client, program, operator)
            statuses = [asker.status(client, asker.path()) for client in asking]
            assert (name, statuses) == (name, [401, 403, 403, 200])
        scribe = Scribe(service.storage.trail)
        portal.call(set_role, service.storage.units, world.owner.email, "admin", scribe)

        assert world.owner.client.get("/v1/admin/model").status_code == 200
        # The right is the person's: their program does not have it.
        assert program.get("/v1/admin/model").status_code == 403
