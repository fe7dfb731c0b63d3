"""Nobody under 18 gets a plan before a guardian agrees, and nothing of a child is kept."""

import hashlib

import pytest

from fitsense_api.consent.texts import TEXTS
from tests.fitsense_api.kit import DatabaseUnderTest, User, a_service, a_user
from tests.fitsense_api.people_kit import PROFILE, a_screened_user, tell

WISH = "/v1/programme/proposals"
CONSENT = {
    "purpose": "guardian",
    "version": "1",
    "given_by": "Annabella Byron",
    "relation": "parent",
    "is_agreed": True,
}


def make_minor(user: User) -> None:
    """From now on the person is 15."""
    tell(user, "PUT", "/v1/profile", {**PROFILE, "date_of_birth": "2010-06-01"})
    tell(user, "POST", "/v1/screenings", {"answered_on": "2026-03-02", "age": 15})


def test_a_minor_gets_a_plan_while_a_guardian_agrees_and_no_longer(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        make_minor(user)

        before = user.client.post(WISH, json={})
        text = user.client.get("/v1/consents/texts").json()[0]
        given = tell(user, "POST", "/v1/consents", {**CONSENT, "version": text["version"]})
        proposal = tell(user, "POST", WISH, {})["revision"]
        withdrawn = tell(user, "POST", f"/v1/consents/{given['id']}/withdraw", {})
        after = user.client.post(WISH, json={})
        accepted = user.client.post(f"/v1/programme/revisions/{proposal['id']}/accept", json={})
        history = user.client.get("/v1/consents").json()
        told = service.log.getvalue()

    assert before.status_code == after.status_code == accepted.status_code == 422
    assert "guardian must agree" in before.json()["detail"]
    assert given["given_by"] == "Annabella Byron"
    assert given["given_at"] == "2026-03-02T09:00:00Z"
    assert given["is_open"]
    assert proposal["plan"]
    assert not withdrawn["is_open"]
    assert history == [withdrawn]
    assert '"action": "give_consent"' in told
    assert '"action": "withdraw_consent"' in told
    assert "Annabella" not in told


def test_a_consent_is_given_once_and_can_be_given_again_after_its_end(database: DatabaseUnderTest):
    key = {"idempotency-key": "consent-of-ada"}
    with a_service(database) as service:
        user = a_screened_user(service)
        make_minor(user)
        given, again = (tell(user, "POST", "/v1/consents", CONSENT, headers=key) for _ in range(2))
        twice = user.client.post("/v1/consents", json=CONSENT)
        tell(user, "POST", f"/v1/consents/{given['id']}/withdraw", {})
        service.clock.move(minutes=1)
        anew = tell(user, "POST", "/v1/consents", CONSENT)

    assert again == given
    assert twice.status_code == 409
    assert anew["id"] != given["id"]


def test_nobody_agrees_for_an_adult_or_to_a_text_they_did_not_read(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        adult = user.client.post("/v1/consents", json=CONSENT)
        make_minor(user)
        other = user.client.post("/v1/consents", json={**CONSENT, "version": "0"})
        unsaid = user.client.post("/v1/consents", json={**CONSENT, "is_agreed": False})

    assert adult.status_code == other.status_code == unsaid.status_code == 422
    assert "18 or over" in adult.json()["detail"]
    assert "version 1" in other.json()["detail"]


def test_a_consent_of_another_does_not_exist(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada = a_screened_user(service)
        make_minor(ada)
        given = tell(ada, "POST", "/v1/consents", CONSENT)
        bob = a_user(service, "bob@example.org")

        assert bob.client.get("/v1/consents").json() == []
        withdraw = bob.client.post(f"/v1/consents/{given['id']}/withdraw", json={})
        assert withdraw.status_code == 404


@pytest.mark.parametrize("born", ["2013-03-03", "2027-01-01"])
def test_nothing_of_a_child_is_kept(tmp_path, born: str):
    from fitsense_api.config import ApiSettings

    with a_service(DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))) as service:
        user = a_user(service)
        refused = user.client.put("/v1/profile", json={**PROFILE, "date_of_birth": born})

        assert refused.status_code == 422
        assert user.client.get("/v1/profile").status_code == 404


def test_a_text_never_changes_under_its_version():
    known = {("guardian", "1"): "e17f82d8a3d79e78"}

    found = {
        (each.purpose.value, each.version): hashlib.sha256(each.text.encode()).hexdigest()[:16]
        for each in TEXTS
    }
    assert found == known
