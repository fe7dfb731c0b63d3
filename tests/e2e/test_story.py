"""A whole user's story, in one process: from signing up to going back to an earlier plan."""

from typing import Any
from uuid import UUID, uuid5

from tests.fitsense_api import conftest
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, User, a_service
from tests.fitsense_api.people_kit import a_screened_user, tell

database = conftest.database  # the fixture of both databases, and the server of one
postgres = conftest.postgres
DEVICE = UUID(int=11)
DAYS = ("2026-03-02", "2026-03-04", "2026-03-06")


def trained(followed: dict[str, Any], day: str, session: dict[str, Any]) -> dict[str, Any]:
    """A workout as the plan asked for it, every set at the top, kept by an offline device."""
    lines = [
        {
            "client_id": str(uuid5(DEVICE, f"{day}/{item['exercise_id']}")),
            "exercise_id": item["exercise_id"],
            "position": place,
            "sets": [
                {
                    "client_id": str(uuid5(DEVICE, f"{day}/{item['exercise_id']}/{number}")),
                    "set_number": number,
                    "dose_kind": item["dose_kind"],
                    "reps": item["dose_high"],
                    "weight": item["load"]["value"] if item["load"]["kind"] == "kg" else 10,
                    "rir": item["rir"],
                    "rest_seconds": item["rest_s"],
                }
                for number in range(1, item["sets"] + 1)
            ],
        }
        for place, item in enumerate(session["prescriptions"])
    ]
    return {
        "client_id": str(uuid5(DEVICE, day)),
        "plan_id": followed["plan_id"],
        "started_at": f"{day}T10:00:00Z",
        "ended_at": f"{day}T11:00:00Z",
        "exercises": lines,
    }


def decide(user: User, revision: dict[str, Any]) -> dict[str, Any]:
    return tell(user, "POST", f"/v1/programme/revisions/{revision['id']}/accept", {})


def test_a_person_signs_up_trains_and_goes_back(database: DatabaseUnderTest):
    with a_service(database) as service:
        # Sign up, tell of body and goals, answer screening; ask for a plan, lose the answer, retry.
        user = a_screened_user(service)
        key = {"idempotency-key": "first-plan-of-ada"}
        lost, first = (
            tell(user, "POST", "/v1/programme/proposals", {"name": "Spring"}, headers=key)
            for _ in range(2)
        )
        followed = decide(user, first["revision"])

        # Train a week offline; the device comes back and tells of it twice.
        sessions = followed["plan"]["sessions"]
        week = [
            trained(followed, day, session) for day, session in zip(DAYS, sessions, strict=True)
        ]
        service.clock.move(days=7)
        tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})
        for _ in range(2):
            tell(user, "POST", "/v1/workouts/sync", {"workouts": week})
        workouts = user.client.get("/v1/workouts").json()["items"]
        progress = user.client.get("/v1/progress").json()

        # Carry the plan on by that week, then go back to the first.
        plan = f"/v1/programme/plans/{followed['plan_id']}"
        adapted = tell(user, "POST", f"{plan}/adapt", {})["revision"]
        decide(user, adapted)
        back = tell(user, "POST", f"{plan}/revert", {"revision_id": followed["id"]})
        current = user.client.get("/v1/programme").json()["current"]
        history = user.client.get(f"{plan}/revisions").json()["items"]

    assert lost == first
    assert len(workouts) == len(DAYS)
    assert sum(each["count_workouts"] for each in progress["weeks"]) == len(DAYS)
    assert adapted["reasons"] == ["log_progress"]
    assert adapted["changes"]
    assert all(change["reason"] for change in adapted["changes"])
    assert current["id"] == back["id"]
    assert current["plan"] == followed["plan"]
    assert {(each["number"], each["state"]) for each in history} == {
        (1, "accepted"),
        (2, "reverted"),
        (3, "accepted"),
    }
