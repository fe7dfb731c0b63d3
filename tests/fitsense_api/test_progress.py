"""A log adds up by the domain's formulas, and what it adds up to carries a plan on."""

from typing import Any

import pytest

from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, User, a_service, a_user
from tests.fitsense_api.people_kit import a_screened_user, tell


def squat(user: User, day: str, *sets: dict[str, Any]) -> None:
    numbered = [{"set_number": number, **each} for number, each in enumerate(sets, start=1)]
    line = {"exercise_id": "goblet_squat", "position": 0, "sets": numbered}
    body = {"started_at": f"2026-{day}T08:00:00Z", "exercises": [line]}
    tell(user, "POST", "/v1/workouts", body)


def test_a_record_beats_earlier_workouts_and_never_its_own(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        squat(
            user, "02-02", {"reps": 5, "weight": 40, "rir": 2}, {"reps": 5, "weight": 60, "rir": 2}
        )
        squat(user, "02-09", {"reps": 5, "weight": 61, "rir": 2})
        squat(user, "02-16", {"reps": 5, "weight": 70, "rir": 2}, {"reps": 5, "weight": 90})

        shown = user.client.get("/v1/progress").json()

    assert [each["at"][:10] for each in shown["records"]] == ["2026-02-16"]
    assert shown["lifts"][0]["best_1rm_kg"] == pytest.approx(84, abs=0.1)


def test_volume_counts_hard_sets_by_muscle_and_no_warm_ups(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        squat(user, "02-03", {"reps": 8, "kind": "warm_up"}, {"reps": 8}, {"reps": 8})
        squat(user, "02-05", {"reps": 8})

        week = user.client.get("/v1/progress").json()["weeks"][0]

    assert week["week"] == "2026-02-02"
    assert week["count_workouts"] == 2
    assert week["sets_by_muscle"]["quadriceps"] == 3


def test_a_weight_trend_needs_six_weighings_in_fourteen_days(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        for day in range(10, 25, 3):
            tell(user, "PUT", f"/v1/days/2026-02-{day}/weight", {"weight": 80 - day / 10})
        early = user.client.get("/v1/progress").json()["weight"]
        tell(user, "PUT", "/v1/days/2026-02-28/weight", {"weight": 77})
        late = user.client.get("/v1/progress").json()["weight"]

    assert early["change_share_per_week"] is None
    assert late["change_share_per_week"] < 0
    assert late["latest_kg"] == 77


def test_a_pause_is_seen_when_a_plan_is_carried_on(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        first = tell(user, "POST", "/v1/programme/proposals", {})["revision"]
        tell(user, "POST", f"/v1/programme/revisions/{first['id']}/accept", {})
        service.clock.move(days=30)
        tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})

        adapted = tell(user, "POST", f"/v1/programme/plans/{first['plan_id']}/adapt", {})

    assert adapted["revision"]["reasons"] == ["adherence"]
    assert adapted["revision"]["changes"]
