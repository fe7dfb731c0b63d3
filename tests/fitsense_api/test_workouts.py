"""Workouts are kept once, as they were done, and linked to one's own plan alone."""

from typing import Any
from uuid import UUID, uuid5

from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, a_service, a_user
from tests.fitsense_api.people_kit import a_screened_user, tell

AT = "2026-03-02T08:00:00Z"
DEVICE = UUID(int=7)


def client_id(name: str) -> str:
    return str(uuid5(DEVICE, name))


def a_set(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"client_id": client_id(f"s{number}"), "set_number": number, "reps": 8, **fields}


def a_workout(*sets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    line = {
        "client_id": client_id("e"),
        "exercise_id": "goblet_squat",
        "position": 0,
        "sets": sets,
        **fields,
    }
    return {"client_id": client_id("w"), "started_at": AT, "exercises": [line]}


def sets_of(workout: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for line in workout["exercises"] for each in line["sets"]]


def test_what_a_device_sends_twice_is_kept_once_and_the_later_word_wins(
    database: DatabaseUnderTest,
):
    first = a_workout(a_set(1, weight=20, rir=2), a_set(2, weight=20))
    later = a_workout(a_set(1, weight=22.5, rir=1), a_set(2, weight=20), a_set(3))
    with a_service(database) as service:
        user = a_user(service)
        for body in (first, first, later):
            tell(user, "POST", "/v1/workouts/sync", {"workouts": [body]})
        kept = user.client.get("/v1/workouts").json()["items"]

    assert len(kept) == 1
    assert [each["set_number"] for each in sets_of(kept[0])] == [1, 2, 3]
    assert (sets_of(kept[0])[0]["weight_kg"], sets_of(kept[0])[0]["rir"]) == (22.5, 1)


def test_who_saw_an_older_workout_changes_no_part_of_it(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", a_workout(a_set(1), a_set(2)))
        line, (first, second) = workout["exercises"][0], sets_of(workout)
        place, of_line = f"/v1/workouts/{workout['id']}", f"/v1/workout-exercises/{line['id']}"
        seen = {"if-match": user.client.get(place).headers["etag"]}
        sets = [f"/v1/workout-sets/{each['id']}" for each in (first, second)]

        changed = user.client.put(sets[0], json=a_set(1, weight=30), headers=seen)
        stale = [
            user.client.put(sets[1], json=a_set(2, weight=30), headers=seen),
            *(user.client.delete(path, headers=seen) for path in (sets[1], of_line, place)),
        ]
        newer = {"if-match": changed.headers["etag"]}
        removed = user.client.delete(sets[1], headers=newer)
        kept = user.client.get(place)

    assert (changed.status_code, removed.status_code) == (200, 204)
    assert {answer.status_code for answer in stale} == {412}
    assert [each["weight_kg"] for each in sets_of(kept.json())] == [30]


def test_zero_is_a_value_and_nothing_told_is_nothing(database: DatabaseUnderTest):
    zeros = {"rir": 0, "rest_seconds": 0, "weight": 0, "reps": 0}
    with a_service(database) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", a_workout(a_set(1, **zeros), a_set(2)))

    first, second = sets_of(workout)
    assert [first[name] for name in ("rir", "rest_seconds", "weight_kg", "reps")] == [0, 0, 0, 0]
    assert [second[name] for name in ("rir", "rest_seconds", "weight_kg")] == [None, None, None]


def test_pounds_are_kept_as_kilos_and_as_pounds(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", a_workout(a_set(weight=45, unit="lb")))

    assert sets_of(workout)[0]["weight_kg"] == 20.41
    assert sets_of(workout)[0]["entered_unit"] == "lb"


def test_an_unknown_exercise_is_refused(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        answer = user.client.post("/v1/workouts", json=a_workout(exercise_id="flying"))

        assert answer.status_code == 422
        assert "exercises" in answer.text
        assert user.client.get("/v1/workouts").json()["items"] == []


def test_a_plan_of_another_is_refused(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_screened_user(service), a_user(service, "bob@example.org")
        proposed = tell(ada, "POST", "/v1/programme/proposals", {})["revision"]

        theirs = {**a_workout(), "plan_id": proposed["plan_id"]}
        assert bob.client.post("/v1/workouts", json=theirs).status_code == 404
        assert ada.client.post("/v1/workouts", json=theirs).status_code == 201


def test_sets_can_be_changed_deleted_and_numbered_again(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", a_workout(a_set(1), a_set(2)))
        line, (first, second) = workout["exercises"][0]["id"], sets_of(workout)
        place = f"/v1/workout-exercises/{line}/sets"

        changed = tell(user, "PUT", f"/v1/workout-sets/{first['id']}", {**a_set(1), "rir": 0})
        taken = user.client.post(place, json={"set_number": 2})
        assert user.client.delete(f"/v1/workout-sets/{second['id']}").status_code == 204
        added = tell(user, "POST", place, {"set_number": 2, "reps": 5})

    assert sets_of(changed)[0]["rir"] == 0
    assert taken.status_code == 409
    assert [each["reps"] for each in sets_of(added)] == [8, 5]


def test_a_deleted_workout_stays_in_the_bin_for_thirty_days(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        workout = tell(user, "POST", "/v1/workouts", a_workout(a_set()))
        place = f"/v1/workouts/{workout['id']}"
        tag = user.client.get(place).headers["etag"]
        stale = user.client.delete(place, headers={"if-match": '"older"'})
        assert user.client.delete(place, headers={"if-match": tag}).status_code == 204

        tell(user, "POST", "/v1/workouts/sync", {"workouts": [a_workout(a_set())]})
        assert user.client.get("/v1/workouts").json()["items"] == []
        assert len(user.client.get("/v1/workouts/bin").json()) == 1
        restored = tell(user, "POST", f"{place}/restore", {})
        user.client.delete(place)
        service.clock.move(days=29)
        tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})
        still = user.client.get("/v1/workouts/bin").json()
        service.clock.move(days=2)
        gone = user.client.post(f"{place}/restore", json={})

    assert stale.status_code == 412
    assert len(sets_of(restored)) == 1
    assert len(still) == 1
    assert gone.status_code == 404
