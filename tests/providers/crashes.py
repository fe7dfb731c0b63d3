"""What kill -9 costs: a run over a faulty provider, killed again and again until it is whole.

Run as a script, because every run is a fork of a process that has imported litellm once:
`python -m tests.providers.crashes --kills 10`. It prints what it counted as JSON.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.litellm_calls import load_litellm
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.stages import write_responses
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.wire import write_answer
from tests.builders import a_cohort
from tests.providers.drivers import DRIVERS, LITELLM, gateway_of
from tests.providers.server import Address, mock_provider

KEY = "c0001"
REPLIES = "replies.json"
PART_ROWS = 64
LATENCY_S = 0.05
FAULTS = "500:0.02,503:0.01,429:0.02,reset:0.02"


@dataclass(frozen=True)
class Counted:
    """What the provider and the lake say after the last run."""

    count_queries: int
    rows: int
    duplicates: int
    wrong: int
    kills_landed: int
    repeats: int
    repeats_allowed: int
    faults: int
    is_identical: bool

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing twice, no more paid again than was in flight, the same bytes."""
        return (
            self.rows == self.count_queries
            and not self.duplicates
            and not self.wrong
            and self.repeats <= self.repeats_allowed
            and self.is_identical
        )


def crash_matrix(
    nursery: "Nursery", folder: Path, *, users: int, kills: int, concurrency: int, seed: int
) -> Counted:
    """Run once without a kill and once with so many, each with a journal of its own."""
    queries = a_cohort(users=users).queries
    replies = _expected(queries, folder / REPLIES)
    plain = _run(nursery, folder / "plain", queries, concurrency, [])
    chance = random.Random(seed)
    calls = [chance.randint(1, 2 * queries.height // (kills + 1)) for _ in range(kills)]
    killed = _run(nursery, folder / "killed", queries, concurrency, calls)
    frame = Lake(str(folder / "killed" / "lake")).read_frame("teacher_responses", KEY)
    told = dict(frame.select("query_id", "reply").iter_rows())
    return Counted(
        count_queries=queries.height,
        rows=frame.height,
        duplicates=frame.height - frame["query_id"].n_unique(),
        wrong=sum(told.get(query_id) != reply for query_id, reply in replies.items()),
        kills_landed=killed["landed"],
        repeats=killed["stats"]["answered"] - queries.height,
        repeats_allowed=killed["landed"] * concurrency,
        faults=killed["stats"]["calls"] - killed["stats"]["answered"],
        is_identical=killed["version"] == plain["version"],
    )


def _expected(queries: pl.DataFrame, path: Path) -> dict[str, str]:
    """The coach's answer to each query, also as the file the provider answers from."""
    from fitsense_training.domain.request import PlanRequest

    rows = queries.select("query_id", "prompt", "request_json").rows()
    answers = [write_answer(coach(PlanRequest.model_validate_json(body))) for _, _, body in rows]
    by_prompt = dict(zip((prompt for _, prompt, _ in rows), answers, strict=True))
    path.write_text(json.dumps(by_prompt), encoding="utf-8")
    return {query_id: by_prompt[prompt] for query_id, prompt, _ in rows}


def _run(
    nursery: "Nursery", folder: Path, queries: pl.DataFrame, concurrency: int, calls: list[int]
) -> dict[str, Any]:
    lake = Lake(str(folder / "lake"))
    with lake.write("queries", KEY) as draft:
        for number, part in enumerate(queries.iter_slices(PART_ROWS)):
            draft.write_frame(f"part-{number:05d}.parquet", part)
    with mock_provider(LATENCY_S, FAULTS, replies=folder.parent / REPLIES) as provider:
        endpoint = an_endpoint(provider.api_base, concurrency)
        landed = sum(nursery.run(folder, endpoint, count) for count in calls)
        nursery.run(folder, endpoint, None)
        stats = provider.stats()
    return {
        "stats": stats,
        "landed": landed,
        "version": lake.verify("teacher_responses", KEY).version,
    }


def _ask(driver: str, folder: Path, endpoint: Endpoint) -> None:
    # Waits are a twentieth of what they are outside, so that faults do not take the test's time.
    clock = Clock(sleep=lambda seconds: asyncio.sleep(seconds / 20))
    journal = Journal(folder / "journal.sqlite")
    teacher = OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint), clock)
    write_responses(Lake(str(folder / "lake")), KEY, teacher)


class Nursery:
    """A process that has imported everything and used nothing, so that its forks are sound.

    Polars cannot be used in a fork of a process that has used it before.
    """

    def __init__(self, driver: str) -> None:
        """Fork it off; call this before any work. Its forks ask in this driver's way."""
        self._here, there = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            self._here.close()
            _serve_forks(there, driver)
        there.close()
        self._answers = self._here.makefile("r", encoding="utf-8")

    def run(self, folder: Path, endpoint: Endpoint, kill_after: int | None) -> int:
        """Run in a fork; 1 if it was killed, after so many calls, before it was done."""
        asked = {
            "folder": str(folder),
            "api_base": endpoint.api_base,
            "concurrency": endpoint.concurrency,
            "kill_after": kill_after,
        }
        self._here.sendall((json.dumps(asked) + "\n").encode())
        answer = self._answers.readline().strip()
        assert answer in ("done", "killed"), "the run failed"
        return int(answer == "killed")

    def close(self) -> None:
        """Let it end."""
        self._answers.close()
        self._here.close()
        os.waitpid(self._pid, 0)


def an_endpoint(api_base: str | None, concurrency: int) -> Endpoint:
    """The mock as an endpoint, patient enough that no fault becomes an error."""
    return Endpoint("openai/mock-7b", api_base, "sk-mock", attempts_max=10, concurrency=concurrency)


def _serve_forks(there: socket.socket, driver: str) -> NoReturn:
    for line in there.makefile("r", encoding="utf-8"):
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            endpoint = an_endpoint(asked["api_base"], asked["concurrency"])
            _work(driver, Path(asked["folder"]), endpoint)
        if asked["kill_after"] is not None:
            _wait_for_calls(child, Address(asked["api_base"]), asked["kill_after"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        answers = {0: "done", -signal.SIGKILL: "killed"}
        answer = answers.get(os.waitstatus_to_exitcode(status), "failed")
        there.sendall(f"{answer}\n".encode())
    os._exit(0)


def _wait_for_calls(child: int, provider: Address, count: int) -> None:
    """Until the provider was called so often by this run, or the run is over (and a zombie)."""
    before = provider.stats().get("calls", 0)
    while provider.stats().get("calls", 0) < before + count:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(0.01)


def _work(driver: str, folder: Path, endpoint: Endpoint) -> NoReturn:
    code = 1
    try:
        _ask(driver, folder, endpoint)
        code = 0
    except Exception:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--driver", choices=DRIVERS, default=LITELLM)
    asked = parser.parse_args()
    if asked.driver == LITELLM:
        load_litellm()  # once, for all forks
    nursery = Nursery(asked.driver)
    with tempfile.TemporaryDirectory() as scratch:
        counted = crash_matrix(
            nursery,
            Path(scratch),
            users=asked.users,
            kills=asked.kills,
            concurrency=asked.concurrency,
            seed=asked.seed,
        )
    nursery.close()
    print(json.dumps({**asdict(counted), "holds": counted.holds}))
