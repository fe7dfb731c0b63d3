"""What was deleted can be taken back for some days, and is gone for good after them."""

import asyncio

from fitsense_api.config import ApiSettings
from fitsense_api.purging.repository import bins
from fitsense_api.purging.service import Purged, keep_purging, purge
from tests.fitsense_api.everything import count_rows
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, KitService, User, a_service, a_user
from tests.fitsense_api.people_kit import TODAY, a_screened_user, tell

WORKOUT = {
    "started_at": "2026-03-02T08:00:00Z",
    "exercises": [
        {"exercise_id": "goblet_squat", "position": 0, "sets": [{"set_number": 1, "reps": 8}]}
    ],
}


def purged(service: KitService, days: int = 30) -> Purged:
    portal = service.client.blocking_portal
    assert portal is not None
    return portal.call(purge, service.storage.units, ApiSettings(bin_days=days))


def log_in(user: User) -> None:
    tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})


def in_bins(service: KitService, user: User) -> set[str]:
    """The tables with rows in which nothing but deleted rows of this person stand."""
    named = {table.name for table in bins()}
    return {name for name, count in count_rows(service, user.user_id).items() if count} & named


def test_what_lies_in_a_bin_goes_after_its_days_and_not_before(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        for user in (ada, bob):
            workout = tell(user, "POST", "/v1/workouts", WORKOUT)
            tell(user, "PUT", f"/v1/days/{TODAY}/sleep", {"sleep_duration_hours": 7})
        kept = in_bins(service, bob)
        ada_workout = ada.client.get("/v1/workouts").json()["items"][0]["id"]
        assert ada.client.delete(f"/v1/workouts/{ada_workout}").status_code == 204
        assert ada.client.delete(f"/v1/days/{TODAY}/entries/sleep").status_code == 204

        service.clock.move(days=29)
        early = purged(service)
        before = in_bins(service, ada)
        service.clock.move(days=2)
        late = purged(service)
        after = in_bins(service, ada)
        again = purged(service)

        assert early.count_rows == again.count_rows == 0 or early.count_rows < late.count_rows
        assert before == kept
        assert after == set()
        assert in_bins(service, bob) == kept
        assert workout["id"] != ada_workout


def test_a_workout_outlives_the_plan_it_followed(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        first = tell(user, "POST", "/v1/programme/proposals", {})["revision"]
        tell(user, "POST", f"/v1/programme/revisions/{first['id']}/accept", {})
        plan_id = first["plan_id"]
        tell(user, "POST", "/v1/workouts", {**WORKOUT, "plan_id": plan_id})
        assert user.client.delete(f"/v1/programme/plans/{plan_id}").status_code == 204

        service.clock.move(days=31)
        purged(service)
        log_in(user)
        workouts = user.client.get("/v1/workouts").json()["items"]
        counts = count_rows(service, user.user_id)

    assert [each["plan_id"] for each in workouts] == [None]
    assert workouts[0]["exercises"][0]["sets"][0]["reps"] == 8
    assert not any(counts[name] for name in ("workout_plans", "plan_revisions", "plan_sets"))


def test_the_setting_says_how_long_and_the_bin_shows_no_more(database: DatabaseUnderTest):
    short = DatabaseUnderTest(database.home, database.settings.model_copy(update={"bin_days": 2}))
    with a_service(short) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", WORKOUT)
        user.client.delete(f"/v1/workouts/{workout['id']}")
        service.clock.move(days=1)
        shown = user.client.get("/v1/workouts/bin").json()
        service.clock.move(days=2)
        hidden = user.client.get("/v1/workouts/bin").json()
        restored = user.client.post(f"/v1/workouts/{workout['id']}/restore", json={})

    assert len(shown) == 1
    assert hidden == []
    assert restored.status_code == 404


def test_sessions_and_keys_that_are_over_go_too(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "POST", "/v1/workouts", WORKOUT, headers={"idempotency-key": "a-key-of-ada"})
        service.clock.move(days=400)
        purged(service)
        counts = count_rows(service, user.user_id)

    assert (counts["user_sessions"], counts["idempotency_keys"]) == (0, 0)
    assert counts["users"] == 1


def test_the_service_empties_bins_by_itself_and_outlives_a_failure(tmp_path):
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", WORKOUT)
        user.client.delete(f"/v1/workouts/{workout['id']}")
        service.clock.move(days=31)
        log = service.client.app.state["log"]
        often = settings.model_copy(update={"purge_every_s": 0.01})

        async def until_it_is_gone() -> None:
            begin, failures = service.storage.units.begin, []

            def fail_once(*told, **options):
                if not failures:
                    failures.append(1)
                    raise OSError("the disk is away")
                return begin(*told, **options)

            service.storage.units.begin = fail_once
            stopped = asyncio.Event()
            task = asyncio.create_task(keep_purging(service.storage.units, often, log, stopped))
            while '"event": "purged"' not in service.log.getvalue():
                await asyncio.sleep(0.01)
            stopped.set()
            await task

        portal = service.client.blocking_portal
        assert portal is not None
        portal.call(asyncio.wait_for, until_it_is_gone(), 10)

        assert in_bins(service, user) == set()
    assert '"what": "purge"' in service.log.getvalue()
