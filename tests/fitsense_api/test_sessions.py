"""Where one is logged in: seeing it, ending it, and changing the password."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from fitsense_api.accounts.labels import label_of
from fitsense_api.db.models.accounts import User as UserRow
from tests.fitsense_api.kit import (
    PASSWORD,
    DatabaseUnderTest,
    KitService,
    User,
    a_program,
    a_service,
    a_sqlite,
    a_token,
    a_user,
)

SESSIONS = "/v1/account/sessions"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def elsewhere(service: KitService, user: User, password: str = PASSWORD) -> User:
    """The same person with another device."""
    client = type(user.client)(service.client.app, base_url=str(user.client.base_url))
    client.blocking_portal = service.client.blocking_portal
    body = {"email": user.email, "password": password}
    headers = {"user-agent": FIREFOX}
    assert client.post("/v1/account/log-in", json=body, headers=headers).status_code == 200
    return User(user.user_id, user.email, client)


def is_in(user: User) -> bool:
    return user.client.get("/v1/account").status_code == 200


def test_one_session_ends_and_the_others_stay(database: DatabaseUnderTest):
    with a_service(database) as service:
        here = a_user(service)
        there = elsewhere(service, here)
        listed = here.client.get(SESSIONS).json()
        other = next(row for row in listed if not row["is_current"])

        assert {(row["label"], row["is_current"]) for row in listed} == {
            ("a program", True),
            ("Firefox on Linux", False),
        }
        assert here.client.delete(f"{SESSIONS}/{other['id']}").status_code == 204
        assert (is_in(here), is_in(there)) == (True, False)
        assert here.client.delete(f"{SESSIONS}/{other['id']}").status_code == 404


def test_nobody_ends_a_session_of_another(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        of_ada = ada.client.get(SESSIONS).json()[0]["id"]

        assert bob.client.delete(f"{SESSIONS}/{of_ada}").status_code == 404
        assert is_in(ada)


def test_logging_out_everywhere_ends_cookies_and_if_asked_tokens(database: DatabaseUnderTest):
    with a_service(database) as service:
        for tokens_too, program_status in ((False, 200), (True, 401)):
            here = a_user(service, f"ada{tokens_too}@example.org")
            there = elsewhere(service, here)
            program = a_program(service, a_token(here, "read")["token"])
            body = {"tokens_too": tokens_too}

            left = here.client.post("/v1/account/log-out-everywhere", json=body)
            assert (left.status_code, is_in(here), is_in(there)) == (204, False, False)
            assert program.get("/v1/account").status_code == program_status


def test_leaving_takes_along_what_the_browser_kept(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        for path in ("/v1/account/log-out", "/v1/account/log-out-everywhere"):
            left = a_user(service, f"{path[-3:]}@example.org").client.post(path, json={})
            assert left.headers["clear-site-data"] == '"cache", "storage"'
            assert "Max-Age=0" in left.headers["set-cookie"]


def test_a_new_password_counts_at_once_and_ends_the_other_sessions(database: DatabaseUnderTest):
    with a_service(database) as service:
        here = a_user(service)
        there = elsewhere(service, here)
        body = {"password": PASSWORD, "new_password": "another long password"}

        assert here.client.post("/v1/account/password", json=body).status_code == 204
        assert (is_in(here), is_in(there)) == (True, False)
        log_in = {"email": here.email, "password": PASSWORD}
        assert service.client.post("/v1/account/log-in", json=log_in).status_code == 401
        assert is_in(elsewhere(service, here, "another long password"))


def test_a_stolen_cookie_is_no_way_to_guess_the_password(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        wrong = {"password": "wrong!", "new_password": "another long password"}
        right = {**wrong, "password": PASSWORD}

        answers = [user.client.post("/v1/account/password", json=wrong) for _ in range(10)]
        assert {answer.status_code for answer in answers} == {401}
        assert user.client.post("/v1/account/password", json=right).status_code == 401


def test_every_character_of_a_long_password_counts(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        long = "päss wörter " * 20
        body = {"name": "Ada", "email": "ada@example.org", "password": long}
        assert service.client.post("/v1/account", json=body).status_code == 201
        for password, status in ((long, 200), (long[:-1] + "?", 401), (long[:72], 401)):
            log_in = {"email": body["email"], "password": password}
            assert service.client.post("/v1/account/log-in", json=log_in).status_code == status


def test_a_password_of_the_list_is_refused_everywhere(tmp_path: Path):
    leaked = tmp_path / "leaked.txt"
    leaked.write_text("Tr0ub4dor and three\r\nanother one\n", encoding="utf-8")
    with a_service(a_sqlite(tmp_path), leaked_passwords=leaked) as service:
        user = a_user(service)
        body = {"name": "Bob", "email": "bob@example.org", "password": "tr0ub4dor and THREE"}
        sign_up = service.client.post("/v1/account", json=body)
        change = {"password": PASSWORD, "new_password": "Another One"}
        changed = user.client.post("/v1/account/password", json=change)

    assert (sign_up.status_code, changed.status_code) == (422, 422)
    assert "list of leaked ones" in sign_up.json()["detail"]


def test_sessions_long_ended_are_forgotten_at_the_next_log_in(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        user = a_user(service)
        user.client.post("/v1/account/log-out", json={})
        service.clock.move(days=31)
        elsewhere(service, user)

        async def count() -> int:
            async with service.storage.units.begin(user.user_id) as unit:
                found = await unit.session.connection()
                rows = await found.exec_driver_sql("SELECT count(*) FROM user_sessions")
                return int(rows.scalar_one())

        portal = service.client.blocking_portal
        assert portal is not None
        assert portal.call(count) == 1


def test_a_label_is_of_our_own_words():
    assert label_of(FIREFOX) == "Firefox on Linux"
    assert label_of("curl/8.5 <script>") == "a program"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0"
    assert label_of(edge) == "Edge on Windows"


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": NOW}])
def test_who_may_come_in_no_more_is_held_out_by_every_proof(
    database: DatabaseUnderTest, change: dict[str, Any]
):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        program = a_program(service, a_token(ada, "read")["token"])
        assert (is_in(ada), program.get("/v1/account").status_code) == (True, 200)

        async def shut_out() -> None:
            async with service.storage.units.begin(ada.user_id) as unit:
                mine = update(UserRow).where(UserRow.id == ada.user_id)
                await unit.session.execute(mine.values(**change))

        service.client.blocking_portal.call(shut_out)

        assert (is_in(ada), program.get("/v1/account").status_code) == (False, 401)
        assert is_in(bob)
