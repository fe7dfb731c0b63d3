"""Texts and days at the ends of what there is are told in words, on every database."""

from pathlib import Path
from typing import Any

import pytest

from fitsense_api.config import ApiSettings
from fitsense_api.db.models.people import Allergy
from fitsense_api.people.repository import Allergies
from fitsense_training.domain.errors import BadInput
from tests.fitsense_api.kit import DatabaseUnderTest, a_service, a_user

STRONG = "Date,Duration,Exercise Name,Set Order,Reps\n{},9999h 9m,Push up,1,3\n"
ENDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PUT /v1/days/0001-01-01/weight", {"weight": 70, "is_confirmed": True}),
    ("PUT /v1/days/0001-01-01/calories", {"calories_consumed": 2000}),
    ("PUT /v1/days/9999-12-31/sleep", {"sleep_duration_hours": 7}),
    ("POST /v1/workouts", {"started_at": "0001-01-01T00:00:00+14:00"}),
    ("POST /v1/workouts", {"started_at": "9999-12-31T23:59:59-14:00"}),
    ("POST /v1/workouts", {"started_at": "2026-03-04T09:00:00Z"}),
    ("POST /v1/workouts", {"started_at": "2026-03-01T09:00:00Z", "notes": "a\0b"}),
    ("POST /v1/profile/allergies", {"allergen": "a\0b"}),
    ("POST /v1/profile/medications", {"medication_name": "x", "dosage": "\0"}),
    ("POST /v1/programme/proposals", {"name": "a\0b"}),
    ("POST /v1/imports", {"csv": STRONG.format("0001-01-01"), "timezone": "Asia/Tokyo"}),
    ("POST /v1/imports", {"csv": STRONG.format("9999-12-31")}),
)


def test_what_lies_beyond_the_ends_is_told_in_words(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        answers = [
            user.client.request(*what.split(" "), json=body)  # type: ignore[misc]
            for what, body in ENDS
        ]
        removed = user.client.delete("/v1/days/9999-12-31/entries/weight")
        progress = user.client.get("/v1/progress")

    assert [answer.status_code for answer in (*answers, removed)] == [422] * (len(ENDS) + 1)
    assert "still to come" in answers[5].json()["detail"]
    assert "line 2: Date holds '9999-12-31'" in answers[-1].json()["detail"]
    assert progress.status_code == 200


@pytest.mark.parametrize(
    "impossible",
    [{"reps": 101}, {"weight": 501}, {"weight": 1103, "unit": "lb"}, {"reps": 8, "rir": 11}],
)
def test_a_set_that_nobody_did_is_refused(tmp_path: Path, impossible: dict[str, Any]):
    possible = [
        {"set_number": 1, "reps": 100, "weight": 500, "rir": 0},
        {"set_number": 2, "reps": 3600, "dose_kind": "seconds"},
        {"set_number": 3, "reps": 8, "weight": 1100, "unit": "lb"},
    ]
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)
        answers = [
            user.client.post(
                "/v1/workouts",
                json={
                    "started_at": "2026-03-01T09:00:00Z",
                    "exercises": [{"exercise_id": "plank", "position": 0, "sets": sets}],
                },
            )
            for sets in (possible, [{"set_number": 1, **impossible}])
        ]

    assert [answer.status_code for answer in answers] == [201, 422]


@pytest.mark.slow
def test_a_text_that_postgres_cannot_keep_is_the_callers_slip(
    postgres_database: DatabaseUnderTest,
):
    with a_service(postgres_database) as service:
        user = a_user(service)

        async def keep() -> None:
            async with service.storage.units.begin(user.user_id) as unit:
                await Allergies(unit, user.user_id).add(Allergy(allergen="a\0b"))

        portal = service.client.blocking_portal
        assert portal is not None
        with pytest.raises(BadInput, match="cannot be kept"):
            portal.call(keep)
