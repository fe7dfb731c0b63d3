"""The full evaluation: the named student, the prompts it has not seen, a report, and MLflow."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set import store
from fitsense_assets.lib.registry.register import register_student
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student import full
from fitsense_assets.lib.student.contamination import seen_prompts
from fitsense_assets.lib.student.evidence import record_evaluation
from fitsense_assets.lib.student.full import Sizes, evaluate_fully, points
from fitsense_assets.lib.student.subject import Subject, find_subject
from fitsense_assets.lib.student.traces import trace_worst
from fitsense_training.consistency import ConsistencyConfig
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.sampling import Perturb
from fitsense_training.settings import Settings
from tests.builders import a_creation, a_profile
from tests.fitsense_assets.prompt_set.test_prompt_set import a_candidate
from tests.fitsense_assets.release.builders import a_frame, a_prompt, a_row
from tests.fitsense_assets.student.test_submit import a_submission

SMALL = Sizes(consistency=ConsistencyConfig(count=2, samples=2))


class Coachlike:
    """Answers as the coach does, sampled or not."""

    def reply_freely(self, request: PlanRequest) -> str:
        return self.reply(request)

    def reply(self, request: PlanRequest) -> str:
        return write_answer(coach(request))

    def sample(self, request: PlanRequest, perturb: Perturb, *, is_free: bool = False) -> str:
        return self.reply(request)


def a_subject(folder: Path, version: str | None = None) -> Subject:
    return Subject("r0001", folder / "bundle", "ab" * 32, "scratch", version, "scratch_cpu")


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with four prompts, and a release that was trained on nothing of them."""
    # Prompts of few people are much alike; told apart by words of their own.
    rows = [{**a_candidate(n).row("exam1"), "prompt": a_prompt(n)} for n in (1, 2, 3, 4)]
    monkeypatch.setattr(store, "prompt_rows", lambda _: rows)
    monkeypatch.setattr(full, "open_folder", lambda _: Coachlike())
    monkeypatch.setattr(full, "measure_speed", lambda *_: {"batch_1.cpu_ms_p50": 40.0})
    lake = Lake(str(tmp_path / "lake"))
    trained_on(lake, "a prompt of its own")
    return lake


def trained_on(lake: Lake, *prompts: str) -> None:
    from fitsense_assets.lib.release.splits import chat_rows

    rows = a_frame([a_row(n, prompt=prompt) for n, prompt in enumerate(prompts)])
    with lake.write("sft_splits", "r0001") as draft:
        for split in ("train", "val", "test"):
            draft.write_frame(f"{split}.parquet", chat_rows(rows, split, 1))


def test_a_student_is_measured_on_the_fixed_prompts(lake: Lake, tmp_path: Path) -> None:
    found = evaluate_fully(lake, tmp_path / "work", a_subject(tmp_path), SMALL)

    assert found.card["count_cases"] == 4
    assert found.card["prompts"]["sha"] == store.version_of(lake)
    assert found.metrics()["full.guarded.all_pass"] == 1.0
    assert found.metrics()["full.guarded.consistency.one_text_share"] == 1.0
    report = lake.read_text(full.TABLE, a_subject(tmp_path).key, "report.html")
    assert "Quality against time" in report
    assert "tells of none of them" in report
    assert [point.name for _, point in points(lake, found.card["prompts"]["sha"])] == [
        "unregistered r0001 scratch_cpu"
    ]
    assert list((tmp_path / "work").glob("*.jsonl")) == []


def test_the_same_student_has_the_same_scores(lake: Lake, tmp_path: Path) -> None:
    first, second = (
        evaluate_fully(lake, tmp_path / "work", a_subject(tmp_path), SMALL) for _ in range(2)
    )

    assert first.manifest.version == second.manifest.version


def test_prompts_that_were_learned_are_left_out(lake: Lake, tmp_path: Path) -> None:
    prompts = store.read_prompts(lake)
    trained_on(lake, prompts["prompt"][0], "another")

    found = evaluate_fully(lake, tmp_path / "work", a_subject(tmp_path), SMALL)

    assert seen_prompts(lake, "r0001") == {prompts["query_id"][0]}
    assert found.card["count_cases"] == 3
    assert found.card["prompts"]["count_seen"] == 1
    assert seen_prompts(lake, "r0009") is None

    trained_on(lake, *prompts["prompt"])
    with pytest.raises(BadInput, match="r0001 has seen every prompt"):
        evaluate_fully(lake, tmp_path / "work", a_subject(tmp_path), SMALL)


def test_only_students_of_the_same_prompts_are_on_one_chart(lake: Lake, tmp_path: Path) -> None:
    evaluate_fully(lake, tmp_path / "work", a_subject(tmp_path), SMALL)

    assert points(lake, "other prompts") == []


def test_a_student_is_named_once(tmp_path: Path) -> None:
    lake, registry = Lake(str(tmp_path)), Registry("sqlite://", tmp_path / "artifacts")

    with pytest.raises(BadInput, match="a version or a release, not both"):
        find_subject(lake, registry, version="1", release="r0001")


@pytest.mark.slow
def test_mlflow_shows_the_evaluation_beside_the_run(lake: Lake, tmp_path: Path) -> None:
    registry = Registry.of(Settings(home=tmp_path / "home"))
    with pytest.raises(BadInput, match="no student yet"):
        find_subject(lake, registry)
    with pytest.raises(BadInput, match="not registered"):
        record_evaluation(
            registry, lake, evaluate_fully(lake, tmp_path / "w", a_subject(tmp_path), SMALL)
        )
    registered = register_student(registry, a_submission(tmp_path, "r0001"))
    subject = a_subject(tmp_path, registered.version)

    record_evaluation(registry, lake, evaluate_fully(lake, tmp_path / "w", subject, SMALL))

    run = registry.client.get_run(registered.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["full.free.all_pass"] == 1.0
    assert run.inputs is not None
    linked = {i.dataset.digest for i in run.inputs.dataset_inputs}
    assert store.version_of(lake) in linked
    names = {e.path for e in registry.client.list_artifacts(registered.run_id, "full_evaluation")}
    assert "full_evaluation/report.html" in names
    wrong = {"reply": "?", "rules": ["STR04"], "findings": ["no work for hinge"]}
    case = {"query_id": "q1", "prompt": "task", "teacher": {"reply": "a plan"}}
    told = {
        "guarded": {**wrong, "is_task_success": True},
        "free": {**wrong, "is_task_success": False},
    }
    traced = trace_worst(registry, registered.run_id, [{**case, **told}])
    assert traced is not None
    metrics = registry.client.get_run(traced).data.metrics
    assert (metrics["guarded_task_done/mean"], metrics["free_task_done/mean"]) == (1.0, 0.0)
    assert metrics["guarded_no_finding/mean"] == 0.0
    tags = registry.version(registered.version).tags
    assert tags["evaluation_prompts"] == store.version_of(lake)


def test_a_prompt_of_the_set_is_asked_as_it_stands() -> None:
    frame = pl.DataFrame([a_candidate(5).row("exam1")])

    assert PlanRequest.model_validate_json(frame["request_json"][0]) == a_creation(
        a_profile(age=23)
    )
