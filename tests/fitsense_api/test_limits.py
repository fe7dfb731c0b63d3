"""How often one may ask, and that no header makes it more."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import anyio
import pytest
from litestar.testing import TestClient

from fitsense_api.config import ApiSettings, load_api_settings
from fitsense_api.errors import TooOften
from fitsense_api.operations.address import address_of
from fitsense_api.operations.bounded_store import BoundedStore
from fitsense_api.operations.limits import RateLimits
from tests.fitsense_api.kit import PASSWORD, KitService, a_service, a_sqlite, a_user

OURS = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


class SettableClock:
    """Seconds that stand until they are moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def counted(limits: RateLimits, who: str, times: int) -> int:
    """How many of so many requests are let in."""

    async def ask() -> int:
        let_in = 0
        for _ in range(times):
            try:
                await limits.take(limits.all, who)
                let_in += 1
            except TooOften:
                pass
        return let_in

    return anyio.run(ask)


def limits_of(per_minute: int, entries_max: int = 100) -> tuple[RateLimits, SettableClock]:
    clock = SettableClock()
    settings = ApiSettings(requests_per_minute=per_minute)
    return RateLimits(settings, BoundedStore(entries_max, clock), clock), clock


def test_so_many_a_minute_are_let_in_and_time_gives_them_back():
    limits, clock = limits_of(6)

    assert counted(limits, "a", 20) == 6
    assert counted(limits, "b", 3) == 3
    clock.now += 20
    assert counted(limits, "a", 20) == 2
    clock.now += 3600
    assert counted(limits, "a", 20) == 6


def test_the_wait_that_is_told_is_enough_and_not_much_more():
    limits, clock = limits_of(6)
    counted(limits, "a", 6)

    async def refused() -> int:
        with pytest.raises(TooOften) as caught:
            await limits.take(limits.all, "a")
        return caught.value.retry_after_s

    wait_s = anyio.run(refused)
    assert wait_s == 10
    clock.now += wait_s
    assert counted(limits, "a", 5) == 1


def test_zero_sets_no_limit():
    assert counted(limits_of(0)[0], "a", 500) == 500


def test_ever_new_addresses_do_not_fill_the_memory():
    limits, _ = limits_of(6, entries_max=10)

    for number in range(1000):
        counted(limits, f"address {number}", 1)
    store: Any = limits._store

    assert len(store._kept) == 10


def scope_of(peer: str | None, *forwarded: str) -> Any:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted_as"),
    [
        ("203.0.113.9", ("1.1.1.1",), "203.0.113.9"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.7",), "198.51.100.7"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.7, 10.0.0.2"), "198.51.100.7"),
        ("10.0.0.1", ("198.51.100.7:4711",), "198.51.100.7"),
        ("10.0.0.1", ("1.1.1.1, nonsense",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("::1", ("[2001:db8:0:1::7]:443",), "2001:db8:0:1::/64"),
        ("::ffff:10.0.0.1", ("198.51.100.7",), "198.51.100.7"),
        ("2001:db8:0:1:aaaa::1", (), "2001:db8:0:1::/64"),
        (None, ("1.1.1.1",), "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(
    peer: str | None, forwarded: tuple[str, ...], counted_as: str
):
    assert address_of(scope_of(peer, *forwarded), OURS) == counted_as


def test_without_proxies_of_ours_nothing_is_believed():
    assert address_of(scope_of("10.0.0.1", "1.1.1.1"), ()) == "10.0.0.1"


def test_proxies_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FITSENSE_API_TRUSTED_PROXIES", "10.0.0.0/8, ::1")

    assert load_api_settings().trusted_proxies == OURS


def from_address(service: KitService, address: str) -> TestClient[Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await service.client.app({**scope, "client": (address, 50_000)}, receive, send)

    client = TestClient(app, base_url="https://fitsense.test")
    client.blocking_portal = service.client.blocking_portal
    return client


def test_a_forged_header_does_not_reset_the_count(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), requests_per_minute=5) as service:
        client = from_address(service, "203.0.113.9")
        answers = [
            client.get("/v1/exercises/nothing", headers={"x-forwarded-for": f"198.51.100.{n}"})
            for n in range(7)
        ]
        other = from_address(service, "203.0.113.10").get("/v1/exercises/nothing")
        alive = client.get("/health/live")

    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 2
    assert (other.status_code, alive.status_code) == (404, 200)
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert refused.json()["type"] == "urn:fitsense:problem:too-many-requests"
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_an_account_is_knocked_at_so_often_from_however_many_addresses(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), entries_per_minute=5) as service:
        body = {"email": "ada@example.org", "password": "wrong!"}
        answers = [
            from_address(service, f"203.0.113.{n}").post("/v1/account/log-in", json=body)
            for n in range(7)
        ]
        other = {**body, "email": "bob@example.org"}
        elsewhere = from_address(service, "203.0.113.99").post("/v1/account/log-in", json=other)

    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert elsewhere.status_code == 401


def test_one_address_tries_so_many_accounts(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), entries_per_minute=5) as service:
        client = from_address(service, "203.0.113.9")
        statuses = [
            client.post(
                "/v1/account/log-in", json={"email": f"n{n}@example.org", "password": PASSWORD}
            ).status_code
            for n in range(7)
        ]

    assert statuses == [401] * 5 + [429] * 2


def test_plans_are_counted_by_account_wherever_it_asks_from(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), plans_per_minute=3) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        path, body = "/v1/programme/proposals", {"name": "x"}
        statuses = [ada.client.post(path, json=body).status_code for _ in range(5)]

        assert statuses == [422] * 3 + [429] * 2
        assert bob.client.post(path, json=body).status_code == 422
        assert ada.client.get("/v1/programme/plans").status_code == 200


def test_whoever_has_no_account_shares_their_address(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), plans_per_minute=3) as service:
        client = from_address(service, "203.0.113.9")
        statuses = [client.post("/v1/plans/modify", json={}).status_code for _ in range(5)]

    assert statuses == [422] * 3 + [429] * 2
