"""A profile is kept for its owner alone."""

from tests.fitsense_api.kit import DatabaseUnderTest, a_service, a_user

BODY = {"sex": "female", "height_cm": 170.25, "weekdays": ["mon", "thu"], "session_minutes": 45}


def test_a_profile_comes_back_as_it_was_put(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)

        assert user.client.get("/v1/profile").status_code == 404
        put = user.client.put("/v1/profile", json=BODY)
        got = user.client.get("/v1/profile")

    assert put.status_code == 200, put.text
    assert got.json()["weekdays"] == ["mon", "thu"]
    assert got.json()["height_cm"] in (170.2, 170.3)
    assert put.headers["etag"] == got.headers["etag"]


def test_two_people_see_their_own_profile_alone(database: DatabaseUnderTest):
    with a_service(database) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        ada.client.put("/v1/profile", json=BODY)

        assert bob.client.get("/v1/profile").status_code == 404
        assert ada.client.get("/v1/profile").status_code == 200
        assert service.client.get("/v1/profile").status_code == 401


def test_an_older_etag_changes_nothing(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        tag = user.client.put("/v1/profile", json=BODY).headers["etag"]
        service.clock.move(seconds=1)
        user.client.put("/v1/profile", json={**BODY, "session_minutes": 60})

        stale = user.client.put("/v1/profile", json=BODY, headers={"if-match": tag})

        assert stale.status_code == 412
        assert user.client.get("/v1/profile").json()["session_minutes"] == 60
