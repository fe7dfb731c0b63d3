"""Coming in and leaving."""

import re

import pytest

from fitsense_api.accounts.passwords import is_guessable
from tests.fitsense_api.kit import (
    BASE_URL,
    PASSWORD,
    DatabaseUnderTest,
    KitService,
    a_service,
    a_user,
)


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


def test_a_session_that_rests_ends_by_itself(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        service.clock.move(days=15)

        assert user.client.get("/v1/account").status_code == 401


def test_a_session_ends_after_a_month_however_busy(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        for _ in range(4):
            service.clock.move(days=7)
            assert user.client.get("/v1/account").status_code == 200
        service.clock.move(days=3)

        assert user.client.get("/v1/account").status_code == 401


def log_in(service: KitService, password: str) -> int:
    body = {"email": "ada@example.org", "password": password}
    return service.client.post("/v1/account/log-in", json=body).status_code


def test_log_in_ends_the_session_it_came_with(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        before = user.client.cookies["__Host-fitsense"]
        user.client.post(
            "/v1/account/log-in", json={"email": user.email, "password": PASSWORD}
        ).raise_for_status()

        user.client.cookies.set("__Host-fitsense", before)
        assert user.client.get("/v1/account").status_code == 401


def test_ten_wrong_passwords_lock_for_a_quarter_of_an_hour(database: DatabaseUnderTest):
    with a_service(database) as service:
        a_user(service)

        assert {log_in(service, "wrong!") for _ in range(10)} == {401}
        assert log_in(service, PASSWORD) == 401
        service.clock.move(minutes=16)
        assert log_in(service, PASSWORD) == 200


def test_a_right_password_forgets_the_wrong_ones(database: DatabaseUnderTest):
    with a_service(database) as service:
        a_user(service)
        for _ in range(2):
            for _ in range(9):
                log_in(service, "wrong!")
            assert log_in(service, PASSWORD) == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://fitsense.test.evil"])
def test_a_page_of_another_origin_changes_nothing(database: DatabaseUnderTest, origin: str):
    with a_service(database) as service:
        user = a_user(service)
        answers = [
            user.client.request(method, path, json={}, headers={"origin": origin})
            for method, path in (("POST", "/v1/account/log-out"), ("PUT", "/v1/profile"))
        ]

        assert [answer.status_code for answer in answers] == [403, 403]
        assert user.client.get("/v1/account", headers={"origin": origin}).status_code == 200


def test_our_own_pages_may_change_things(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        answer = user.client.post("/v1/account/log-out", json={}, headers={"origin": BASE_URL})

    assert answer.status_code == 204


@pytest.mark.parametrize(
    "password", ["password", "Password123!", "12345678", "qwertyui", "aaaaaaaa", "ada.lovelace1"]
)
def test_passwords_tried_first_are_refused(password: str):
    assert is_guessable(password, "ada.lovelace@example.org")


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "x7#kQ2!vLp", "48151623"])
def test_other_passwords_are_taken(password: str):
    assert not is_guessable(password, "ada.lovelace@example.org")


@pytest.mark.parametrize("change", [{"name": "B\r\nx"}, {"password": "password1"}])
def test_sign_up_refuses_what_is_unsafe_to_keep(
    database: DatabaseUnderTest, change: dict[str, str]
):
    with a_service(database) as service:
        body = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, **change}
        answer = service.client.post("/v1/account", json=body)

    assert answer.status_code == 422
    assert next(iter(change)) in answer.text


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
