"""The audit log: what it tells, and that nobody changes it unseen."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fitsense_api.accounts.roles import set_role
from fitsense_api.errors import Conflict
from fitsense_api.operations.audit import WITHHELD, AuditEvent
from fitsense_api.operations.chain import START, Entry, Link, Verdict, end, follow, hash_entry
from fitsense_api.operations.repository import append, verify
from fitsense_api.operations.trail import Scribe
from fitsense_training.domain.errors import BadInput, UnknownName
from tests.fitsense_api.kit import (
    PASSWORD,
    DatabaseUnderTest,
    KitService,
    User,
    a_service,
    a_sqlite,
    a_token,
    a_user,
)

AUDIT = "/v1/admin/audit"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def run(service: KitService, work: Callable[..., Any], *arguments: Any) -> Any:
    portal = service.client.blocking_portal
    assert portal is not None
    return portal.call(work, *arguments)


def an_admin(service: KitService) -> User:
    """A person who works the service."""
    user = a_user(service, "root@example.org")
    scribe = Scribe(service.storage.trail)
    run(service, set_role, service.storage.units, user.email, "admin", scribe)
    return user


def verdict_of(service: KitService) -> Verdict:
    async def ask() -> Verdict:
        async with service.storage.units.begin(writes=False) as unit:
            return await verify(unit)

    return run(service, ask)


def execute(service: KitService, *statements: str) -> None:
    async def work() -> None:
        async with service.storage.units.begin() as unit:
            for statement in statements:
                await unit.session.execute(text(statement))

    run(service, work)


def test_the_log_tells_what_was_done_to_accounts(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, admin = a_user(service), an_admin(service)
        made = a_token(user, "read", "log")
        user.client.delete(f"/v1/account/tokens/{made['id']}")
        wrong = {"email": user.email, "password": "wrong!"}
        service.client.post("/v1/account/log-in", json=wrong)
        service.client.post("/v1/account/log-in", json={**wrong, "email": "nobody@example.org"})
        service.client.post("/v1/account/log-in", json={**wrong, "password": PASSWORD})
        user.client.post("/v1/account/log-out", json={})
        items = admin.client.get(AUDIT, params={"limit": 100}).json()["items"]

    person, told = f"person:{user.user_id}", [(e["action"], e["outcome"]) for e in items[::-1]]
    assert told == [
        ("sign_up", "done"),
        ("sign_up", "done"),
        ("set_role", "done"),
        ("create_token", "done"),
        ("revoke_token", "done"),
        ("log_in", "refused"),
        ("log_in", "refused"),
        ("log_in", "done"),
        ("log_out", "done"),
    ]
    assert {e["actor"] for e in items} == {
        person, f"person:{admin.user_id}", "operator", "nobody",
    }  # fmt: skip
    assert all(len(e["request_id"]) == 16 for e in items if e["action"] != "set_role")
    assert items[4]["facts"] == {"token_id": made["id"]}
    assert items[5]["facts"] == {"token_id": made["id"], "scopes": "log,read"}


def test_the_log_names_nobody_by_words(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, admin = a_user(service), an_admin(service)
        a_token(user, "read", name="of Ada")
        shown = admin.client.get(AUDIT, params={"limit": 100}).text

    assert "example.org" not in shown
    assert "Ada" not in shown
    event = AuditEvent("x", "operator", "done", facts={"note": "a\r\nb", "id": "r0001/3"})
    assert event.facts == {"note": WITHHELD, "id": "r0001/3"}


def test_the_log_is_read_page_by_page(database: DatabaseUnderTest):
    with a_service(database) as service:
        admin = an_admin(service)
        for number in range(3):
            a_token(admin, "read", name=f"n{number}")
        places: list[int] = []
        before: int | None = None
        while True:
            params = {"limit": 2} if before is None else {"limit": 2, "before": before}
            page = admin.client.get(AUDIT, params=params).json()
            places += [entry["position"] for entry in page["items"]]
            if (before := page["next_before"]) is None:
                break

    assert places == [5, 4, 3, 2, 1]


def test_appends_at_once_make_one_chain(database: DatabaseUnderTest):
    with a_service(database) as service:

        async def write(number: int) -> None:
            await service.storage.trail.record(AuditEvent("x", "operator", "done", str(number)))

        async def all_at_once() -> None:
            await asyncio.gather(*(write(number) for number in range(20)))

        run(service, all_at_once)
        verdict = verdict_of(service)

    assert (verdict.count_entries, verdict.trouble) == (20, None)


def test_what_is_undone_leaves_no_entry(database: DatabaseUnderTest):
    with a_service(database) as service:

        async def fail() -> None:
            async with service.storage.units.begin() as unit:
                await append(unit, AuditEvent("x", "operator", "done"))
                raise BadInput("no")

        with pytest.raises(BadInput):
            run(service, fail)
        assert verdict_of(service).count_entries == 0


REPLACE = (
    "INSERT OR REPLACE INTO audit_log (id, position, at, actor, action, outcome, request_id, "
    "facts, previous_hash, entry_hash) SELECT id, position, at, 'eve', action, outcome, "
    "request_id, facts, previous_hash, entry_hash FROM audit_log"
)


def test_the_database_refuses_to_change_the_log(database: DatabaseUnderTest):
    changes = ["UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log"]
    with a_service(database) as service:
        a_user(service)
        for change in (*changes, *(() if service.storage.database.is_postgres else (REPLACE,))):
            with pytest.raises((DBAPIError, Conflict)) as caught:
                execute(service, change)
            reason = str(caught.value.__cause__ or caught.value)
            assert re.search("appended to|permission denied", reason), change

        assert verdict_of(service).count_entries == 1


@pytest.mark.slow
def test_not_even_the_owner_of_the_tables_changes_it(postgres_database: DatabaseUnderTest):
    from fitsense_api.db.engine import Database

    async def as_owner(statement: str) -> None:
        database = Database(postgres_database.settings.owner_address(postgres_database.home))
        try:
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))
        finally:
            await database.close()

    with a_service(postgres_database) as service:
        a_user(service)
        for change in ("UPDATE audit_log SET outcome = 'x'", "TRUNCATE audit_log"):
            with pytest.raises(DBAPIError, match="appended to"):
                asyncio.run(as_owner(change))


DROP = tuple(f"DROP TRIGGER audit_log_no_{one}" for one in ("update", "delete"))


def test_what_gets_around_the_database_is_found(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        admin = an_admin(service)
        for number in range(2):
            a_token(admin, "read", name=f"n{number}")
        execute(service, *DROP, "UPDATE audit_log SET facts = '{}' WHERE position = 2")
        changed = verdict_of(service)
        shown = admin.client.get(f"{AUDIT}/verdict").json()
        execute(service, "DELETE FROM audit_log WHERE position > 1")
        cut = verdict_of(service)

    assert (changed.count_entries, changed.trouble) == (1, "entry 2 was changed")
    assert (shown["holds"], shown["trouble"]) == (False, changed.trouble)
    assert (cut.count_entries, cut.trouble) == (1, "it ends there, and 4 entries were written")


def a_chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    last = START
    for position in range(1, length + 1):
        event = AuditEvent("log_in", "nobody", "refused", str(position))
        own = hash_entry(UUID(int=position), AT, event, position, last)
        entries.append(Entry(UUID(int=position), AT, event, Link(position, last, own)))
        last = own
    return entries


def test_a_whole_chain_holds_in_pieces_too():
    first, second, third = a_chain(3)
    verdict = follow([third], follow([first, second], Verdict(0, START)))

    assert verdict == Verdict(3, third.link.entry_hash)
    assert end(verdict, 3, third.link.entry_hash).trouble is None


def test_whatever_is_changed_in_an_entry_is_found():
    first, second, third = a_chain(3)
    forged = AuditEvent("log_in", "nobody", "done", "2")
    cases = {
        "entry 2 was changed": [first, replace(second, event=forged), third],
        "entry 2 is missing": [first, third],
        "entry 2 does not follow the one before it": [
            first,
            replace(second, link=replace(second.link, previous_hash=START)),
        ],
        "it ends there": [first, second],
    }
    for trouble, entries in cases.items():
        found = end(follow(entries, Verdict(0, START)), 3, third.link.entry_hash)
        assert trouble in (found.trouble or ""), trouble


def test_a_later_moment_is_another_hash():
    entry = a_chain(1)[0]
    moved = follow([replace(entry, at=AT + timedelta(microseconds=1))], Verdict(0, START))

    assert moved.trouble == "entry 1 was changed"


def test_the_log_beside_it_holds_each_hash(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        a_user(service)

        assert verdict_of(service).last_hash.hex() in service.log.getvalue()


def test_only_admins_see_it(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        paths = (AUDIT, f"{AUDIT}/verdict", "/v1/admin/model")
        # Without a token in the settings there is nothing here for others.
        others = {c.get(p).status_code for c in (user.client, service.client) for p in paths}
        admin = an_admin(service)

        assert others == {404}
        assert {admin.client.get(path).status_code for path in paths} == {200}
        # One's own role changes with the next request.
        scribe = Scribe(service.storage.trail)
        run(service, set_role, service.storage.units, admin.email, "user", scribe)
        assert admin.client.get(AUDIT).status_code == 404


def test_an_admin_is_named_for_what_they_switch(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        admin = an_admin(service)
        body = {"is_coach_only": True, "reason": "a test of the switch"}
        assert admin.client.put("/v1/admin/model/switch", json=body).status_code == 200
        last = admin.client.get(AUDIT).json()["items"][0]

    assert (last["action"], last["actor"]) == ("set_kill_switch", f"person:{admin.user_id}")


def test_a_role_is_given_to_somebody_and_is_one(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        scribe, units = Scribe(service.storage.trail), service.storage.units

        with pytest.raises(BadInput, match="take one of user, reviewer, admin"):
            run(service, set_role, units, "ada@example.org", "king", scribe)
        with pytest.raises(UnknownName, match="sign up first"):
            run(service, set_role, units, "ada@example.org", "admin", scribe)
