"""The exercises one may do, and what may stand in for those one may not."""

from typing import Any

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import Equipment
from tests.fitsense_api.kit import DatabaseUnderTest, User, a_service, a_user
from tests.fitsense_api.people_kit import ANSWERS, a_screened_user, tell

OWN = "/v1/programme/exercises"


def ids(user: User, **asked: Any) -> set[str]:
    answer = user.client.get(OWN, params=asked)
    assert answer.status_code == 200, answer.text
    return {card["exercise_id"] for card in answer.json()}


def stand_ins(user: User, exercise_id: str) -> dict[str, Any]:
    answer = user.client.get(f"{OWN}/{exercise_id}/stand-ins")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_ones_exercises_need_no_other_equipment_and_are_the_catalogue_at_most(
    database: DatabaseUnderTest,
):
    with a_service(database) as service:
        mine = ids(a_screened_user(service))

    have = frozenset({Equipment.DUMBBELLS, Equipment.BENCH})
    doable = {exercise.id for exercise in load_catalogue().doable_with(have)}
    assert "goblet_squat" in mine
    assert mine < doable


def test_what_is_excluded_or_ruled_out_by_a_condition_goes_and_something_stands_in(
    database: DatabaseUnderTest,
):
    with a_service(database) as service:
        user = a_screened_user(service)
        before = ids(user)
        told = user.client.get("/v1/profile").json()
        kept = {name: value for name, value in told.items() if name != "updated_at"}
        tell(user, "PUT", "/v1/profile", {**kept, "excluded_exercises": ["goblet_squat"]})
        conditions = {"conditions": [{"condition": "knee_osteoarthritis"}]}
        tell(user, "PUT", "/v1/profile/conditions", conditions)
        tell(user, "POST", "/v1/screenings", ANSWERS)
        after = ids(user)
        found = stand_ins(user, "goblet_squat")

    assert after < before
    assert "goblet_squat" not in after
    assert found["is_allowed"] is False
    names = [each["exercise"]["exercise_id"] for each in found["stand_ins"]]
    assert names
    assert len(names) == len(set(names))
    assert set(names) <= after


def test_one_movement_is_listed_alone(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        squats = ids(user, pattern="squat")

        assert "goblet_squat" in squats
        assert squats < ids(user)
        assert user.client.get(OWN, params={"pattern": "hop"}).status_code == 422


def test_who_is_not_screened_is_shown_none_and_told_why(database: DatabaseUnderTest):
    with a_service(database) as service:
        stranger = a_user(service).client
        answers = [stranger.get(path) for path in (OWN, f"{OWN}/goblet_squat/stand-ins")]
        unknown = a_screened_user(service, "bob@example.org").client.get(f"{OWN}/x/stand-ins")

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "/v1/profile" in answers[0].json()["detail"]
    assert unknown.status_code == 404


def test_for_whom_no_plan_is_made_no_exercise_is_listed(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        tell(user, "POST", "/v1/screenings", {**ANSWERS, "is_symptom_now": True})

        assert ids(user) == set()
        assert stand_ins(user, "goblet_squat")["stand_ins"] == []
