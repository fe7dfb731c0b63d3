"""A person's plans: proposed with changes and reasons, decided by the person, never lost."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from tests.fitsense_api.kit import DatabaseUnderTest, KitService, User, a_service
from tests.fitsense_api.people_kit import a_screened_user, tell

PLANS = "/v1/programme/plans"
WISH = "/v1/programme/proposals"
KEY = {"idempotency-key": "a-key-of-its-own"}


def propose(user: User, path: str = WISH, **body: Any) -> dict[str, Any]:
    return tell(user, "POST", path, body)["revision"]


def accept(user: User, revision: dict[str, Any], **body: Any) -> dict[str, Any]:
    return tell(user, "POST", f"/v1/programme/revisions/{revision['id']}/accept", body)


@contextmanager
def a_follower(database: DatabaseUnderTest) -> Generator[tuple[KitService, User, dict[str, Any]]]:
    """A person who follows a first plan."""
    with a_service(database) as service:
        user = a_screened_user(service)
        yield service, user, accept(user, propose(user))


def a_swap(followed: dict[str, Any]) -> dict[str, Any]:
    line = followed["plan"]["sessions"][0]["prescriptions"][0]["exercise_id"]
    return {"operations": [{"kind": "swap", "exercise_id": line}]}


def test_an_accepted_proposal_is_the_plan_that_is_followed(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        proposed = propose(user, note="I like short sessions.", name="Spring")

        before = user.client.get("/v1/programme")
        accepted = accept(user, proposed)
        after = user.client.get("/v1/programme")

    assert proposed["state"] == "proposed"
    assert proposed["rules_version"]
    assert proposed["changes"] == []
    assert before.status_code == 404
    assert accepted["state"] == "accepted"
    assert after.json()["current"]["plan"] == proposed["plan"]
    assert after.json()["name"] == "Spring"


def test_a_key_sent_twice_gives_one_plan(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        answers = [user.client.post(WISH, json={}, headers=KEY) for _ in range(2)]
        other = user.client.post(WISH, json={"name": "x"}, headers=KEY)
        plans = user.client.get(PLANS).json()["items"]

    assert answers[0].status_code == answers[1].status_code == 201
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert other.status_code == 422
    assert len(plans) == 1


def test_a_change_is_shown_before_it_is_followed(database: DatabaseUnderTest):
    with a_follower(database) as (_, user, followed):
        place = f"{PLANS}/{followed['plan_id']}"
        proposed = propose(user, f"{place}/modify", **a_swap(followed))
        still = user.client.get("/v1/programme").json()["current"]["id"]
        rejected = tell(user, "POST", f"/v1/programme/revisions/{proposed['id']}/reject", {})
        again = user.client.post(f"/v1/programme/revisions/{proposed['id']}/accept", json={})

    assert proposed["parent_id"] == followed["id"] == still
    assert all(change["reason"] for change in proposed["changes"])
    assert any(change["kind"] == "line" for change in proposed["changes"])
    assert rejected["state"] == "rejected"
    assert again.status_code == 409


def test_a_part_of_a_proposal_can_be_accepted_and_taken_back(database: DatabaseUnderTest):
    with a_follower(database) as (_, user, followed):
        place = f"{PLANS}/{followed['plan_id']}"
        first, second = (
            item["exercise_id"] for item in followed["plan"]["sessions"][0]["prescriptions"][:2]
        )
        wishes = [{"kind": "swap", "exercise_id": name} for name in (first, second)]
        proposed = propose(user, f"{place}/modify", operations=wishes)
        wanted = next(c["id"] for c in proposed["changes"] if c["id"].endswith(first))
        partly = accept(user, proposed, change_ids=[wanted])
        back = tell(user, "POST", f"{place}/revert", {"revision_id": followed["id"]})
        history = user.client.get(f"{place}/revisions", params={"limit": 2}).json()

    lines = [item["exercise_id"] for item in partly["plan"]["sessions"][0]["prescriptions"]]
    assert first not in lines
    assert second in lines
    assert back["plan"] == followed["plan"]
    assert back["number"] == 3
    assert len(history["items"]) == 2
    assert history["next_cursor"]


def test_what_became_unsafe_is_not_accepted(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        proposed = propose(user)
        conditions = [{"condition": "cardiac_disease", "severity": "severe"}]
        tell(user, "PUT", "/v1/profile/conditions", {"conditions": conditions})

        answer = user.client.post(f"/v1/programme/revisions/{proposed['id']}/accept", json={})

    assert answer.status_code == 422
    assert "SCR01" in answer.json()["detail"]


def test_a_new_condition_is_kept_and_adjusts_the_plan(database: DatabaseUnderTest):
    told = {"condition": "hypertension", "severity": "mild", "is_cleared": True}
    with a_follower(database) as (_, user, followed):
        place = f"{PLANS}/{followed['plan_id']}"
        proposed = propose(user, f"{place}/adjust", condition_added=told)
        accepted = accept(user, proposed)
        kept = user.client.get("/v1/profile/conditions").json()["conditions"]

    assert accepted["state"] == "accepted"
    assert kept[0]["condition"] == "hypertension"


def test_days_that_were_asked_for_are_ones_days_once_accepted(database: DatabaseUnderTest):
    wish = {"operations": [{"kind": "change_days", "weekdays": ["tue", "sat"]}]}
    with a_follower(database) as (_, user, followed):
        proposed = propose(user, f"{PLANS}/{followed['plan_id']}/modify", **wish)
        before = user.client.get("/v1/profile").json()["weekdays"]
        accept(user, proposed)

        assert before == ["mon", "wed", "fri"]
        assert user.client.get("/v1/profile").json()["weekdays"] == ["tue", "sat"]


def test_who_saw_an_older_plan_changes_nothing(database: DatabaseUnderTest):
    with a_follower(database) as (service, user, followed):
        place = f"{PLANS}/{followed['plan_id']}"
        tag = user.client.get(place).headers["etag"]
        proposed = propose(user, f"{place}/modify", **a_swap(followed))
        other = propose(user, f"{place}/modify", **a_swap(followed))
        service.clock.move(seconds=1)
        accept(user, proposed)

        stale = user.client.post(
            f"{place}/modify", json=a_swap(followed), headers={"if-match": tag}
        )
        overtaken = user.client.post(f"/v1/programme/revisions/{other['id']}/accept", json={})
        not_removed = user.client.delete(place, headers={"if-match": tag})
        still_there = user.client.get(place)

    assert (stale.status_code, not_removed.status_code) == (412, 412)
    assert still_there.status_code == 200
    assert overtaken.status_code == 409


def test_plans_of_others_do_not_exist(database: DatabaseUnderTest):
    with a_follower(database) as (service, _, followed):
        bob = a_screened_user(service, "bob@example.org")
        place = f"{PLANS}/{followed['plan_id']}"

        assert bob.client.get(place).status_code == 404
        assert bob.client.post(f"{place}/adapt", json={}).status_code == 404
        assert bob.client.get(f"/v1/programme/revisions/{followed['id']}").status_code == 404
        revert = bob.client.post(f"{place}/revert", json={"revision_id": followed["id"]})
        assert revert.status_code == 404
        assert bob.client.get(PLANS).json()["items"] == []


def test_an_emergency_in_the_note_is_a_handoff_and_no_plan(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_screened_user(service)
        answer = user.client.post(WISH, json={"note": "I have crushing chest pain right now"})

        assert answer.status_code == 200
        assert answer.json()["revision"] is None
        assert answer.json()["answer"]["handoff"]["text"]
        assert user.client.get(PLANS).json()["items"] == []


def test_the_plan_that_is_followed_is_shown_over_the_weeks(database: DatabaseUnderTest):
    with a_follower(database) as (_, user, followed):
        found = user.client.get(f"{PLANS}/{followed['plan_id']}/weeks")
        wished = propose(user)
        early = user.client.get(f"{PLANS}/{wished['plan_id']}/weeks")

    weeks = found.json()["weeks"]
    assert [week["number"] for week in weeks] == [1, 2, 3, 4, 5]
    assert weeks[0]["plan"]["goal"] == followed["plan"]["goal"]
    assert early.status_code == 409
