"""Who leaves is gone: every row of theirs, and nothing of others."""

from pathlib import Path

from sqlalchemy import select

from fitsense_api.config import ApiSettings
from fitsense_api.db.tables import METADATA
from tests.fitsense_api.everything import CANARY, count_rows, fill_every_table
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, User, a_service, a_user

PLACE = "/v1/account/deletion"
# Named by the person whose deeds they record; they hold no word of theirs.
OUTLIVES_THEM = {"audit_log"}


def test_no_table_that_names_people_keeps_a_row_of_who_left(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        fill_every_table(service, ada)
        fill_every_table(service, bob)
        before = count_rows(service, ada.user_id)
        others = count_rows(service, bob.user_id)

        answer = ada.client.post(PLACE, json={"password": PASSWORD})
        after = count_rows(service, ada.user_id)

        assert answer.status_code == 200, answer.text
        assert answer.json()["count_rows"] == sum(
            count for name, count in before.items() if name not in OUTLIVES_THEM
        )
        assert "audit log" in answer.json()["remains"]
        named = {t.name for t in METADATA.sorted_tables if "user_id" in t.columns} | {"users"}
        assert {name for name in named - OUTLIVES_THEM if not before[name]} == set()
        assert {name for name in named - OUTLIVES_THEM if after[name]} == set()
        assert count_rows(service, bob.user_id) == others


def test_who_left_holds_no_key_and_may_come_again(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)
        other = User(ada.user_id, ada.email, service.client)
        body = {"email": ada.email, "password": PASSWORD}
        assert other.client.post("/v1/account/log-in", json=body).status_code == 200

        left = ada.client.post(PLACE, json={"password": PASSWORD})
        assert left.headers["clear-site-data"]
        assert other.client.get("/v1/account").status_code == 401
        assert other.client.post("/v1/account/log-in", json=body).status_code == 401
        again = a_user(service)

    assert again.user_id != ada.user_id
    assert '"action": "delete_account"' in service.log.getvalue()
    assert ada.email not in service.log.getvalue()


def test_the_audit_log_keeps_that_it_was_done_and_nobodys_words(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)
        ada.client.post(PLACE, json={"password": "not mine at all"})
        ada.client.post(PLACE, json={"password": PASSWORD})

        async def read() -> list[str]:
            async with service.storage.units.begin(ada.user_id, writes=False) as unit:
                table = METADATA.tables["audit_log"]
                rows = await unit.session.execute(
                    select(table).where(table.c.user_id == ada.user_id)
                )
                return [f"{row.action} {row.outcome} {row.actor} {row.facts}" for row in rows]

        portal = service.client.blocking_portal
        assert portal is not None
        kept = sorted(portal.call(read))

    assert [" ".join(each.split()[:2]) for each in kept] == [
        "delete_account done",
        "delete_account refused",
        "sign_up done",
    ]
    assert ada.email not in " ".join(kept)
    assert "Ada" not in " ".join(kept)


def test_a_wrong_password_deletes_nothing_and_counts_as_at_the_door(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)
        wrong = [ada.client.post(PLACE, json={"password": "no"}) for _ in range(10)]
        locked = ada.client.post(PLACE, json={"password": PASSWORD})
        still = ada.client.get("/v1/account").status_code
        service.clock.move(minutes=16)
        late = ada.client.post(PLACE, json={"password": PASSWORD})

    assert {answer.status_code for answer in [*wrong, locked]} == {422}
    assert "nothing was deleted" in locked.json()["detail"]
    assert (still, late.status_code) == (200, 200)


def test_no_file_of_the_service_holds_a_word_of_who_left(tmp_path: Path):
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        ada = a_user(service, f"{CANARY}@example.org")
        fill_every_table(service, ada)
        assert holders(tmp_path)

        assert ada.client.post(PLACE, json={"password": PASSWORD}).status_code == 200

        assert holders(tmp_path) == []


def holders(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if CANARY.encode() in path.read_bytes()]
