"""The alias moves only after the dossier, one promotion at a time, and back by one command."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fitsense_assets.lib.registry.datasets import DatasetLink
from fitsense_assets.lib.registry.dossier import Dossier
from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.registry.policy import GateResult, Outcome, Verdict, load_policy
from fitsense_assets.lib.registry.promote import Moved, promote, rollback, settle, why
from fitsense_assets.lib.registry.register import Submission, register_student
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName
from fitsense_training.registration import CHALLENGER, CHAMPION, MODEL
from fitsense_training.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class FakeClient:
    """The part of MLflow's client that promotion uses, in memory, with a journal of writes."""

    tags: dict[str, dict[str, str]]
    aliases: dict[str, str] = field(default_factory=dict[str, str])
    journal: list[str] = field(default_factory=list[str])
    alias_breaks: bool = False
    alias_is_lost: bool = False

    def search_model_versions(self, _: str) -> list[Any]:
        return [self.get_model_version(MODEL, number) for number in self.tags]

    def get_model_version(self, _: str, number: str) -> Any:
        return SimpleNamespace(version=number, run_id=f"run{number}", tags=self.tags[number])

    def get_registered_model(self, _: str) -> Any:
        return SimpleNamespace(aliases=dict(self.aliases))

    def set_model_version_tag(self, _: str, number: str, key: str, value: str) -> None:
        self.journal.append(f"tag {number} {key}")
        self.tags[number][key] = value

    def set_registered_model_alias(self, _: str, alias: str, number: str) -> None:
        if self.alias_breaks:
            raise OSError("the disk is full")
        self.journal.append(f"alias {alias} {number}")
        if not self.alias_is_lost:
            self.aliases[alias] = number

    def log_artifact(self, run_id: str, path: str, _: str) -> None:
        self.journal.append(f"artifact {run_id} {Path(path).name}")


class FakeRegistry(Registry):
    """A registry of versions 1 to 3 in memory."""

    @property
    def client(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        return CLIENTS[self.artifacts]


CLIENTS: dict[Path, FakeClient] = {}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[FakeRegistry]:
    place = tmp_path / "artifacts"
    CLIENTS[place] = FakeClient({str(number): {"release": f"r000{number}"} for number in (1, 2, 3)})
    yield FakeRegistry("sqlite://", place)
    del CLIENTS[place]


def a_dossier(challenger: str, champion: str | None, outcome: Outcome) -> Dossier:
    verdict = Verdict(outcome, ("because",), 300, (), ())
    return Dossier(f"r000{challenger}", challenger, champion, load_policy(), verdict)


def test_the_dossier_is_written_before_the_alias_moves(registry: FakeRegistry) -> None:
    moved = settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)

    journal = registry.client.journal
    assert (moved.before, moved.after) == (None, "1")
    assert journal.index("artifact run1 dossier.json") < journal.index("alias champion 1")
    assert journal.index("tag 1 decision") < journal.index("alias champion 1")


def test_a_killed_promotion_leaves_a_decision_without_effect(registry: FakeRegistry) -> None:
    registry.client.alias_breaks = True

    with pytest.raises(OSError, match="disk is full"):
        settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)

    assert registry.champion() is None
    registry.client.alias_breaks = False
    assert settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW).after == "1"


@pytest.mark.parametrize("outcome", [Outcome.KEEP, Outcome.INSUFFICIENT])
def test_any_other_outcome_leaves_the_champion(registry: FakeRegistry, outcome: Outcome) -> None:
    settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)

    moved = settle(registry, a_dossier("2", "1", outcome), NOW)

    assert moved.after == "1"
    assert f"decision: {outcome}" in why(registry, "2")


def test_a_verdict_against_a_past_champion_is_refused(registry: FakeRegistry) -> None:
    settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)

    with pytest.raises(BadInput, match="champion changed from None to 1"):
        settle(registry, a_dossier("2", None, Outcome.PROMOTE), NOW)


def test_two_promotions_at_once_are_refused(registry: FakeRegistry) -> None:
    with hold_lease(registry.lease_path), pytest.raises(BadInput, match="another promotion"):
        settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)

    assert registry.champion() is None
    assert settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW).after == "1"


def test_of_two_challengers_at_once_one_moves_the_alias_and_one_is_told(
    registry: FakeRegistry,
) -> None:
    """The second waits at the door while the first writes its dossier, and finds it shut."""
    settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)
    is_writing, may_go_on = threading.Event(), threading.Event()

    def write_slowly(run_id: str, path: str, _: str) -> None:
        is_writing.set()
        assert may_go_on.wait(30)

    registry.client.log_artifact = write_slowly
    told: list[Moved] = []
    first = threading.Thread(
        target=lambda: told.append(settle(registry, a_dossier("2", "1", Outcome.PROMOTE), NOW))
    )
    first.start()
    assert is_writing.wait(30)
    with pytest.raises(BadInput, match="another promotion or rollback is under way"):
        settle(registry, a_dossier("3", "1", Outcome.PROMOTE), NOW)
    with pytest.raises(BadInput, match="another promotion or rollback is under way"):
        rollback(registry, NOW)
    may_go_on.set()
    first.join()

    assert told == [Moved("1", "2")]
    assert registry.client.journal.count("alias champion 2") == 1
    with pytest.raises(BadInput, match="champion changed from 1 to 2"):
        settle(registry, a_dossier("3", "1", Outcome.PROMOTE), NOW)
    assert registry.champion() == "2"


def test_a_moved_alias_that_reads_back_wrong_is_an_error(registry: FakeRegistry) -> None:
    registry.client.alias_is_lost = True

    with pytest.raises(CorruptArtifact, match="reads back as None, not 1"):
        settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)


def test_a_failed_gate_is_a_tag_of_the_version(registry: FakeRegistry) -> None:
    gate = load_policy().gates[1]
    failed = GateResult(gate, 300, 0.9, 0.86, 0.93)
    verdict = Verdict(Outcome.KEEP, ("gate",), 300, (failed,), ())

    settle(registry, Dossier("r0001", "1", None, load_policy(), verdict), NOW)

    tags = registry.client.tags["1"]
    assert tags["failed_gates"].startswith("gate: guarded is_clean is 90.0% of 300, below 95%")
    assert registry.champion() is None


def test_rollback_walks_back_one_champion_at_a_time(registry: FakeRegistry) -> None:
    for challenger, champion in (("1", None), ("2", "1"), ("3", "2")):
        settle(registry, a_dossier(challenger, champion, Outcome.PROMOTE), NOW)

    assert rollback(registry, NOW).after == "2"
    assert rollback(registry, NOW).after == "1"
    with pytest.raises(BadInput, match="first champion"):
        rollback(registry, NOW)
    assert "rolled back at: 2026-03-01T12:00:00+00:00" in why(registry, "3")


def test_rollback_without_a_champion_says_so(registry: FakeRegistry) -> None:
    with pytest.raises(BadInput, match="no champion to roll back"):
        rollback(registry, NOW)


def test_a_person_may_not_promote_what_was_kept_out(registry: FakeRegistry) -> None:
    settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW)
    settle(registry, a_dossier("2", "1", Outcome.KEEP), NOW)

    with pytest.raises(BadInput, match=r"not found fit \(keep\): because"):
        promote(registry, "2", NOW)

    assert promote(registry, "2", NOW, is_forced=True).after == "2"
    assert rollback(registry, NOW).after == "1"


def test_an_unknown_version_names_those_there_are(registry: FakeRegistry) -> None:
    with pytest.raises(UnknownName, match=r"no version '9' \(there are: 1, 2, 3\)"):
        promote(registry, "9", NOW)


def a_submission(folder: Path, release: str, sha256: str) -> Submission:
    bundle = folder / "bundle"
    bundle.mkdir(exist_ok=True)
    (bundle / "manifest.json").write_text('{"files": []}')
    report = folder / "report.html"
    report.write_text("<p>fine</p>")
    return Submission(
        release=release,
        experiment="student-scratch",
        cohorts=("c0001", "c0002"),
        bundle=bundle,
        bundle_sha256=sha256,
        data_version="d" * 32,
        datasets=(
            DatasetLink(
                "sft_splits/r0001", "d" * 32, "lake/sft_splits/train.jsonl", "training", {"rows": 9}
            ),
        ),
        params={"learning_rate": "0.006"},
        metrics={"guarded.all_pass": 0.97, "slices.age_band.65+.guarded.all_pass": 0.9},
        curves={"loss": ((1, 3.0), (2, 1.5))},
        tags={"dagster_run_id": "abc"},
        card="# A student\n\nIt writes plans.\n",
        reports=(report,),
        pictures={"overall.png": b"png"},
    )


@pytest.mark.slow
def test_a_student_is_read_back_from_mlflow_as_it_was_registered(tmp_path: Path) -> None:
    registry = Registry.of(Settings(home=tmp_path / "home"))
    assert registry.champion() is None

    lost = {"release": "r0001", "bundle_sha256": "one"}
    killed = registry.client.create_run(registry.experiment_id("student-scratch"), tags=lost)
    first = register_student(registry, a_submission(tmp_path, "r0001", "one"))
    again = register_student(registry, a_submission(tmp_path, "r0001", "one"))
    other = register_student(registry, a_submission(tmp_path, "r0002", "two"))

    assert (first.version, first.is_new) == ("1", True)
    assert (again.version, again.run_id, again.is_new) == ("1", first.run_id, False)
    assert other.version == "2"
    assert registry.client.get_run(killed.info.run_id).info.status == "KILLED"
    assert registry.alias(CHALLENGER) == "2"
    assert settle(registry, a_dossier("1", None, Outcome.PROMOTE), NOW).after == "1"
    assert settle(registry, a_dossier("2", "1", Outcome.PROMOTE), NOW).after == "2"
    assert rollback(registry, NOW).after == "1"
    assert str(registry.client.get_model_version_by_alias(MODEL, CHAMPION).version) == "1"

    version, run = registry.version("1"), registry.client.get_run(first.run_id)
    assert version.tags["cohorts"] == "c0001,c0002"
    assert (registry.bundle_folder("1") / "manifest.json").read_text() == '{"files": []}'
    assert run.data.metrics["guarded.all_pass"] == 0.97
    assert run.data.params == {"learning_rate": "0.006"}
    assert [p.value for p in registry.client.get_metric_history(first.run_id, "loss")] == [3.0, 1.5]
    assert (
        version.description
        == run.data.tags["mlflow.note.content"]
        == "# A student\n\n" + ("It writes plans.\n")
    )
    assert run.inputs is not None
    linked = run.inputs.dataset_inputs[0]
    assert (linked.dataset.name, linked.dataset.digest) == ("sft_splits/r0001", "d" * 32)
    assert "messages" in str(linked.dataset.schema)
    assert linked.tags[0].value == "training"
    names = {entry.path for entry in registry.client.list_artifacts(first.run_id)}
    assert names == {"bundle", "evaluation", "model_card.md", "promotion"}
    shown = {entry.path for entry in registry.client.list_artifacts(first.run_id, "evaluation")}
    assert shown == {"evaluation/overall.png", "evaluation/report.html"}
