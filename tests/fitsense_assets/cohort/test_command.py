"""`fitsense cohort add` makes as many cohorts as asked for, and builds them in one run."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fitsense_assets.cli.commands.cohort import cohort_app
from fitsense_assets.cli.runs import Runner
from fitsense_assets.lib.cohort.spec import TABLE
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import load_settings


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path / "home"))
    return Runner(load_settings())


def told(*arguments: str) -> list[str]:
    result = CliRunner().invoke(cohort_app, list(arguments))
    if isinstance(result.exception, Exception):
        raise result.exception
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if line.startswith("cohort ")]


@pytest.mark.slow
def test_many_cohorts_are_built_in_one_run(runner: Runner):
    lines = told("--count", "3", "--users", "20", "--build")

    keys = ["c0001", "c0002", "c0003"]
    runs = runner.instance.get_runs()
    assert lines == [f"cohort {key}: 20 people" for key in keys]
    assert [run.is_success for run in runs] == [True]
    assert runner.lake.keys("reviewed_responses") == keys
    assert runner.bring_up_to_date("build_cohort", *keys) == 0


@pytest.mark.slow
def test_keys_go_on_after_those_that_dagster_or_the_lake_know(runner: Runner):
    told("--users", "20")
    runner.instance.add_dynamic_partitions("cohort", ["c0005"])

    assert told("--count", "2", "--users", "20") == [
        "cohort c0006: 20 people",
        "cohort c0007: 20 people",
    ]
    assert runner.lake.keys(TABLE) == ["c0001", "c0006", "c0007"]


def test_one_key_names_one_cohort(runner: Runner):
    with pytest.raises(BadInput, match="leave --count out"):
        told("--key", "c0009", "--count", "2")

    assert not runner.settings.home.exists()


@pytest.mark.parametrize("wrong", [("--users", "-3"), ("--count", "0"), ("--seed", "-1")])
def test_numbers_that_cannot_be_are_refused_by_name(wrong: tuple[str, str], runner: Runner):
    result = CliRunner().invoke(cohort_app, list(wrong))

    assert result.exit_code == 2
    assert wrong[0] in result.output
    assert not runner.settings.home.exists()
