"""What a person's words call for, jobs, the operator's levers, and what is counted."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from pydantic import SecretStr

from fitsense_api.app import create_app
from fitsense_api.config import ServiceConfig
from fitsense_api.operations.tracing import tracing_plugins
from fitsense_api.plans import examples
from fitsense_api.plans.conversations import RememberedConversations
from fitsense_api.student.shelf import Shelf
from fitsense_api.student.switch import FILE, FileSwitchStore
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.text.templates import render, text_for
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import (
    CoachWriter,
    FakeSource,
    HangingWriter,
    Service,
    a_champion,
    a_service,
)

TOKEN = "t" * 32
OPERATOR = {"authorization": f"Bearer {TOKEN}"}
TALK = "c" * 20


def ask(service: Service, path: str = "/v1/plans", **changes: object) -> dict[str, Any]:
    body = examples.CREATE if path == "/v1/plans" else examples.ADJUST
    response = service.client.post(path, json={**body, **changes})
    assert response.status_code == 200, response.text
    return response.json()


def an_operated_client(folder: Path) -> TestClient[Any]:
    shelf = Shelf(folder / "serving", lambda _: CoachWriter())
    settings = Settings(home=folder, admin_token=SecretStr(TOKEN))
    return TestClient(create_app(settings, FakeSource(a_champion(folder)), shelf=shelf))


def test_an_emergency_is_answered_by_its_text_and_no_training(tmp_path: Path) -> None:
    note = "crushing chest pain into my arm right now, please give me a plan"
    with a_service(tmp_path, writer := CoachWriter()) as service:
        answer = ask(service, note=note, country="GB")

    assert answer["handoff"]["template"] == "emergency"
    assert "999" in answer["handoff"]["text"]
    assert answer["plan"] is None
    assert answer["summary"] == answer["table"] == answer["advice"]["hints"] == []
    assert answer["advice"]["level"] == "E0"
    assert writer.asked == []


def test_a_lasting_pain_that_is_reported_has_its_text_beside_the_plan(tmp_path: Path) -> None:
    note = "my knee pain is 6/10 for three weeks"
    found = triage(note)
    with a_service(tmp_path, CoachWriter()) as service:
        answer = ask(service, "/v1/plans/adjust", note=note)

    assert found.level == answer["advice"]["level"] == "E2"
    assert answer["plan"] is not None
    assert answer["advice"]["text"] == text_for(found)


def test_a_flag_stays_when_the_conversation_moves_on(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        ask(service, note="I have chest pain right now", conversation_id=TALK)
        later = ask(service, note="I like short sessions.", conversation_id=TALK)
        other = ask(service, note="I like short sessions.", conversation_id="d" * 20)

    assert later["handoff"]["template"] == "emergency"
    assert later["handoff"]["text"] == render("e0.cardiac")
    assert later["advice"]["questions"]
    assert other["plan"] is not None


def test_what_a_note_tells_is_asked_about_again(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        young = ask(service, note="I am 15 years old and want to get strong")
        sugar = ask(service, note="I have type 2 diabetes")

    assert young["advice"]["asks_age"] is True
    assert "under 18" in young["advice"]["hints"][0]
    assert sugar["advice"]["conditions_to_screen"] == list(
        triage("I have type 2 diabetes").told_conditions
    )
    assert sugar["advice"]["conditions_to_screen"]


def test_calm_conversations_are_forgotten_before_flagged_ones() -> None:
    async def scene() -> None:
        kept = RememberedConversations(lambda: 0.0, kept_max=2)
        await kept.turn("flagged", "I have chest pain right now")
        for name in ("calm1", "calm2", "calm3"):
            await kept.turn(name, "hello")

        assert len(kept) == 2
        assert (await kept.turn("flagged", "hello")).level == "E0"

    asyncio.run(scene())


def test_a_conversation_store_that_fails_gives_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(RememberedConversations, "turn", broken)
    with a_service(tmp_path, CoachWriter()) as service:
        body = {**examples.CREATE, "conversation_id": TALK}
        response = service.client.post("/v1/plans", json=body)

    assert response.status_code == 503


def test_a_job_is_started_followed_and_fetched(tmp_path: Path) -> None:
    writer = HangingWriter()
    with a_service(tmp_path, writer) as service, ThreadPoolExecutor(1) as pool:
        started = service.client.post("/v1/plans/jobs", json=examples.JOB)
        address = started.headers["location"]
        assert writer.entered.wait(10)
        while_written = service.client.get(address).json()
        following = pool.submit(service.client.get, f"{address}/events")
        writer.released.set()
        events = following.result(10)
        done = service.client.get(address).json()

    assert started.status_code == 202
    assert while_written["state"] in {"queued", "writing"}
    assert events.headers["content-type"].startswith("text/event-stream")
    last = events.text.strip().replace("\r", "").split("\n\n")[-1].split("\n")
    assert last == ["event: end", 'data: {"state":"done","count_tokens":0}']
    assert done["state"] == "done"
    assert done["answer"]["plan"]["sessions"]


def test_a_cancelled_job_frees_its_place(tmp_path: Path) -> None:
    writer = HangingWriter()
    with a_service(tmp_path, writer, ServiceConfig(job_places=1)) as service:
        first = service.client.post("/v1/plans/jobs", json=examples.JOB)
        assert writer.entered.wait(10)
        refused = service.client.post("/v1/plans/jobs", json=examples.JOB)
        cancelled = service.client.delete(first.headers["location"]).json()
        again = service.client.post("/v1/plans/jobs", json=examples.JOB)
        strange = service.client.get("/v1/plans/jobs/nobody")
        writer.released.set()

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert cancelled["state"] == "cancelled"
    assert again.status_code == 202
    assert strange.status_code == 404


def test_operators_need_the_token_and_without_one_there_is_nothing(tmp_path: Path) -> None:
    with a_service(tmp_path / "open") as service:
        hidden = service.client.get("/v1/admin/model", headers=OPERATOR)
        assert service.client.get("/metrics").status_code == 200
    with an_operated_client(tmp_path) as client:
        refused = client.get("/v1/admin/model")
        wrong = client.get("/metrics", headers={"authorization": "Bearer x"})
        status = client.get("/v1/admin/model", headers=OPERATOR)

    assert [hidden.status_code, refused.status_code, wrong.status_code] == [404, 401, 401]
    assert refused.headers["www-authenticate"] == "Bearer"
    assert (status.json()["model_version"], status.json()["troubles"]) == ("1", [])


def test_the_kill_switch_brings_the_coach_and_outlives_the_process(tmp_path: Path) -> None:
    move = {"is_coach_only": True, "reason": "it swaps too much"}
    with an_operated_client(tmp_path) as client:
        moved = client.put("/v1/admin/model/switch", json=move, headers=OPERATOR)
        answer = client.post("/v1/plans", json=examples.CREATE).json()
    with an_operated_client(tmp_path / "x") as other:
        assert other.get("/health/ready").json()["status"] == "ready"
    with a_service(tmp_path) as again:
        ready = again.client.get("/health/ready").json()

    assert moved.json()["is_coach_only"] is True
    assert answer["provenance"]["planner"] == "coach"
    assert answer["provenance"]["actions"] == ["the student is switched off"]
    assert (ready["status"], ready["troubles"]) == ("coach_only", ["switched_to_coach"])


def test_a_switch_that_cannot_be_read_stands_at_coach_only(tmp_path: Path) -> None:
    folder = tmp_path / "serving"
    folder.mkdir()
    (folder / FILE).write_text("tampered")
    with a_service(tmp_path, CoachWriter()) as service:
        ready = service.client.get("/health/ready").json()

    assert ready["troubles"] == ["switched_to_coach", "switch_unreadable"]
    assert FileSwitchStore(folder) is not None


def test_the_teacher_is_asked_the_same(tmp_path: Path) -> None:
    with an_operated_client(tmp_path) as client:
        found = client.post("/v1/admin/model/compare", json=examples.JOB, headers=OPERATOR).json()

    assert (found["planner"]["planner"], found["teacher"]["planner"]) == ("student", "coach")
    assert found["planner"]["plan"] == found["teacher"]["plan"] is not None
    assert found["changes"] == []


def test_a_reload_opens_the_champion_anew(tmp_path: Path) -> None:
    opened: list[Path] = []

    def open_writer(place: Path) -> CoachWriter:
        opened.append(place)
        return CoachWriter()

    settings = Settings(home=tmp_path, admin_token=SecretStr(TOKEN))
    shelf = Shelf(tmp_path / "serving", open_writer)
    with TestClient(create_app(settings, FakeSource(a_champion(tmp_path)), shelf=shelf)) as client:
        status = client.post("/v1/admin/model/reload", json={}, headers=OPERATOR)

    assert status.json()["model_version"] == "1"
    assert len(opened) == 2


def test_answers_refusals_and_states_are_counted(tmp_path: Path) -> None:
    with a_service(tmp_path, CoachWriter()) as service:
        ask(service)
        ask(service)
        text = service.client.get("/metrics").text

    assert 'fitsense_answer_seconds_count{planner="student",prompt_type="plan_creation"} 2' in text
    assert 'fitsense_guard_outcomes_total{path="planner"} 2' in text
    assert 'route="/v1/plans",status="200"' in text
    assert 'fitsense_model_info{planner="student",release="r0001",version="1"} 1' in text
    # A batch is counted once its rows are answered: the first is when the second is written.
    assert re.search(r"^fitsense_batch_rows_count [12]\.0$", text, re.MULTILINE)


def test_coach_and_remote_planners_are_chosen_by_the_settings(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path, planner="coach"), FakeSource())) as client:
        answer = client.post("/v1/plans", json=examples.CREATE).json()
        assert client.get("/health/ready").json()["status"] == "ready"
    with pytest.raises(BadInput, match="FITSENSE_PLANNER_API_BASE"):
        create_app(Settings(home=tmp_path, planner="openai/coach-7b"), FakeSource())

    assert answer["provenance"]["planner"] == "coach"
    assert answer["provenance"]["guard_path"] == "planner"


def test_a_swap_under_load_drops_nobody(tmp_path: Path) -> None:
    with (
        a_service(tmp_path, CoachWriter(), ServiceConfig(refresh_s=0.01, places=64)) as service,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = [pool.submit(ask, service) for _ in range(20)]
        service.source.found = a_champion(tmp_path, "2", "r0002")
        answers += [pool.submit(ask, service) for _ in range(60)]
        made = [answer.result(30)["provenance"] for answer in answers]
        later = (ask(service)["provenance"]["model_version"] for _ in range(1000))
        is_swapped = "2" in later

    assert {each["planner"] for each in made} == {"student"}
    assert {each["model_version"] for each in made} <= {"1", "2"}
    assert is_swapped


def test_traces_are_off_and_an_unknown_exporter_is_told(tmp_path: Path) -> None:
    assert tracing_plugins(Settings(home=tmp_path)) == ()
    with pytest.raises(BadInput, match="no such exporter is installed"):
        tracing_plugins(Settings(home=tmp_path, trace_exporter="nowhere"))


def test_every_log_line_is_json_also_the_audit(tmp_path: Path, capsys: Any) -> None:
    move = {"is_coach_only": False, "reason": "better again"}
    with an_operated_client(tmp_path) as client:
        client.put("/v1/admin/model/switch", json=move, headers=OPERATOR)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (audit,) = [line for line in lines if line["event"] == "audit"]
    assert (audit["action"], audit["actor"], audit["outcome"]) == (
        "set_kill_switch",
        "operator",
        "done",
    )
