"""Whatever makes something can be sent again under its key."""

from pathlib import Path
from typing import Any

from fitsense_api.app import create_app
from fitsense_api.config import ApiSettings
from fitsense_api.storage import Storage
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import FakeSource
from tests.fitsense_api.kit import DatabaseUnderTest, a_service
from tests.fitsense_api.people_kit import ANSWERS, a_screened_user

# Nobody is known yet, or the answer is a secret that is kept nowhere and so cannot be given again.
WITHOUT_A_KEY = {"SignUp", "CreateToken"}


def test_every_create_takes_a_key(tmp_path: Path):
    storage = Storage(ApiSettings(), tmp_path)
    app = create_app(Settings(home=tmp_path), FakeSource(), storage=storage)
    found: dict[str, bool] = {}
    paths: dict[str, dict[str, Any]] = app.openapi_schema.to_schema()["paths"]
    for methods in paths.values():
        for operation in methods.values():
            if "201" in operation["responses"]:
                named = {each["name"] for each in operation.get("parameters", ())}
                found[operation["operationId"]] = "Idempotency-Key" in named

    assert {name for name, takes_one in found.items() if not takes_one} == WITHOUT_A_KEY
    assert len(found) > len(WITHOUT_A_KEY) + 10


def test_a_create_that_comes_twice_under_its_key_happens_once(database: DatabaseUnderTest):
    line = {"exercise_id": "goblet_squat", "position": 0}
    with a_service(database) as service:
        user = a_screened_user(service)
        workout = user.client.post("/v1/workouts", json={"started_at": "2026-03-02T08:00:00Z"})
        place = f"/v1/workouts/{workout.json()['id']}"
        added = user.client.post(f"{place}/exercises", json=line).json()["exercises"][0]
        creates: tuple[tuple[str, Any], ...] = (
            ("/v1/profile/medications", {"medication_name": "ibuprofen"}),
            ("/v1/profile/allergies", {"allergen": "peanuts"}),
            ("/v1/screenings", ANSWERS),
            (f"{place}/exercises", {**line, "position": 1}),
            (f"/v1/workout-exercises/{added['id']}/sets", {"set_number": 1, "rir": 0}),
        )
        for number, (path, body) in enumerate(creates):
            key = {"idempotency-key": f"create-number-{number}"}
            answers = [user.client.post(path, json=body, headers=key) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [201, 201], path
            assert answers[0].json() == answers[1].json(), path

        assert len(user.client.get("/v1/profile/medications").json()) == 1
        assert len(user.client.get("/v1/profile/allergies").json()) == 1
        shown = user.client.get(place).json()["exercises"]
        assert [len(each["sets"]) for each in shown] == [1, 0]
        assert shown[0]["sets"][0]["rir"] == 0
