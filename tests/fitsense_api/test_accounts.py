"""Coming in and leaving."""

import re

import pytest

from tests.fitsense_api.kit import BASE_URL, PASSWORD, DatabaseUnderTest, a_service, a_user


def test_the_cookie_is_for_this_host_and_no_script(database: DatabaseUnderTest):
    with a_service(database) as service:
        body = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD}
        cookie = service.client.post("/v1/account", json=body).headers["set-cookie"]

    assert re.match(r"__Host-fitsense=[\w-]{43};", cookie)
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Domain" not in cookie


def test_who_logs_out_is_out_wherever_the_cookie_went(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        cookie = user.client.cookies["__Host-fitsense"]

        assert user.client.get("/v1/account").json()["user_id"] == str(user.user_id)
        assert user.client.post("/v1/account/log-out", json={}).status_code == 204
        user.client.cookies.set("__Host-fitsense", cookie)
        assert user.client.get("/v1/account").status_code == 401


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(database: DatabaseUnderTest):
    with a_service(database) as service:
        a_user(service)
        answers = [
            service.client.post("/v1/account/log-in", json={"email": email, "password": "wrong!"})
            for email in ("ada@example.org", "nobody@example.org")
        ]

    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert bodies[0] == bodies[1]


def test_log_in_gives_a_new_session(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        before = user.client.cookies["__Host-fitsense"]
        body = {"email": user.email.upper(), "password": PASSWORD}

        assert user.client.post("/v1/account/log-in", json=body).status_code == 200
        assert user.client.cookies["__Host-fitsense"] != before


def test_an_email_has_one_account(database: DatabaseUnderTest):
    with a_service(database) as service:
        a_user(service)
        body = {"name": "Eve", "email": "ADA@example.org", "password": PASSWORD}
        again = service.client.post("/v1/account", json=body)

    assert again.status_code == 409


@pytest.mark.parametrize("days", [15, 31])
def test_a_session_ends_by_itself(database: DatabaseUnderTest, days: int):
    with a_service(database) as service:
        user = a_user(service)
        service.clock.move(days=days)

        assert user.client.get("/v1/account").status_code == 401


def test_the_store_holds_neither_password_nor_cookie(tmp_path, database: DatabaseUnderTest):
    if database.settings.database_url is not None:
        pytest.skip("the files of PostgreSQL are not ours to read")
    with a_service(database) as service:
        cookie = a_user(service).client.cookies["__Host-fitsense"]
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("service.db*"))

    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in raw
    assert PASSWORD.encode() not in raw
    assert cookie.encode() not in raw


def test_plans_without_an_account_work_as_before(database: DatabaseUnderTest):
    with a_service(database) as service:
        assert service.client.get("/v1/exercises").status_code == 200
        assert service.client.get("/health/ready").status_code == 200
        assert str(service.client.base_url).startswith(BASE_URL)
