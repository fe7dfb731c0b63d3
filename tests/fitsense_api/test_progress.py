"""A log adds up by the domain's formulas, and what it adds up to carries a plan on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsense_api.progress.following import Followed, eased_until
from fitsense_training.domain.vocabulary import Weekday
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, KitService, User, a_service, a_user
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


def a_follower(service: KitService) -> tuple[User, dict[str, Any]]:
    """A person who follows a plan of Monday, Wednesday and Friday from Monday on."""
    user = a_screened_user(service)
    first = tell(user, "POST", "/v1/programme/proposals", {})["revision"]
    return user, tell(user, "POST", f"/v1/programme/revisions/{first['id']}/accept", {})


def log_in(user: User) -> None:
    tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})


def test_adherence_is_what_was_done_of_what_was_planned_week_by_week(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, _ = a_follower(service)
        before = user.client.get("/v1/progress").json()
        service.clock.move(days=17)  # Thursday of the third week
        log_in(user)
        for day in ("03-02", "03-04", "03-06", "03-09"):
            squat(user, day, {"reps": 8})
        shown = user.client.get("/v1/progress").json()

    keys = ("week", "count_workouts", "count_planned", "adherence_share")
    assert (before["weeks"], before["adherence"]) == ([], None)
    assert [tuple(week[key] for key in keys) for week in shown["weeks"]] == [
        ("2026-03-02", 3, 3, 1.0),
        ("2026-03-09", 1, 3, 0.33),
        ("2026-03-16", 0, 2, 0.0),
    ]
    # The last fourteen days, from Thursday to Wednesday.
    assert shown["adherence"] == {
        "count_workouts": 2,
        "count_planned": 6,
        "share": 0.33,
        "step": "simplify",
    }


def test_who_follows_no_plan_has_no_adherence(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, followed = a_follower(service)
        service.clock.move(days=7)
        squat(user, "03-04", {"reps": 8})
        user.client.delete(f"/v1/programme/plans/{followed['plan_id']}")
        service.clock.move(days=14)
        log_in(user)
        shown = user.client.get("/v1/progress").json()

    assert [week["count_planned"] for week in shown["weeks"]] == [3]
    assert shown["adherence"] is None


def train(user: User, service: KitService, weeks: int) -> None:
    """Train three times in each of the weeks to come, always the same."""
    for _ in range(weeks):
        monday = service.clock.now
        service.clock.move(days=7)
        log_in(user)
        for days in (0, 2, 4):
            day = (monday + timedelta(days=days)).strftime("%m-%d")
            squat(user, day, {"reps": 8, "weight": 40, "rir": 2})


def adapted(user: User, plan_id: str) -> dict[str, Any]:
    return tell(user, "POST", f"/v1/programme/plans/{plan_id}/adapt", {})["revision"]


def test_weeks_of_training_count_anew_after_a_deload_week(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, followed = a_follower(service)
        train(user, service, 8)
        due = adapted(user, followed["plan_id"])
        tell(user, "POST", f"/v1/programme/revisions/{due['id']}/accept", {})
        service.clock.move(days=1)
        during = adapted(user, followed["plan_id"])
        service.clock.move(days=-1)
        train(user, service, 2)
        after = adapted(user, followed["plan_id"])

    assert due["reasons"] == ["deload"]
    assert during["reasons"] != ["deload"]
    assert after["reasons"] != ["deload"]


def test_a_deload_week_that_was_left_at_once_was_none():
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    days = frozenset({Weekday.MON})
    eased = Followed(monday, monday + timedelta(days=2), days, True)
    whole = replace(eased, ends=monday + timedelta(days=6))
    now = monday + timedelta(days=20)

    assert eased_until([eased, replace(eased, is_deload=False)], now) is None
    assert eased_until([whole], now) == monday + timedelta(days=6)
    assert eased_until([replace(eased, ends=None)], now) == monday + timedelta(days=7)
