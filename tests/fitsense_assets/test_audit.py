"""The audit finds no gap in what is shipped, and ends with 1 as soon as there is one."""

import copy
import dataclasses

import pytest

from fitsense_assets.cli import audit
from fitsense_assets.lib import golden, rule_fixtures
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.rule_table import rule_table
from fitsense_training.domain.vocabulary import Intensity


def test_the_shipped_domain_has_no_gap(capsys: pytest.CaptureFixture[str]):
    assert audit.run_audit(60) == 0

    printed = capsys.readouterr().out
    for words in (
        *("no gap", "exercises:", "rules:", "thresholds", "plans per CPU-s", "2592"),
        *("fixtures by rule", "fixed texts", "topics", "lexicon entries", "conditions"),
    ):
        assert words in printed


def test_a_coach_that_breaks_a_rule_is_a_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    honest = golden.coach

    def careless(request: PlanRequest, seed: int = 0):
        answer = honest(request, seed)
        if isinstance(answer, WorkoutPlan) and request.current_plan is None:
            return answer.model_copy(update={"aerobic_intensity": Intensity.VIGOROUS})
        return answer

    monkeypatch.setattr(golden, "coach", careless)

    assert audit.run_audit(40) == 1
    assert "the coach breaks CON02" in capsys.readouterr().out


def test_a_rule_without_a_source_is_a_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    table = dict(audit.rule_table())
    table["STR01"] = dataclasses.replace(table["STR01"], source="")
    monkeypatch.setattr(audit, "rule_table", lambda: table)

    assert audit.run_audit(10) == 1
    assert "rule STR01 has no source" in capsys.readouterr().out


def test_a_topic_without_a_source_is_a_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def read(name: str):
        document = copy.deepcopy(read_rules(name))
        if name == "topics.yaml":
            del next(iter(document["topics"].values()))["source"]
        return document

    monkeypatch.setattr(audit, "read_rules", read)

    assert audit.run_audit(10) == 1
    assert "rules/topics.yaml:" in capsys.readouterr().out


def test_a_rule_without_a_fixture_that_breaks_it_is_a_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    written = {**rule_fixtures.read_fixtures()}
    written["STR06"] = {
        **written["STR06"],
        "fails": {"plan": {"mon": ["push_up 2x8-12 r2 90s bw"]}},
    }
    del written["CON05"]
    monkeypatch.setattr(rule_fixtures, "read_fixtures", lambda: written)

    assert audit.run_audit(10) == 1
    printed = capsys.readouterr().out
    assert "rule STR06 has no fixture that breaks it" in printed
    assert "rule CON05 has no fixture that keeps it" in printed


def test_a_text_that_nobody_says_is_a_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audit, "SAID_BY_OTHERS", {"offline.e0": "the web client"})

    assert audit.run_audit(10) == 1
    assert "nobody says guard.fallback" in capsys.readouterr().out


@pytest.mark.parametrize("rule_id", sorted(rule_table()))
def test_every_rule_has_a_fixture_that_breaks_it_and_one_that_keeps_it(rule_id: str):
    assert rule_fixtures.run_fixtures(rule_id) == rule_fixtures.FixtureVerdict(1, 1)
