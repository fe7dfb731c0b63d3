"""One line a request, with everything an operator needs and nothing a person wrote."""

from pathlib import Path

from fitsense_api.plans import examples
from tests.fitsense_api.fakes import BrokenWriter, CoachWriter, a_service

CANARY = "zanzibar"


def test_a_request_leaves_one_line(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        response = service.client.post("/v1/plans", json=examples.CREATE)

    (line,) = service.log_lines("request")
    assert line.pop("latency_ms") > 0
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": response.headers["x-request-id"],
        "method": "POST",
        "route": "/v1/plans",
        "status": 200,
        "prompt_type": "plan_creation",
        "guard_path": "planner",
        "model_version": "1",
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
