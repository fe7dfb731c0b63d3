"""One entry of each kind a day, sane, in the unit it was entered in."""

import pytest

from tests.fitsense_api.kit import DatabaseUnderTest, a_service, a_user
from tests.fitsense_api.people_kit import TODAY, tell


def test_a_day_is_kept_once_in_its_entered_unit(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        for weight in (160, 154):
            tell(user, "PUT", f"/v1/days/{TODAY}/weight", {"weight": weight, "unit": "lb"})
        for kcal in (2100, 2000):
            tell(user, "PUT", f"/v1/days/{TODAY}/calories", {"calories_consumed": kcal})
        tell(user, "PUT", f"/v1/days/{TODAY}/sleep", {"sleep_duration_hours": 7.25})

        days = user.client.get("/v1/days", params={"from": "2026-02-01", "to": TODAY}).json()

    assert len(days) == 1
    assert days[0]["weight_kg"] == pytest.approx(69.85)
    assert days[0]["entered_unit"] == "lb"
    assert days[0]["calories_consumed"] == 2000
    assert days[0]["sleep_duration_hours"] in (7.2, 7.3)


def test_a_jump_of_weight_is_asked_back_and_nonsense_is_refused(database: DatabaseUnderTest):
    place = f"/v1/days/{TODAY}/weight"
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "PUT", "/v1/days/2026-03-01/weight", {"weight": 70})

        asked = user.client.put(place, json={"weight": 154})
        taken = user.client.put(place, json={"weight": 154, "is_confirmed": True})
        refused = user.client.put(place, json={"weight": 1500})
        future = user.client.put("/v1/days/2026-03-09/weight", json={"weight": 70})

    assert asked.status_code == 409
    assert "unit" in asked.json()["detail"]
    assert taken.status_code == 200
    assert refused.status_code == 422
    assert future.status_code == 422


def test_an_entry_taken_back_can_be_put_again(database: DatabaseUnderTest):
    place, entry = f"/v1/days/{TODAY}/sleep", f"/v1/days/{TODAY}/entries/sleep"
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "PUT", place, {"sleep_duration_hours": 7})

        assert user.client.delete(entry).status_code == 204
        assert user.client.delete(entry).status_code == 404
        assert tell(user, "PUT", place, {"sleep_duration_hours": 8})["sleep_duration_hours"] == 8


def test_a_new_target_closes_the_one_before(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        for day, kcal in (("2026-01-01", 2200), ("2026-02-01", 2100), ("2026-02-01", 2050)):
            body = {"maintenance_calories": kcal, "effective_from": day}
            shown = tell(user, "PUT", "/v1/targets/calories", body)
        body = {"target_sleep_hours": 8, "effective_from": "2026-02-01"}
        tell(user, "PUT", "/v1/targets/sleep", body)
        early = {"maintenance_calories": 2000, "effective_from": "2025-12-01"}

        assert shown["maintenance_calories"] == 2050
        assert user.client.put("/v1/targets/calories", json=early).status_code == 422
        assert user.client.get("/v1/targets").json()["target_sleep_hours"] == 8
