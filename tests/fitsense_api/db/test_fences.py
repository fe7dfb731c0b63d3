"""A person's rows are reached in their name alone, and a database that is away is told as such."""

import asyncio
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from fitsense_api.config import ApiSettings
from fitsense_api.db.models.people import Medication
from fitsense_api.db.models.plans import PlanEntry
from fitsense_api.db.models.workouts import Workout
from fitsense_api.db.repository import Owned
from fitsense_api.errors import Conflict
from fitsense_api.paging import Place
from fitsense_training.domain.errors import UnknownName
from tests.fitsense_api.kit import DatabaseUnderTest, KitService, a_service, a_user

API = Path(__file__).resolve().parents[3] / "fitsense_api"


class Medications(Owned[Medication]):
    model_type = Medication
    what = "medication"


class Plans(Owned[PlanEntry]):
    model_type = PlanEntry


class Workouts(Owned[Workout]):
    model_type = Workout


def run(service: KitService, work):
    portal = service.client.blocking_portal
    assert portal is not None
    return portal.call(work)


def test_a_row_of_another_does_not_exist(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")

        async def work() -> None:
            async with service.storage.units.begin(ada.user_id) as unit:
                row = await Medications(unit, ada.user_id).add(Medication(medication_name="x"))
            async with service.storage.units.begin(bob.user_id) as unit:
                with pytest.raises(UnknownName, match="no such medication"):
                    await Medications(unit, bob.user_id).get(row.id)
                assert list(await Medications(unit, bob.user_id).all()) == []

        run(service, work)


def test_a_workout_takes_no_plan_of_another(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")

        async def work() -> None:
            async with service.storage.units.begin(ada.user_id) as unit:
                plan = await Plans(unit, ada.user_id).add(PlanEntry(name="mine", is_active=True))
            async with service.storage.units.begin(bob.user_id) as unit:
                workouts = Workouts(unit, bob.user_id)
                await workouts.add(Workout(plan_id=plan.id, started_at=unit.now))

        with pytest.raises(Conflict):
            run(service, work)


def test_pages_follow_each_other_without_gap_or_repeat(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)

        async def work() -> list[str]:
            seen: list[str] = []
            async with service.storage.units.begin(ada.user_id) as unit:
                rows = Medications(unit, ada.user_id)
                await rows.add_all([Medication(medication_name=f"m{n}") for n in range(5)])
                cursor = None
                while True:
                    place = Place.of(cursor, 2)
                    page = await rows.page(place, Medication.created_at)
                    seen += [row.medication_name for row in page.items]
                    if (cursor := page.next_cursor) is None:
                        return seen

        seen = run(service, work)
        assert len(seen) == 5
        assert set(seen) == {f"m{n}" for n in range(5)}


def test_what_was_deleted_softly_is_shown_no_more(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)

        async def work() -> int:
            async with service.storage.units.begin(ada.user_id) as unit:
                plans = Plans(unit, ada.user_id)
                await plans.remove(await plans.add(PlanEntry(name="old", is_active=False)))
                assert list(await plans.all()) == []
                kept = await unit.session.execute(text("SELECT count(*) FROM workout_plans"))
                return int(kept.scalar_one())

        assert run(service, work) == 1


@pytest.mark.slow
def test_postgres_shows_nothing_to_who_names_nobody(postgres_database: DatabaseUnderTest):
    with a_service(postgres_database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        for user in (ada, bob):
            user.client.put("/v1/profile", json={"session_minutes": 45})

        async def count(user_id=None) -> int:
            async with service.storage.units.begin(user_id) as unit:
                found = await unit.session.execute(text("SELECT count(*) FROM user_profiles"))
                return int(found.scalar_one())

        async def steal() -> None:
            async with service.storage.units.begin(bob.user_id) as unit:
                await Medications(unit, ada.user_id).add(Medication(medication_name="x"))

        assert run(service, count) == 0
        portal = service.client.blocking_portal
        assert portal is not None
        assert portal.call(count, ada.user_id) == 1
        # The setting went with its transaction, though the connection is the same.
        assert run(service, count) == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            run(service, steal)


def test_a_locked_database_is_503_and_recovers(tmp_path: Path):
    database = DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1, database_wait_s=0.1))
    with a_service(database) as service:
        user = a_user(service)
        holder = sqlite3.connect(tmp_path / "service.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")

        locked = user.client.put("/v1/profile", json={"session_minutes": 45})
        holder.execute("ROLLBACK")
        holder.close()
        free = user.client.put("/v1/profile", json={"session_minutes": 45})

    assert (locked.status_code, locked.headers["retry-after"]) == (503, "2")
    assert locked.headers["content-type"] == "application/problem+json"
    assert free.status_code == 200


def test_a_full_disk_is_503_and_nothing_half_written_stays(tmp_path: Path):
    with a_service(DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))) as service:
        user, engine = a_user(service), service.storage.units.database.engine

        def fill(connection: Any, _: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        def add() -> int:
            body = {"medication_name": "a" * 100}
            return user.client.post("/v1/profile/medications", json=body).status_code

        run(service, engine.dispose)
        event.listen(engine.sync_engine, "connect", fill)
        found = [add() for _ in range(60)]
        listed = len(user.client.get("/v1/profile/medications").json())
        event.remove(engine.sync_engine, "connect", fill)
        run(service, engine.dispose)
        again = add()

    assert set(found) == {201, 503}
    assert listed == found.count(201)
    assert again == 201


def test_a_full_pool_is_503_and_recovers(tmp_path: Path):
    settings = ApiSettings(count_hashes_at_once=1, database_wait_s=0.1, pool_size=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)

        async def hold() -> int:
            async with service.storage.units.begin(user.user_id):
                answer = await asyncio.to_thread(user.client.get, "/v1/profile")
                return answer.status_code

        assert run(service, hold) == 503
        assert user.client.get("/v1/profile").status_code == 404


def test_an_error_undoes_the_whole_request(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_user(service)

        async def fail() -> None:
            async with service.storage.units.begin(ada.user_id) as unit:
                await Medications(unit, ada.user_id).add(Medication(medication_name="x"))
                raise UnknownName("no")

        async def count() -> int:
            async with service.storage.units.begin(ada.user_id) as unit:
                return len(await Medications(unit, ada.user_id).all())

        with pytest.raises(UnknownName):
            run(service, fail)
        assert run(service, count) == 0


def test_no_controller_service_or_guard_touches_a_table():
    """Models are reached through repositories: there alone may queries and sessions stand."""
    touches = re.compile(r"from sqlalchemy(?!\.exc)|unit\.session|AsyncSession|\.db\.engine")
    # Where each may: the database's own package, repositories, the composition root, and one
    # helper that writes its own owned rows.
    may = re.compile(r"^db/|/repository\.py$|^storage\.py$|^idempotency\.py$|^paging\.py$")
    found = [
        path.relative_to(API).as_posix()
        for path in sorted(API.rglob("*.py"))
        if touches.search(path.read_text(encoding="utf-8"))
    ]

    assert [name for name in found if not may.search(name)] == []
