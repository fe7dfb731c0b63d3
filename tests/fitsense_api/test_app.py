"""What the service offers, and how it says how well it is."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from litestar.testing import TestClient

from fitsense_api import app
from fitsense_api.app import create_app
from fitsense_api.config import ServiceConfig
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import RuleBookError
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import CoachWriter, FakeSource, a_champion, a_service


def test_the_operations_are_these(tmp_path: Path) -> None:
    schema = create_app(Settings(home=tmp_path), FakeSource()).openapi_schema.to_schema()

    found = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    assert found == {
        "CreatePlan": "POST /v1/plans",
        "ModifyPlan": "POST /v1/plans/modify",
        "AdjustPlan": "POST /v1/plans/adjust",
        "AdaptPlan": "POST /v1/plans/adapt",
        "PlanWeeks": "POST /v1/plans/weeks",
        "StartPlanJob": "POST /v1/plans/jobs",
        "GetPlanJob": "GET /v1/plans/jobs/{job_id}",
        "FollowPlanJob": "GET /v1/plans/jobs/{job_id}/events",
        "CancelPlanJob": "DELETE /v1/plans/jobs/{job_id}",
        "GetModel": "GET /v1/model",
        "GetModelStatus": "GET /v1/admin/model",
        "ReloadModel": "POST /v1/admin/model/reload",
        "SetKillSwitch": "PUT /v1/admin/model/switch",
        "CompareWithTeacher": "POST /v1/admin/model/compare",
        "GetMetrics": "GET /metrics",
        "ListExercises": "GET /v1/exercises",
        "GetExercise": "GET /v1/exercises/{exercise_id}",
        "GetLive": "GET /health/live",
        "GetReady": "GET /health/ready",
    }


def test_every_plan_operation_shows_an_example_and_its_problems(tmp_path: Path) -> None:
    schema = create_app(Settings(home=tmp_path), FakeSource()).openapi_schema.to_schema()

    for path, methods in schema["paths"].items():
        if path.startswith("/v1/plans") and "jobs" not in path:
            body = methods["post"]["requestBody"]["content"]["application/json"]
            assert body["schema"]["examples"][0]["profile"]
            assert set(methods["post"]["responses"]) == {
                "200", "400", "408", "413", "415", "422", "429", "500", "503",
            }  # fmt: skip
    lifts = schema["components"]["schemas"]["CreatePlan"]["properties"]["lifts"]
    assert (lifts["type"], lifts["additionalProperties"]) == ("object", {"type": "number"})


def test_the_documents_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    with a_service(tmp_path) as service:
        texts = [service.client.get(f"/schema/openapi.{kind}").text for kind in ("json", "yaml")]
        pages = [
            service.client.get(f"/schema{page}").text
            for page in ("", "/swagger", "/redoc", "/scalar", "/elements", "/rapidoc")
        ]

    assert all("CreatePlan" in text for text in texts)
    assert all("<script" not in page and "https://" not in page for page in pages)


def test_the_model_card_names_bundle_and_origin(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        card = service.client.get("/v1/model").json()
        champion = service.source.found

    assert champion is not None
    assert card["bundle_sha256"] == champion.bundle_sha256
    assert (card["model_version"], card["release"], card["base"]) == ("1", "r0001", "scratch")


def test_the_catalogue_is_there_in_order(tmp_path: Path) -> None:
    with a_service(tmp_path) as service:
        cards = service.client.get("/v1/exercises").json()
        one = service.client.get("/v1/exercises/goblet_squat").json()

    assert [card["exercise_id"] for card in cards] == [e.id for e in load_catalogue()]
    assert one in cards
    assert one["equipment_options"] == [["dumbbells"], ["kettlebell"]]


def test_readiness_tells_ready_from_degraded_from_coach_only(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        ready = service.client.get("/health/ready")
    down = FakeSource(is_down=True)
    with TestClient(create_app(Settings(home=tmp_path / "new"), down)) as client:
        alone = client.get("/health/ready")
        live = client.get("/health/live")

    assert (ready.status_code, ready.json()) == (
        200,
        {
            "status": "ready",
            "planner": "student",
            "model_version": "1",
            "troubles": [],
            "count_taken": 0,
            "count_jobs": 0,
        },
    )
    assert (alone.status_code, alone.json()["status"]) == (200, "coach_only")
    assert alone.json()["troubles"] == ["registry_unreachable"]
    assert live.json() == {"status": "live"}


@pytest.mark.slow
def test_importing_the_service_brings_nothing_heavy() -> None:
    heavy = "mlflow, torch, transformers, dagster, duckdb, polars, onnxruntime, litellm"
    code = (
        "import sys, fitsense_api.app, fitsense_api.server\n"
        f"print([name for name in '{heavy}'.split(', ') if name in sys.modules])"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert found.stdout.decode().strip() == "[]"


def test_a_running_service_follows_the_alias(tmp_path: Path) -> None:
    config = ServiceConfig(refresh_s=0.01)
    with a_service(tmp_path, CoachWriter(), config) as service:
        service.source.found = a_champion(tmp_path, "2", "r0002")
        deadline = time.monotonic() + 10
        while (card := service.client.get("/v1/model").json())["model_version"] != "2":
            assert time.monotonic() < deadline

    assert card["release"] == "r0002"


def test_rules_that_contradict_themselves_stop_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contradictory(_: object) -> None:
        raise RuleBookError("rules/goals.yaml: the range is reversed")

    monkeypatch.setattr(app, "coach", contradictory)

    with pytest.raises(RuleBookError):
        create_app(Settings(home=tmp_path), FakeSource())
