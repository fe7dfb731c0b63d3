"""The whole line in a small size: from an empty folder to a served plan, twice, with equal data."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fitsense_assets.lib.lake import Lake

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SMALL = ("demo", "--users", "80", "--cohorts", "2", "--recipe", "scratch_tiny")
# A toy student is registered, but the policy does not let it serve people: nothing is promoted.
TABLES = (
    "profiles",
    "workouts",
    "daily_logs",
    "queries",
    "teacher_responses",
    "reviewed_responses",
    "release_manifest",
    "sft_splits",
    "slice_marts",
    "anomaly_report",
    "bias_report",
    "student_checkpoint",
    "student_evaluation",
)


def fitsense(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    code = "from fitsense_assets.cli.app import main; main()"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FITSENSE_")}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**environment, "FITSENSE_HOME": str(home), "COLUMNS": "160", "FITSENSE_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("installation") / "home"
    done = fitsense(place, *SMALL)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "answered by" in done.stdout
    assert "Warm-up" in done.stdout
    return place


def versions(home: Path) -> dict[str, str]:
    lake = Lake(str(home / "lake"))
    return {
        f"{table} {key}": lake.verify(table, key).version
        for table in TABLES
        for key in lake.keys(table)
    }


def test_everything_is_where_one_folder_holds_it(home: Path):
    found = versions(home)

    assert {name.split()[0] for name in found} == set(TABLES)
    assert (home / "warehouse.duckdb").exists()
    assert (home / "mlflow" / "mlflow.db").exists()


def test_second_run_does_nothing_again(home: Path):
    before = versions(home)

    done = fitsense(home, *SMALL)

    assert done.returncode == 0
    assert done.stderr.count("up to date") == 4
    assert versions(home) == before


def test_report_holds_the_figures_of_the_release(home: Path):
    done = fitsense(home, "report", "--json")

    figures = json.loads(done.stdout)
    assert figures["release"] == "r0001"
    assert figures["n_train"] > 300
    assert figures["teacher_accept_rate"] > 0.95
    assert figures["guarded.block_free"] == 1.0
    for name in ("guarded.all_pass", "free.schema", "free.block_free", "latency_ms_p50"):
        assert name in figures
    assert "slices.sex.female.guarded.block_free" in figures


def test_another_folder_gets_the_same_content(home: Path, tmp_path: Path):
    other = tmp_path / "other"

    done = fitsense(other, *SMALL)

    assert done.returncode == 0, done.stderr[-4000:]
    assert versions(other) == versions(home)


def test_student_promoted_by_force_answers_what_the_guard_lets_pass(home: Path):
    refused = fitsense(home, "promote", "1")
    assert refused.returncode == 1
    assert "was not found fit" in refused.stderr

    promoted = fitsense(home, "promote", "1", "--force")
    served = fitsense(home, *SMALL)

    assert "is now version 1" in promoted.stdout
    assert served.returncode == 0, served.stderr[-4000:]
    log = (home / "logs" / "demo_service.log").read_text(encoding="utf-8")
    assert '"student_changed"' in log
    # What a toy of a second's training writes is judged like every answer; the coach stands behind.
    assert re.search(
        r"answered by the (student \(guard path (planner|repaired)\)|coach .*), model version 1",
        served.stdout,
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("report", "--release", "r0099"), "no partition 'r0099'"),
        (("release", "create", "--cohorts", "c0777"), "no cohort 'c0777'"),
        (("promote", "77"), "no version '77'"),
        (("demo", "--recipe", "nothing"), "no recipe 'nothing'"),
    ],
)
def test_what_does_not_exist_ends_in_one_sentence(
    home: Path, arguments: tuple[str, ...], says: str
):
    done = fitsense(home, *arguments)

    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("fitsense: ")
    assert says in done.stderr


def test_wrong_setting_is_named(tmp_path: Path):
    code = "from fitsense_assets.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "report"],
        env={**os.environ, "FITSENSE_HOME": str(tmp_path), "FITSENSE_TEACHER": "gpt"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "FITSENSE_TEACHER is wrong" in done.stderr
