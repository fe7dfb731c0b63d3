"""Whatever the student does, a person is answered, safely, and told where the answer is from."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fitsense_api.config import ServiceConfig
from fitsense_api.plans import examples, handoffs
from fitsense_training import guard
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION
from fitsense_training.domain.vocabulary import PromptType, TemplateId
from tests.fitsense_api.fakes import (
    BrokenWriter,
    CoachWriter,
    GarbageWriter,
    HangingWriter,
    Service,
    UnsafeWriter,
    a_service,
)

BODIES = {
    "/v1/plans": examples.CREATE,
    "/v1/plans/modify": examples.MODIFY,
    "/v1/plans/adjust": examples.ADJUST,
    "/v1/plans/adapt": examples.ADAPT,
}


def ask(service: Service, path: str = "/v1/plans", **changes: object) -> dict[str, Any]:
    response = service.client.post(path, json={**BODIES[path], **changes})
    assert response.status_code == 200, response.text
    return response.json()


def the_coach_says(note: str = "") -> dict[str, Any]:
    request = PlanRequest(
        prompt_type=PromptType.PLAN_CREATION,
        profile=Profile.model_validate(examples.PROFILE),
        lifts=(("goblet_squat", 14.0),),
        note=note,
    )
    return coach(request).model_dump(mode="json")


@pytest.mark.parametrize("path", BODIES)
def test_the_student_answers_what_is_asked(tmp_path: Path, path: str) -> None:
    with a_service(tmp_path, writer := CoachWriter()) as service:
        answer = ask(service, path)

    assert answer["provenance"]["planner"] == "student"
    assert answer["provenance"]["guard_path"] == "planner"
    assert answer["plan"]["sessions"]
    assert answer["handoff"] is None
    assert len(writer.asked) == 1
    assert writer.asked[0].profile == Profile.model_validate(answer["profile"])


def test_an_answer_says_where_it_is_from(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        answer = ask(service)

    assert answer["provenance"] == {
        "model_version": "1",
        "release": "r0001",
        "cohorts": ["c0001", "c0002"],
        "data_version": "d" * 32,
        "prompt_version": PROMPT_VERSION,
        "wire_version": WIRE_VERSION,
        "rules_version": rules_version(),
        "catalogue_version": catalogue_version(),
        "planner": "student",
        "guard_path": "planner",
        "actions": [],
    }
    assert answer["notice"].startswith("No clinician has reviewed these rules")
    assert answer["latency_ms"] > 0


def test_an_answer_is_also_in_words(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        answer = ask(service)

    assert 3 <= len(answer["summary"]) <= 5
    assert answer["table"][0]["exercise"] == "Warm-up"
    assert any("chest" in sign for sign in answer["stop_signs"])
    assert answer["changes"] == []


def test_an_operation_changes_the_person_and_every_change_is_named(tmp_path: Path) -> None:
    operations = [{"kind": "change_minutes", "minutes": 30}]
    with a_service(tmp_path, writer := CoachWriter()) as service:
        answer = ask(service, "/v1/plans/modify", operations=operations)

    assert writer.asked[0].profile.session_minutes == 30
    assert answer["profile"]["session_minutes"] == 30
    assert answer["changes"]


def test_an_operation_that_a_rule_forbids_is_refused_and_the_rest_is_done(tmp_path: Path) -> None:
    operations = [
        {"kind": "add", "exercise_id": "barbell_back_squat"},
        {"kind": "change_minutes", "minutes": 30},
    ]
    with a_service(tmp_path, CoachWriter()) as service:
        answer = ask(service, "/v1/plans/modify", operations=operations)
        done = ask(service, "/v1/plans/modify", operations=operations[1:])

    (refused,) = answer["refused"]
    assert (refused["operation"]["exercise_id"], refused["rule_id"]) == (
        "barbell_back_squat",
        "STR06",
    )
    assert "equipment that is not there" in refused["detail"]
    assert answer["profile"]["session_minutes"] == 30
    assert done["refused"] == []


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ({"kind": "add", "exercise_id": "moon_walk"}, "not in the catalogue"),
        ({"kind": "swap", "exercise_id": "barbell_back_squat"}, "not in the plan"),
        ({"kind": "move_day", "weekdays": ["sun", "sat"]}, "no session on sun"),
        ({"kind": "move_day", "weekdays": ["mon"]}, "two weekdays"),
    ],
)
def test_an_operation_that_makes_no_sense_is_told(
    tmp_path: Path, operation: dict[str, object], told: str
) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        body = {**examples.MODIFY, "operations": [operation]}
        answer = service.client.post("/v1/plans/modify", json=body)

    assert answer.status_code == 422
    assert told in answer.text


def test_a_pain_eases_the_plan_and_says_why(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        answer = ask(service, "/v1/plans/adjust")

    assert any("Goblet squat" in change and "pain" in change for change in answer["changes"])


def test_a_condition_told_again_replaces_what_was_known(tmp_path: Path) -> None:
    worse = {"condition": "hypertension", "severity": "severe"}
    with a_service(tmp_path, writer := CoachWriter()) as service:
        answer = ask(service, "/v1/plans/adjust", pain=None, condition_added=worse)

    assert answer["profile"]["conditions"] == [{**worse, "is_cleared": False}]
    assert answer["handoff"]["template"] == "see_clinician"
    assert writer.asked == []


def test_a_person_with_a_warning_sign_gets_fixed_words(tmp_path: Path) -> None:
    with a_service(tmp_path, writer := CoachWriter()) as service:
        answer = ask(service, profile={**examples.PROFILE, "has_symptoms": True})

    assert answer["plan"] is None
    assert answer["handoff"] == {
        "template": "see_clinician",
        "text": handoffs.HANDOFFS[TemplateId.SEE_CLINICIAN],
    }
    assert answer["provenance"]["planner"] == "template"
    assert answer["table"] == answer["changes"] == []
    assert writer.asked == []


def test_every_fixed_text_is_there_and_short() -> None:
    assert set(handoffs.HANDOFFS) == set(TemplateId)
    assert all(len(text.split()) <= 120 for text in handoffs.HANDOFFS.values())


def test_an_unsafe_answer_is_never_shown(tmp_path: Path) -> None:
    with a_service(tmp_path, writer := UnsafeWriter()) as service:
        answer = ask(service, note="")

    assert len(writer.asked) == 1
    assert answer["plan"] == the_coach_says()
    assert answer["provenance"]["guard_path"] == "coach"
    assert "found GOAL1 (BLOCK)" in answer["provenance"]["actions"]


def test_unreadable_words_of_the_student_are_neither_shown_nor_logged(tmp_path: Path) -> None:
    with a_service(tmp_path, GarbageWriter()) as service:
        response = service.client.post("/v1/plans", json={**examples.CREATE, "note": "zanzibar"})

    assert response.json()["provenance"]["actions"] == ["unreadable"]
    assert response.json()["provenance"]["planner"] == "coach"
    assert "zanzibar" not in response.text + service.log.getvalue()


def test_a_student_that_breaks_brings_the_coach(tmp_path: Path) -> None:
    with a_service(tmp_path, BrokenWriter()) as service:
        answer = ask(service, note="zanzibar")

    assert answer["plan"] == the_coach_says("zanzibar")
    assert answer["provenance"]["actions"] == ["the student did not answer (RuntimeError)"]
    (failure,) = service.log_lines("failed")
    assert (failure["error"], failure["what"]) == ("RuntimeError", "answer by student")
    assert "zanzibar" not in service.log.getvalue()


def test_a_student_that_hangs_brings_the_coach_and_is_left_alone(tmp_path: Path) -> None:
    writer = HangingWriter()
    with a_service(tmp_path, writer, ServiceConfig(answer_timeout_s=0.1)) as service:
        first, second = ask(service), ask(service)
        while_stuck = service.client.get("/health/ready").json()
        writer.released.set()

    assert first["provenance"]["actions"] == ["the student did not answer (timeout)"]
    assert second["provenance"]["actions"] == ["the student did not answer (stuck)"]
    assert first["plan"] == second["plan"] == the_coach_says(examples.CREATE["note"])
    assert (while_stuck["status"], while_stuck["troubles"]) == ("degraded", ["student_stuck"])
    assert len(writer.asked) == 1


def test_who_finds_no_place_is_sent_away_at_once(tmp_path: Path) -> None:
    writer = HangingWriter()
    with (
        a_service(tmp_path, writer, ServiceConfig(places=1, answer_timeout_s=30)) as service,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(ask, service)
        assert writer.entered.wait(10)
        refused = service.client.post("/v1/plans", json=examples.CREATE)
        writer.released.set()
        answered = first.result(10)
        after = ask(service)

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["detail"] == "every place is taken: ask again in 1 s"
    assert answered["provenance"]["planner"] == after["provenance"]["planner"] == "student"


def test_without_a_student_the_coach_answers(tmp_path: Path) -> None:
    with a_service(tmp_path) as service:
        answer = ask(service)

    assert answer["plan"] == the_coach_says(examples.CREATE["note"])
    assert answer["provenance"]["model_version"] is None
    assert answer["provenance"]["planner"] == "coach"
    assert answer["provenance"]["actions"] == ["no student is served"]


def test_when_even_the_coach_breaks_fixed_words_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: PlanRequest) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(guard, "coach", broken)
    with a_service(tmp_path, GarbageWriter()) as service:
        answer = ask(service)

    assert answer["plan"] is None
    assert answer["handoff"]["template"] == "see_clinician"
    assert answer["provenance"]["planner"] == "template"
    assert [line["error"] for line in service.log_lines("failed")] == ["ZeroDivisionError"] * 2


def test_a_plan_is_laid_out_over_the_weeks(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        plan = ask(service)["plan"]
        body = {"profile": examples.PROFILE, "current_plan": plan}
        found = service.client.post("/v1/plans/weeks", json=body).json()
        short = service.client.post("/v1/plans/weeks", json={**body, "has_deload": False}).json()

    assert [week["kind"] for week in found["weeks"]] == ["loading"] * 4 + ["deload"]
    assert found["weeks"][0]["table"][0]["exercise"] == "Warm-up"
    assert found["weeks"][4]["summary"].startswith("Week 5: ")
    assert "clinician" in found["notice"]
    assert len(short["weeks"]) == 4


def test_a_plan_that_is_not_safe_is_not_laid_out(tmp_path: Path) -> None:
    body = {"profile": {**examples.PROFILE, "equipment": []}, "current_plan": examples.PLAN}
    with a_service(tmp_path, CoachWriter()) as service:
        answer = service.client.post("/v1/plans/weeks", json=body)

    assert answer.status_code == 422
    assert "not safe" in answer.json()["detail"]
