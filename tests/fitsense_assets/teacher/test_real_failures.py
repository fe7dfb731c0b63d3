"""litellm itself, and the straight way, over a provider that fails as real ones do.

In processes of their own.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fitsense_training.settings import Settings, quiet_environment
from tests.providers.drivers import DRIVERS, LITELLM, STRAIGHT

ROOT = Path(__file__).resolve().parents[3]
CANARY = "sk-canary-0123456789abcdef"
pytestmark = pytest.mark.slow
both_ways = pytest.mark.parametrize("driver", DRIVERS)


def run_module(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT, env=quiet_environment(Settings(home=folder)),
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def faulty_run(
    folder: Path, driver: str, faults: str, corrections: int = 0
) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """What a run saw, and what its process said while it ran with every log turned on."""
    done = run_module(
        folder, "tests.providers.faulty_run", driver, faults, CANARY, str(folder), str(corrections)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "told.json").read_text("utf-8")), done


@both_ways
def test_kill_9_loses_nothing_and_pays_only_what_was_in_flight_again(tmp_path: Path, driver: str):
    done = run_module(
        tmp_path, "tests.providers.crashes", "--users", "50", "--kills", "3", "--driver", driver
    )
    assert done.returncode == 0, done.stderr[-3000:]
    counted = json.loads(done.stdout.splitlines()[-1])

    assert counted["kills_landed"] == 3
    assert counted["rows"] == counted["count_queries"]
    assert (counted["duplicates"], counted["wrong"]) == (0, 0)
    assert counted["repeats"] <= 3 * 16
    assert counted["is_identical"]
    assert counted["faults"] > 0


@both_ways
def test_no_key_is_written_anywhere_when_the_provider_says_it_back(tmp_path: Path, driver: str):
    seen, done = faulty_run(tmp_path, driver, "401:0.05,500:0.05,400:0.05")

    errors = [error for _, error, _ in seen["replies"] if error]
    assert "***" in " ".join(errors)
    assert CANARY not in done.stdout
    assert CANARY not in done.stderr
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path.name


@both_ways
def test_every_bad_reply_is_asked_about_and_every_question_gets_an_end(tmp_path: Path, driver: str):
    faults = (
        "html:0.05,half:0.05,nan:0.04,empty:0.04,twice:0.04,big:0.02,cut:0.04,reset:0.04,slow:0.02,"
        "silent:0.02,schema:0.04"
    )
    seen, _ = faulty_run(tmp_path, driver, faults, corrections=2)

    assert len(seen["replies"]) == 60
    assert max(turns for *_, turns in seen["replies"]) == 3
    assert all(text or error or turns == 3 for text, error, turns in seen["replies"])
    assert seen["stats"]["slow"] > 0
    assert seen["stats"]["silent"] > 0
    assert seen["kept"] >= len([error for _, error, _ in seen["replies"] if not error])


@pytest.mark.parametrize(
    ("driver", "model"),
    [(LITELLM, "openai/mock-7b"), (LITELLM, "hosted_vllm/mock-7b"), (STRAIGHT, "openai/mock-7b")],
)
def test_a_prompt_goes_nowhere_but_to_the_address_that_is_set(
    tmp_path: Path, driver: str, model: str
):
    done = run_module(tmp_path, "tests.providers.addresses", driver, model, str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))

    stats = told["redirected"]["stats"]
    assert stats["redirect302"] > 0
    assert stats["redirect307"] > 0
    assert "elsewhere" not in stats
    # A redirect is final, an address without a host may come back; neither is kept as a reply.
    assert {count for error, count in told["redirected"]["ends"] if error} == {1}
    assert told["redirected"]["kept"] == stats["answered"]
    assert [bool(error) for error, _ in told["unknown_host"]["ends"]] == [True] * 3
    assert {count for _, count in told["unknown_host"]["ends"]} == {2}
    assert told["unknown_host"]["kept"] == 0
    assert told["resumed"]["ends"] == [[None, 1]] * 3


def test_both_ways_ask_the_same_get_the_same_rows_and_find_what_the_other_has_paid_for(
    tmp_path: Path,
):
    done = run_module(tmp_path, "tests.providers.both_ways", str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))

    assert told["straight"] == told["litellm"] == told["again"]
    assert told["litellm"]["calls"] > 40  # corrections too were asked


def test_the_coach_within_litellm_gives_the_replies_of_the_reference_teacher(tmp_path: Path):
    done = run_module(tmp_path, "tests.providers.coach_in_litellm", str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))

    assert len(told["litellm"]) == 40
    assert told["litellm"] == told["reference"]


def test_batches_outlive_kill_9_and_lost_answers_and_are_paid_for_once(tmp_path: Path):
    done = run_module(tmp_path, "tests.providers.batch_crashes", str(tmp_path), CANARY)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))

    for name in ("between_create_and_record", "while_polling"):
        stats = told[name]["stats"]
        assert told[name]["ends"] == [-9, 0]
        assert (stats["uploads"], stats["creates"], stats["batches"]) == (1, 1, 1)
        # One download: litellm would fetch the answers once more to price them, if it were let.
        assert (stats["answered"], stats["downloads"]) == (30, 1)
        assert (told[name]["kept"], told[name]["unanswered"]) == (30, [0, 0])
    assert told["between_create_and_record"]["stats"]["pages"] > 0
    assert CANARY not in done.stdout + done.stderr
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path.name
    lossy, stats = told["not_at_all"], told["not_at_all"]["stats"]
    assert (lossy["ends"], lossy["kept"]) == ([0], 30)
    assert stats["batches"] == stats["creates"] - 1  # only the one that was refused is repeated
    assert stats["answered"] + stats["twice"] == 30
    assert stats["lost"] + stats["half"] == lossy["unanswered"][0] > 0
