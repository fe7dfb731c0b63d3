"""Tokens for programs: made once, held to their scopes, and ended."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient
from sqlalchemy import text

from tests.fitsense_api.kit import (
    DatabaseUnderTest,
    a_program,
    a_service,
    a_sqlite,
    a_token,
    a_user,
)

TOKENS = "/v1/account/tokens"


SCOPED = (
    ("read", "GET", "/v1/workouts", None, 200),
    ("read", "PUT", "/v1/days/2026-03-02/weight", {"weight": 70}, 403),
    ("log", "PUT", "/v1/days/2026-03-02/weight", {"weight": 70}, 200),
    ("log", "GET", "/v1/workouts", None, 403),
    ("log", "PUT", "/v1/profile", {"session_minutes": 45}, 403),
    ("profile", "PUT", "/v1/profile", {"session_minutes": 45}, 200),
    ("plan", "PUT", "/v1/profile", {"session_minutes": 45}, 403),
    ("plan", "POST", "/v1/programme/proposals", {"name": "x"}, 422),
    ("read", "POST", "/v1/programme/proposals", {"name": "x"}, 403),
)
FOR_PERSONS = (
    ("POST", TOKENS, {"name": "another", "scopes": ["read"]}),
    ("GET", TOKENS, None),
    ("DELETE", f"{TOKENS}/{UUID(int=1)}", None),
    ("GET", "/v1/account/sessions", None),
    ("POST", "/v1/account/log-out", {}),
    ("POST", "/v1/account/log-out-everywhere", {}),
    ("POST", "/v1/account/password", {"password": "x", "new_password": "a new long one"}),
)


def sent(client: TestClient[Any], method: str, path: str, body: Any) -> int:
    options = {} if body is None else {"json": body}
    return client.request(method, path, **options).status_code


def test_a_program_reads_with_its_token_and_no_cookie(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        program = a_program(service, a_token(user, "read")["token"])
        who = program.get("/v1/account")

    assert who.json() == {"user_id": str(user.user_id), "role": "user", "scopes": ["read"]}
    assert "set-cookie" not in who.headers


def test_a_token_is_shown_once_and_known_by_its_beginning(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        made = a_token(user, "read", "log")
        listed = user.client.get(TOKENS).json()

    assert [(row["name"], row["scopes"]) for row in listed] == [("watch", ["log", "read"])]
    assert made["token"].startswith(listed[0]["prefix"])
    assert "token" not in listed[0]


def test_a_token_does_what_its_scope_says_and_no_more(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        scopes = ("read", "profile", "log", "plan")
        held = {one: a_program(service, a_token(user, one, name=one)["token"]) for one in scopes}

        for scope, method, path, body, status in SCOPED:
            assert sent(held[scope], method, path, body) == status, (scope, method, path)


def test_no_token_reaches_the_account_itself(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        token = a_token(a_user(service), "read", "profile", "log", "plan")["token"]
        program = a_program(service, token)

        assert {sent(program, *asked) for asked in FOR_PERSONS} == {403}


def test_a_revoked_token_opens_nothing_and_frees_its_name(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        made = a_token(user, "read")
        program = a_program(service, made["token"])
        assert program.get("/v1/account").status_code == 200

        assert user.client.delete(f"{TOKENS}/{made['id']}").status_code == 204
        refused = program.get("/v1/account")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert user.client.delete(f"{TOKENS}/{made['id']}").status_code == 404
        assert a_token(user, "read")["id"] != made["id"]


def test_a_token_ends_on_its_day(database: DatabaseUnderTest):
    with a_service(database) as service:
        program = a_program(service, a_token(a_user(service), "read", days=1)["token"])
        service.clock.move(hours=23)
        assert program.get("/v1/account").status_code == 200
        service.clock.move(hours=2)
        assert program.get("/v1/account").status_code == 401


def test_the_last_use_is_kept_to_five_minutes(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        program = a_program(service, a_token(user, "read")["token"])
        assert user.client.get(TOKENS).json()[0]["last_used_at"] is None
        for minutes, seen in ((0, "09:00"), (4, "09:00"), (2, "09:06")):
            service.clock.move(minutes=minutes)
            program.get("/v1/account")
            assert f"T{seen}:00" in user.client.get(TOKENS).json()[0]["last_used_at"]


def test_a_cookie_does_not_make_up_for_a_wrong_token(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        for wrong in ("Bearer fit_wrong", "Bearer ", "Basic eA==", "fit_"):
            answer = user.client.get("/v1/account", headers={"authorization": wrong})
            assert answer.status_code == 401, wrong


def test_a_program_is_asked_for_no_origin(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        program = a_program(service, a_token(a_user(service), "log")["token"])
        foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
        path, body = "/v1/days/2026-03-02/weight", {"weight": 70}

        assert program.put(path, json=body, headers=foreign).status_code == 200


def test_a_name_is_taken_once_and_there_is_a_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fitsense_api.tokens.service.TOKENS_MAX", 3)
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        a_token(user, "read")
        body = {"name": "watch", "scopes": ["read"]}
        assert user.client.post(TOKENS, json=body).status_code == 409
        for number in range(2):
            a_token(user, "read", name=f"n{number}")
        full = user.client.post(TOKENS, json={"name": "one more", "scopes": ["read"]})

    assert full.status_code == 409
    assert "revoke one" in full.json()["detail"]


def test_what_cannot_be_a_token_is_refused(tmp_path: Path):
    wrong = ({"scopes": []}, {"scopes": ["admin"]}, {"expires_in_days": 367}, {"name": "a\nb"})
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        bodies = [{"name": "watch", "scopes": ["read"], **change} for change in wrong]

        assert {sent(user.client, "POST", TOKENS, body) for body in bodies} == {422}


def test_neither_store_nor_log_holds_a_token(database: DatabaseUnderTest):
    with a_service(database) as service:
        token = a_token(a_user(service), "read")["token"]
        a_program(service, token).get("/v1/account")

        async def rows() -> str:
            async with service.storage.units.begin() as unit:
                tables = ("api_tokens", "audit_log", "idempotency_keys")
                found = [await unit.session.execute(text(f"SELECT * FROM {t}")) for t in tables]
                return repr([each.all() for each in found])

        portal = service.client.blocking_portal
        assert portal is not None
        assert token not in portal.call(rows)
        assert token not in service.log.getvalue()
