"""From scores to the champion alias: the whole way, on a real lake and a real registry."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.policy import Outcome, load_policy
from fitsense_assets.lib.registry.promote import rollback, why
from fitsense_assets.lib.registry.register import Submission
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.measure import (
    read_card,
    read_cases,
    read_speed,
    speed_figures,
    write_evaluation,
)
from fitsense_assets.lib.student.submit import Office, submit
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import PromptType
from fitsense_training.evaluate import Speed, Student, evaluate
from fitsense_training.scoring import SLICES
from fitsense_training.settings import Settings

POLICY = load_policy().model_copy(update={"minimum_n": 20, "slice_minimum_n": 40})
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 60


class Coachlike:
    """Answers as the coach does, except for the ages it gets wrong when free."""

    def __init__(self, wrong_below: int) -> None:
        self.wrong_below = wrong_below

    def reply_freely(self, request: PlanRequest) -> str:
        return "no idea" if request.profile.age < self.wrong_below else self.reply(request)

    def reply(self, request: PlanRequest) -> str:
        return write_answer(coach(request))


def a_request(age: int) -> PlanRequest:
    profile = Profile.model_validate(
        {
            "age": age,
            "sex": "female",
            "height_cm": 165,
            "weight_kg": 60,
            "activity_level": "sedentary",
            "experience_level": "novice",
            "goals": ("mobility",),
            "weekdays": ("mon", "thu"),
            "session_minutes": 20,
        }
    )
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile)


def a_row(age: int) -> dict[str, object]:
    request = a_request(age)
    answer = {"role": "assistant", "content": write_answer(coach(request))}
    return {
        "query_id": f"c0001-u{age}-q1",
        "user_id": f"c0001-u{age}",
        "cohort": "c0001",
        **dict.fromkeys(SLICES, "any"),
        "request_json": request.model_dump_json(),
        "messages": [{"role": "user", "content": "prompt"}, answer],
    }


def a_lake(folder: Path, count: int = COUNT) -> Lake:
    lake = Lake(str(folder / "lake"))
    rows = [a_row(age) for age in range(18, 18 + count)]
    for release in ("r0001", "r0002"):
        with lake.write("sft_splits", release) as draft:
            draft.write_frame("test.parquet", pl.DataFrame(rows))
    return lake


def measured(lake: Lake, release: str, student: Student) -> str:
    evaluation = evaluate(student, read_cases(lake, release))
    manifest, _ = write_evaluation(lake, release, evaluation, speed_figures(evaluation.speed))
    return manifest.version


def a_submission(folder: Path, release: str) -> Submission:
    bundle = folder / release
    bundle.mkdir(exist_ok=True)
    (bundle / "wrong_below").write_text("18")
    return Submission(
        release=release,
        experiment="student-scratch",
        cohorts=("c0001",),
        bundle=bundle,
        bundle_sha256=f"sha of {release}",
        data_version="d",
        datasets=(),
        params={},
        metrics={},
        curves={},
    )


def test_cases_come_back_as_they_were_split(tmp_path: Path) -> None:
    cases = read_cases(a_lake(tmp_path, 3), "r0001")

    assert [case.request for case in cases] == [a_request(age) for age in (18, 19, 20)]
    assert cases[0].teacher_reply == write_answer(coach(a_request(18)))


def test_a_release_without_held_out_requests_says_what_to_do(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    with lake.write("sft_splits", "r0001") as draft:
        draft.write_frame("test.parquet", pl.DataFrame([a_row(30)]).clear())

    with pytest.raises(BadInput, match="add a cohort with more users"):
        read_cases(lake, "r0001")


def test_the_data_version_is_of_the_scores_not_of_the_clock(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, 6)
    evaluation = evaluate(Coachlike(0), read_cases(lake, "r0001"))

    quick, _ = write_evaluation(lake, "r0001", evaluation, {"guarded.latency_ms_p50": 1.0})
    slow, _ = write_evaluation(lake, "r0001", evaluation, {"guarded.latency_ms_p50": 900.0})

    assert quick.version == slow.version
    assert read_speed(lake, "r0001") == {"guarded.latency_ms_p50": 900.0}
    assert read_card(lake, "r0001")["overall"]["guarded"]["all_pass"]["share"] == 1.0
    assert measured(lake, "r0001", Coachlike(20)) != slow.version


def test_percentiles_are_of_the_sorted_times() -> None:
    figures = speed_figures(Speed(free_ms=(9.0, 1.0, 5.0), guarded_ms=tuple(range(100))))

    assert figures["free.latency_ms_p50"] == 5.0
    assert figures["guarded.latency_ms_p95"] == 95


@pytest.mark.slow
def test_only_a_student_that_is_no_worse_takes_over(tmp_path: Path) -> None:
    lake, registry = a_lake(tmp_path), Registry.of(Settings(home=tmp_path / "home"))
    office = Office(lake, registry, POLICY, lambda _: Coachlike(18), NOW)
    measured(lake, "r0001", Coachlike(18))
    first, second = (a_submission(tmp_path, release) for release in ("r0001", "r0002"))

    strict = POLICY.gates[1].model_copy(
        update={"floor": 1.0, "measure": "is_schema_valid", "system": "free"}
    )
    measured(lake, "r0001", Coachlike(20))
    unfit = submit(replace(office, policy=POLICY.model_copy(update={"gates": (strict,)})), first)
    measured(lake, "r0001", Coachlike(18))
    promoted = submit(office, first)
    again = submit(office, first)
    measured(lake, "r0002", Coachlike(48))
    worse = submit(office, second)
    measured(lake, "r0002", Coachlike(18))
    equal = submit(office, second)

    assert (promoted.outcome, promoted.champion) == (Outcome.PROMOTE, "1")
    assert (again.registered.version, again.manifest.version) == ("1", promoted.manifest.version)
    assert (worse.outcome, worse.champion) == (Outcome.KEEP, "1")
    assert any("free is_task_success" in reason for reason in worse.reasons)
    assert (equal.outcome, equal.champion) == (Outcome.PROMOTE, "2")
    assert (unfit.registered.version, unfit.outcome, unfit.champion) == ("1", Outcome.KEEP, None)
    assert unfit.reasons[0].startswith("gate: free is_schema_valid is 96.7% of 60, below 100%")
    dossier = json.loads(lake.read_text("registered_student", "r0002", "dossier.json"))
    assert dossier["champion_version"] == "1"

    rollback(registry, NOW)
    returned = submit(replace(office, lake=lake), second)
    assert (returned.outcome, returned.champion) == (Outcome.KEEP, "1")
    assert "was rolled back" in why(registry, "2")
