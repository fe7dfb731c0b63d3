"""What models answered, as reviewers search it: by state, version and time, never by person."""

from typing import Any

import pytest

from fitsense_api.accounts.roles import set_role
from fitsense_api.db.models.interactions import ContextType, ModelInteraction, Outcome
from fitsense_api.interactions.repository import search
from fitsense_api.interactions.schemas import Span, Wanted
from fitsense_api.operations.trail import Scribe
from fitsense_api.paging import Place
from fitsense_api.programme.repository import Interactions
from tests.fitsense_api.kit import DatabaseUnderTest, KitService, User, a_program, a_service, a_user
from tests.fitsense_api.kit import a_token as a_token_of
from tests.fitsense_api.people_kit import a_screened_user, tell

SEARCH = "/v1/admin/interactions"


def run(service: KitService, work: Any, *arguments: Any) -> Any:
    portal = service.client.blocking_portal
    assert portal is not None
    return portal.call(work, *arguments)


def a_reviewer(service: KitService, role: str = "reviewer") -> User:
    user = a_user(service, f"{role}@example.org")
    scribe = Scribe(service.storage.trail)
    run(service, set_role, service.storage.units, user.email, role, scribe)
    return user


def answered(service: KitService, user: User, name: str, **facts: Any) -> None:
    """A trace of one answer, an hour after the one before, told apart by its request id."""
    service.clock.move(hours=1)

    async def keep() -> None:
        async with service.storage.units.begin(user.user_id) as unit:
            known = {
                "context_type": ContextType.PLAN, "query_text": "my knee hurts",
                "response_text": "rest it", "model_name": "student", "model_version": "3",
                "release": "r0003", "prompt_version": "4", "rules_version": "4d23",
                "catalogue_version": "9f0c", "guard_path": "planner", "findings": [],
                "outcome": Outcome.PROPOSED, "latency_ms": 48, "request_id": name,
            }  # fmt: skip
            await Interactions(unit, user.user_id).add(ModelInteraction(**{**known, **facts}))

    run(service, keep)


def some_answers(service: KitService) -> None:
    """Four answers to two people."""
    ada, bob = a_user(service), a_user(service, "bob@example.org")
    answered(service, ada, "first", findings=["VOL04", "STR05"])
    answered(service, bob, "second", guard_path="repaired", findings=["STR05"])
    answered(service, ada, "third", model_name="coach", guard_path="coach", model_version="4")
    answered(service, bob, "fourth", model_name="template", outcome=Outcome.HANDOFF)


def found(reviewer: User, **asked: Any) -> list[str]:
    answer = reviewer.client.get(SEARCH, params=asked)
    assert answer.status_code == 200, answer.text
    return [item["request_id"] for item in answer.json()["items"]]


def test_reviewers_find_answers_by_state_version_and_time(database: DatabaseUnderTest):
    with a_service(database) as service:
        reviewer = a_reviewer(service)
        began = service.clock.now
        some_answers(service)

        assert found(reviewer) == ["fourth", "third", "second", "first"]
        assert found(reviewer, planner="coach") == ["third"]
        assert found(reviewer, guard_path="repaired") == ["second"]
        assert found(reviewer, outcome="handoff") == ["fourth"]
        assert found(reviewer, finding="STR05") == ["second", "first"]
        assert found(reviewer, finding="STR0") == []
        assert found(reviewer, model_version="3", planner="student") == ["second", "first"]
        at = [began.replace(hour=began.hour + hours).isoformat() for hours in (2, 4)]
        assert found(reviewer, **{"from": at[0], "to": at[1]}) == ["third", "second"]
        assert found(reviewer, **{"from": at[0], "finding": "VOL04"}) == []


def test_an_answer_is_shown_without_its_person_and_their_words(database: DatabaseUnderTest):
    with a_service(database) as service:
        reviewer, asked = a_reviewer(service), a_screened_user(service)
        answered(service, asked, "told")
        tell(
            asked, "POST", "/v1/programme/proposals", {"name": "Spring", "note": "my wrist clicks"}
        )
        shown = reviewer.client.get(SEARCH)

    assert [item["outcome"] for item in shown.json()["items"]] == ["proposed", "proposed"]
    for personal in ("knee", "rest it", "wrist", "Spring", "example.org", str(asked.user_id)):
        assert personal not in shown.text


def test_pages_of_answers_follow_each_other(database: DatabaseUnderTest):
    with a_service(database) as service:
        reviewer = a_reviewer(service)
        some_answers(service)
        seen: list[str] = []
        asked: dict[str, Any] = {"limit": 3, "model_version": "3"}
        while True:
            page = reviewer.client.get(SEARCH, params=asked).json()
            seen += [item["request_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
            asked["limit"] = 1

    assert seen == ["fourth", "second", "first"]


def test_reviewers_and_admins_search_and_nobody_else(database: DatabaseUnderTest):
    with a_service(database) as service:
        reviewer, admin = a_reviewer(service), a_reviewer(service, "admin")
        person = a_user(service)
        program = a_program(service, a_token_of(reviewer, "read")["token"])

        # Without an operator's token in the settings, strangers find nothing here at all.
        askers = (reviewer.client, admin.client, person.client, program, service.client)
        assert [asker.get(SEARCH).status_code for asker in askers] == [200, 200, 404, 404, 404]
        assert reviewer.client.get("/v1/admin/audit").status_code == 404


def test_a_search_that_makes_no_sense_is_told_so(database: DatabaseUnderTest):
    with a_service(database) as service:
        reviewer = a_reviewer(service)
        wrong = (
            {"planner": "a wizard"},
            {"guard_path": "x"},
            {"from": "2026-03-02T09:00:00"},
            {"from": "yesterday"},
            {"cursor": "x"},
            {"finding": ""},
        )

        assert {reviewer.client.get(SEARCH, params=asked).status_code for asked in wrong} == {422}


@pytest.mark.slow
def test_postgres_shows_answers_to_a_review_alone(postgres_database: DatabaseUnderTest):
    with a_service(postgres_database) as service:
        some_answers(service)

        async def count(*, reviews: bool) -> int:
            async with service.storage.units.begin(writes=False) as unit:
                if reviews:
                    page = await search(unit, Wanted(), Span(), Place.of(None, 10))
                    return len(page.items)
                rows = await unit.session.scalars(ModelInteraction.__table__.select())
                return len(rows.all())

        assert run(service, lambda: count(reviews=False)) == 0
        assert run(service, lambda: count(reviews=True)) == 4
