"""A whole user's story, from signing up to taking everything along and leaving for good.

Once in one process, and once over a socket by a client that knows nothing but HTTP.
"""

import csv
import io
import zipfile
from contextlib import closing
from typing import Any
from uuid import UUID, uuid5

import pytest

from tests.e2e.live import a_live_service, sign_up
from tests.fitsense_api import conftest
from tests.fitsense_api.everything import count_rows
from tests.fitsense_api.kit import PASSWORD, Clock, DatabaseUnderTest, User, a_service, a_user
from tests.fitsense_api.people_kit import a_screened_user, tell, tell_everything

database = conftest.database  # the fixture of both databases, and the server of one
postgres = conftest.postgres
DEVICE = UUID(int=11)
DAYS = ("2026-03-02", "2026-03-04", "2026-03-06")
OLDER_APP = {
    "csv": '"title","start_time","end_time","description","exercise_title","superset_id",'
    '"exercise_notes","set_index","set_type","weight_kg","reps","distance_km",'
    '"duration_seconds","rpe"\n'
    '"Push","22 Dec 2025, 08:00","22 Dec 2025, 08:37","","Bench Press (Dumbbell)",,"",0,'
    '"normal",20,10,,,8\n'
    '"Push","22 Dec 2025, 08:00","22 Dec 2025, 08:37","","Belt Whirl (Cable)",,"",0,'
    '"normal",20,10,,,\n',
    "timezone": "Europe/Berlin",
}


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


def log_in(user: User) -> None:
    tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})


def plan_train_and_go_back(user: User, clock: Clock) -> None:
    """Ask for a plan, train offline by it, carry it on by what was trained, and think better."""
    # Ask for a plan, lose the answer, ask again.
    key = {"idempotency-key": "first-plan-of-ada"}
    lost, first = (
        tell(user, "POST", "/v1/programme/proposals", {"name": "Spring"}, headers=key)
        for _ in range(2)
    )
    assert lost == first
    followed = decide(user, first["revision"])

    # Train a week offline; the device comes back and tells of it twice.
    sessions = followed["plan"]["sessions"]
    week = [trained(followed, day, session) for day, session in zip(DAYS, sessions, strict=True)]
    clock.move(days=7)
    log_in(user)
    for _ in range(2):
        tell(user, "POST", "/v1/workouts/sync", {"workouts": week})
    workouts = user.client.get("/v1/workouts").json()["items"]
    progress = user.client.get("/v1/progress").json()
    assert len(workouts) == len(DAYS)
    assert [(each["count_workouts"], each["count_planned"]) for each in progress["weeks"]] == [
        (len(DAYS), len(DAYS))
    ]
    assert progress["adherence"]["step"] == "may_progress"

    # Carry the plan on by that week, then go back to the first.
    plan = f"/v1/programme/plans/{followed['plan_id']}"
    adapted = tell(user, "POST", f"{plan}/adapt", {})["revision"]
    decide(user, adapted)
    back = tell(user, "POST", f"{plan}/revert", {"revision_id": followed["id"]})
    current = user.client.get("/v1/programme").json()["current"]
    history = user.client.get(f"{plan}/revisions").json()["items"]
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


def bring_the_past_along(user: User) -> None:
    """Look at what an older app's file holds, take it, and take it again by mistake."""
    shown = tell(user, "POST", "/v1/imports", {**OLDER_APP, "is_dry_run": True})
    for _ in range(2):
        tell(user, "POST", "/v1/imports", OLDER_APP)
    count = len(user.client.get("/v1/workouts").json()["items"])
    assert (shown["count_workouts"], shown["unmatched"][0]["name"]) == (1, "Belt Whirl (Cable)")
    assert count == len(DAYS) + 1


def take_everything_and_leave(user: User) -> None:
    """Export, delete the account, and find nothing of it."""
    document = user.client.get("/v1/export").json()
    archive = zipfile.ZipFile(io.BytesIO(user.client.get("/v1/export/csv").content))
    tables = document["tables"]
    with archive.open("workout_sets.csv") as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file)))
    assert [each["email"] for each in tables["users"]] == [user.email]
    assert len(tables["workouts"]) == len(DAYS) + 1
    assert len(tables["plan_revisions"]) == 3
    assert [each["reps"] for each in rows] == [str(e["reps"]) for e in tables["workout_sets"]]

    wrong = user.client.post("/v1/account/deletion", json={"password": "not mine at all"})
    left = user.client.post("/v1/account/deletion", json={"password": PASSWORD})
    again = {"email": user.email, "password": PASSWORD}
    assert wrong.status_code == 422
    assert left.status_code == 200
    assert left.json()["count_rows"] > sum(map(len, tables.values())) / 2
    assert user.client.get("/v1/account").status_code == 401
    assert user.client.post("/v1/account/log-in", json=again).status_code == 401


def test_a_person_signs_up_trains_goes_back_and_leaves(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)

        plan_train_and_go_back(user, service.clock)
        bring_the_past_along(user)
        take_everything_and_leave(user)

        left = count_rows(service, user.user_id)
        assert {name for name, count in left.items() if count} <= {"audit_log"}
        nobody = a_user(service)
        tables = nobody.client.get("/v1/export").json()["tables"]
        assert {name for name, rows in tables.items() if rows} <= {
            "users", "user_sessions", "audit_log",
        }  # fmt: skip


@pytest.mark.slow
def test_the_same_over_a_socket_by_a_real_client(database: DatabaseUnderTest):
    with a_live_service(database) as service:
        user = sign_up(service)
        with closing(user.client):
            tell_everything(user)
            plan_train_and_go_back(user, service.clock)
            bring_the_past_along(user)
            take_everything_and_leave(user)

    assert '"failed"' not in service.log.getvalue()
