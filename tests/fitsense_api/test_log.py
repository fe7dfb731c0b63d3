"""One line a request, with everything an operator needs and nothing a person wrote."""

import io
import json
from pathlib import Path

from fitsense_api.log import HIDDEN, json_log
from fitsense_api.plans import examples
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION
from tests.fitsense_api.fakes import BrokenWriter, CoachWriter, a_service

CANARY = "zanzibar"


def test_a_request_leaves_one_line(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        response = service.client.post("/v1/plans", json=examples.CREATE)

    (line,) = service.log_lines("request")
    assert line.pop("latency_ms") > 0
    assert line.pop("answer_ms") > 0
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": response.headers["x-request-id"],
        "method": "POST",
        "route": "/v1/plans",
        "status": 200,
        "prompt_type": "plan_creation",
        "planner": "student",
        "guard_path": "planner",
        "findings": [],
        "triage_level": "none",
        "category": None,
        "policy": "none",
        "model_version": "1",
        "release": "r0001",
        "prompt_version": PROMPT_VERSION,
        "wire_version": WIRE_VERSION,
        "rules_version": rules_version(),
        "catalogue_version": catalogue_version(),
    }


def test_nothing_a_person_wrote_reaches_the_log(tmp_path: Path) -> None:
    headers = {"x-request-id": CANARY, "cookie": f"session={CANARY}", "authorization": CANARY}
    bodies = [
        {**examples.CREATE, "note": CANARY},
        {**examples.CREATE, CANARY: 1},
        {**examples.CREATE, "lifts": {CANARY: 1}},
        {**examples.CREATE, "profile": {**examples.PROFILE, "sex": CANARY}},
    ]
    with a_service(tmp_path, BrokenWriter()) as service:
        for body in bodies:
            service.client.post("/v1/plans", json=body, headers=headers)
        service.client.get(f"/v1/exercises/{CANARY}?{CANARY}=1%0aforged", headers=headers)
        service.client.get(f"/{CANARY}%0d%0aforged")

    lines = service.log_lines("request")
    assert [line["status"] for line in lines] == [200, 422, 422, 422, 404, 404]
    assert [line["route"] for line in lines[-2:]] == ["/v1/exercises/{exercise_id}", "unmatched"]
    assert CANARY not in service.log.getvalue()
    assert "forged" not in service.log.getvalue()


def test_a_change_of_student_is_written_down(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        pass

    (line,) = service.log_lines("student_changed")
    assert (line["version_before"], line["version"]) == (None, "1")


def test_what_gives_access_is_hidden_wherever_it_stands() -> None:
    stream = io.StringIO()

    headers = {"Cookie": "a", "set-cookie": "b", "Authorization": "c", "accept": "json"}
    json_log(stream).info("x", headers=[headers], csrf_token="d", count_tokens=3)

    line = json.loads(stream.getvalue())
    assert line["headers"] == [
        {"Cookie": HIDDEN, "set-cookie": HIDDEN, "Authorization": HIDDEN, "accept": "json"}
    ]
    assert (line["csrf_token"], line["count_tokens"]) == (HIDDEN, 3)
