"""A plan needs the whole person: what is missing is named, and what was told is kept."""

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.vocabulary import ScreeningState
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, a_service, a_user
from tests.fitsense_api.people_kit import ANSWERS, PROFILE, a_screened_user, tell


def test_what_is_missing_is_named_all_at_once(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "PUT", "/v1/profile", {**PROFILE, "sex": None})

        answer = user.client.get("/v1/profile/whole")

    assert answer.status_code == 422
    for word in ("sex", "goals", "weight", "screening"):
        assert word in answer.json()["detail"]
    assert "height" not in answer.json()["detail"]


def test_a_person_who_told_everything_is_whole(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)

        whole = user.client.get("/v1/profile/whole").json()

    assert whole["age"] == 35
    assert whole["goals"] == ["strength", "general_health"]
    assert whole["equipment"] == ["bench", "dumbbells"]
    assert whole["weight_kg"] == 70
    assert whole["has_symptoms"] is False


def test_a_warning_sign_in_screening_is_a_symptom_and_has_its_words(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)

        screened = tell(user, "POST", "/v1/screenings", {**ANSWERS, "has_chest_pain": True})
        whole = user.client.get("/v1/profile/whole").json()

    assert screened["state"] == "blocked"
    assert screened["text"]
    assert whole["has_symptoms"] is True


def test_answers_that_ask_for_light_work_reach_the_plan(database: DatabaseUnderTest):
    light = {**ANSWERS, "has_joint_problem": True, "follow_up_yes": False}
    with a_service(database) as service:
        user = a_screened_user(service)

        screened = tell(user, "POST", "/v1/screenings", light)
        whole = user.client.get("/v1/profile/whole").json()

    assert screened["state"] == "clear_light"
    assert [record["condition"] for record in whole["conditions"]] == ["other"]
    assert screen(Profile.model_validate(whole)).state is ScreeningState.CLEAR_LIGHT


def test_a_changed_condition_asks_for_screening_anew(database: DatabaseUnderTest):
    told = {"conditions": [{"condition": "hypertension", "cleared_on": "2026-02-01"}]}
    with a_service(database) as service:
        user = a_screened_user(service)
        tell(user, "PUT", "/v1/profile/conditions", told)

        before = user.client.get("/v1/profile/whole")
        tell(user, "POST", "/v1/screenings", ANSWERS)
        tell(user, "PUT", "/v1/profile/conditions", told)
        after = user.client.get("/v1/profile/whole")

    assert before.status_code == 422
    assert "screening" in before.json()["detail"]
    assert after.json()["conditions"] == [
        {"condition": "hypertension", "severity": "mild", "is_cleared": True}
    ]


def test_answers_are_too_old_after_a_year(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        service.clock.move(days=370)
        tell(user, "POST", "/v1/account/log-in", {"email": user.email, "password": PASSWORD})

        assert "too old" in user.client.get("/v1/profile/whole").json()["detail"]


def test_medicines_and_allergies_are_ones_own(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        medicine = tell(ada, "POST", "/v1/profile/medications", {"medication_name": "ibuprofen"})
        allergy = tell(ada, "POST", "/v1/profile/allergies", {"allergen": "latex"})

        place = f"/v1/profile/medications/{medicine['id']}"
        assert bob.client.delete(place).status_code == 404
        assert bob.client.get("/v1/profile/allergies").json() == []
        changed = tell(ada, "PUT", place, {"medication_name": "ibuprofen", "dosage": "200 mg"})
        assert changed["dosage"] == "200 mg"
        assert ada.client.delete(place).status_code == 204
        assert ada.client.delete(f"/v1/profile/allergies/{allergy['id']}").status_code == 204
        assert ada.client.get("/v1/profile/medications").json() == []
