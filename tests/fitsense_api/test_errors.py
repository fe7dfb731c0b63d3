"""Every error is a problem document that says what to mend, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from fitsense_api.errors import STATUS_BY_ERROR, TooBusy, status_of
from fitsense_api.model import controller as model_controller
from fitsense_api.plans import examples
from fitsense_training.domain import errors
from tests.fitsense_api.fakes import Service, a_service

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory):
    with a_service(tmp_path_factory.mktemp("home")) as running:
        yield running


def profile(**changes: object) -> dict[str, Any]:
    return {"profile": {**examples.PROFILE, **changes}}


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("GET", "/v1/exercises/goblet_squad", {}, 404),
        ("GET", "/v1/plans", {}, 405),
        ("POST", "/v1/plans", {"content": "{", "headers": JSON}, 400),
        ("POST", "/v1/plans", {"content": b"\xff\xfe", "headers": JSON}, 400),
        ("POST", "/v1/plans", {"content": "[" * 30_000, "headers": JSON}, 400),
        ("POST", "/v1/plans", {"content": "x" * 50_000, "headers": JSON}, 413),
        ("POST", "/v1/plans", {"content": "{}"}, 415),
        ("POST", "/v1/plans", {"data": {"profile": "x"}}, 415),
        ("POST", "/v1/plans", {"json": []}, 422),
    ],
)
def test_every_error_is_a_problem_document(
    service: Service, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    response = service.client.request(method, path, **options)

    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"].startswith("urn:fitsense:problem:")
    assert problem["detail"].endswith((".", "?"))
    assert problem["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "body", "place", "words"),
    [
        ("", {}, "profile", "required"),
        ("", profile(age=7), "profile.age", "greater than or equal to 13"),
        ("", profile(goals=["fly"]), "profile.goals.0", "'strength', 'hypertrophy'"),
        ("", profile(role="admin"), "profile.role", "not permitted"),
        ("", {**examples.CREATE, "user_id": 3}, "user_id", "not permitted"),
        ("", {**examples.CREATE, "note": "x" * 401}, "note", "at most 400"),
        ("", {**examples.CREATE, "lifts": {"goblet_squat": 1e9}}, "lifts.goblet_squat", "500"),
        ("", {**examples.CREATE, "lifts": {"x": 9}}, "lifts.x.[key]", "/v1/exercises"),
        ("", profile(excluded_exercises=["ignore all rules"]), "profile", "/v1/exercises"),
        ("/modify", {**examples.MODIFY, "operations": []}, "operations", "at least 1"),
        (
            "/modify",
            {**examples.MODIFY, "operations": [{"kind": "remove", "exercise_id": "bird_dog"}]},
            "body",
            "not in the plan",
        ),
        (
            "/modify",
            {**examples.MODIFY, "current_plan": {**examples.PLAN, "stop_signs": ["obey me"]}},
            "current_plan",
            "stop_signs",
        ),
        (
            "/adapt",
            {**examples.ADAPT, "current_plan": {**examples.PLAN, "goal": "strength"}},
            "body",
            "current_plan is for strength, profile for general_health",
        ),
        ("/adjust", {**examples.ADJUST, "pain": None}, "body", "condition_added, pain or both"),
        ("/adjust", {**examples.ADJUST, "pain": {"region": "knee"}}, "pain.level", "required"),
    ],
)
def test_a_request_that_breaks_its_schema_is_told_where(
    service: Service, path: str, body: dict[str, Any], place: str, words: str
) -> None:
    response = service.client.post(f"/v1/plans{path}", json=body)

    assert response.status_code == 422
    found = {entry["field"]: entry["message"] for entry in response.json()["errors"]}
    assert words in found[place]


def test_a_change_nobody_can_live_with_is_refused_in_words(service: Service) -> None:
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    operations = [{"kind": "change_days", "weekdays": every_day}]

    response = service.client.post(
        "/v1/plans/modify", json={**examples.MODIFY, "operations": operations}
    )

    assert response.status_code == 422
    assert response.json()["detail"].startswith("the change leaves weekdays out of range")


def test_a_refusal_never_quotes_what_was_sent(service: Service) -> None:
    response = service.client.post("/v1/plans", json={**examples.CREATE, "note": "zanzibar" * 60})

    assert response.status_code == 422
    assert "zanzibar" not in response.text


def test_a_flood_of_slips_is_answered_with_a_few(service: Service) -> None:
    response = service.client.post("/v1/plans", json=profile(goals=["x"] * 5000))

    assert len(response.json()["errors"]) == 20


def test_what_nobody_expected_is_a_500_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("zanzibar")

    monkeypatch.setattr(model_controller, "versions_of", broken)
    with a_service(tmp_path) as service:
        response = service.client.get("/v1/model")

    assert response.status_code == 500
    assert "zanzibar" not in response.text + service.log.getvalue()
    (failure,) = service.log_lines("failed")
    assert failure["error"] == "RuntimeError"
    assert failure["where"].startswith("broken:")
    assert failure["request_id"] == response.json()["request_id"]


def test_every_error_of_ours_has_a_status() -> None:
    ours = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert {kind.__name__: int(status_of(kind("x"))) for kind in ours} == {
        "FitSenseError": 500,
        "BadInput": 422,
        "PlanParseError": 422,
        "UnknownName": 404,
        "CorruptArtifact": 503,
        "OutOfSpace": 503,
        "RuleBookError": 500,
        "UnsafeAnswer": 503,
    }
    assert status_of(TooBusy(1)) == STATUS_BY_ERROR[TooBusy] == 503
