"""Faults that a service must survive, each as it happens to one that runs.

Their parts are tested where they live (test_keeper.py, db/test_fences.py, test_plans.py); here the
whole answers over HTTP.
"""

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from fitsense_api.config import ApiSettings, ServiceConfig
from fitsense_api.plans import examples
from tests.fitsense_api.fakes import CoachWriter, Service, a_champion
from tests.fitsense_api.fakes import a_service as a_student_service
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, a_service, a_user
from tests.fitsense_api.people_kit import ANSWERS, PROFILE, TODAY, a_screened_user, tell
from tests.fitsense_api.test_server import a_free_port, wait_until_it_answers

OFTEN = ServiceConfig(refresh_s=0.02)
WAIT_S = 20
TOKEN = "operator-" * 4


def until(is_so: Callable[[], bool]) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it never was so"


# --- a kill in the middle of a request: no half-written plan, and a retry makes one plan


@contextmanager
def a_process(home: Path, port: int) -> Generator[subprocess.Popen[bytes], None, None]:
    settings = {"FITSENSE_HOME": str(home), "FITSENSE_API_PORT": str(port)}
    settings |= {"FITSENSE_PLANNER": "coach", "FITSENSE_ADMIN_TOKEN": TOKEN}
    command = [sys.executable, "-m", "fitsense_api"]
    environment = {**os.environ, **settings}
    running = subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}")
        yield running
    finally:
        kill_all_of(running)


def kill_all_of(running: subprocess.Popen[bytes]) -> None:
    """Kill the service as a power cut would: its worker too, which outlives its parent."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(10)


def a_person_ready_for_a_plan(url: str) -> dict[str, str]:
    """Sign up and tell everything; the cookie as a header, for no client sends it in the clear."""
    body = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    answer = httpx.post(f"{url}/v1/account", json=body)
    cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    today = time.strftime("%Y-%m-%d", time.gmtime())
    told = {
        "PUT /v1/profile": PROFILE,
        "PUT /v1/profile/goals": {"goals": ["strength"]},
        "PUT /v1/profile/equipment": {"equipment": ["dumbbells", "bench"]},
        f"PUT /v1/days/{today}/weight": {"weight": 70},
        "POST /v1/screenings": {**ANSWERS, "answered_on": today},
    }
    for what, each in told.items():
        method, _, path = what.partition(" ")
        httpx.request(method, url + path, json=each, headers=cookie).raise_for_status()
    return cookie


def ask_for_plans(url: str, cookie: dict[str, str], keys: list[str]) -> list[str]:
    """Ask under all of these keys at once; gives those whose answer was lost on the way."""
    with httpx.Client(base_url=url, headers=cookie, timeout=30, trust_env=False) as client:

        def is_lost(key: str) -> bool:
            headers = {"idempotency-key": key}
            try:
                answer = client.post("/v1/programme/proposals", json={"name": key}, headers=headers)
            except httpx.TransportError:
                return True
            assert answer.status_code == 201, answer.text
            return False

        with ThreadPoolExecutor(len(keys)) as pool:
            return [key for key, lost in zip(keys, pool.map(is_lost, keys), strict=True) if lost]


def count_written(url: str) -> int:
    """How many plans were written and checked; they need not be kept yet."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    lines = httpx.get(f"{url}/metrics", headers=headers, timeout=30).text.splitlines()
    counts = [line for line in lines if line.startswith("fitsense_answer_seconds_count")]
    return int(sum(float(line.rpartition(" ")[2]) for line in counts))


@pytest.mark.slow
def test_killed_in_the_middle_a_request_that_comes_again_makes_one_plan(tmp_path: Path):
    port, keys = a_free_port(), [f"plan-number-{n:02}" for n in range(14)]
    url = f"http://127.0.0.1:{port}"
    with a_process(tmp_path, port) as running, ThreadPoolExecutor(1) as pool:
        cookie = a_person_ready_for_a_plan(url)
        path = tmp_path / "service.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            # Nobody can keep a plan while somebody else writes, so all are in the middle.
            holder.execute("BEGIN IMMEDIATE")
            asking = pool.submit(ask_for_plans, url, cookie, keys)
            until(lambda: count_written(url) == len(keys))
            holder.execute("ROLLBACK")
            kill_all_of(running)
        lost = asking.result()

    with closing(sqlite3.connect(tmp_path / "service.db")) as database:
        broken = database.execute("PRAGMA integrity_check").fetchone()[0]
        halves = database.execute(
            "SELECT count(*) FROM workout_plans p WHERE NOT EXISTS "
            "(SELECT 1 FROM plan_revisions r WHERE r.plan_id = p.id)"
        ).fetchone()[0]
    with a_process(tmp_path, port):
        lost_again = ask_for_plans(url, cookie, keys)
        shown = httpx.get(f"{url}/v1/programme/plans", headers=cookie).json()["items"]

    assert lost, "nobody was in the middle"
    assert (broken, halves, lost_again) == ("ok", 0, [])
    assert sorted(plan["name"] for plan in shown) == keys


# --- a clock that jumps, and the nights on which it is set


def test_a_clock_that_jumps_a_day_ends_no_session_and_doubles_nothing(database: DatabaseUnderTest):
    key = {"idempotency-key": "a-workout-of-ada"}
    workout = {"started_at": "2026-03-02T08:00:00Z"}
    with a_service(database) as service:
        user = a_screened_user(service)
        first = tell(user, "POST", "/v1/workouts", workout, headers=key)
        again: list[Any] = []
        for hours in (23, -47, 24):
            service.clock.move(hours=hours)
            again.append(tell(user, "POST", "/v1/workouts", workout, headers=key))
            tell(user, "PUT", "/v1/days/2026-03-01/sleep", {"sleep_duration_hours": 7})
            assert user.client.get("/v1/screenings/current").json()["state"] == "clear"
        days = user.client.get("/v1/days", params={"from": "2026-02-01", "to": TODAY}).json()
        count = len(user.client.get("/v1/workouts").json()["items"])

    assert again == [first] * 3
    assert count == 1
    assert [day["day"] for day in days] == ["2026-03-01", TODAY]


def test_a_lock_outlives_a_jump_back_and_opens_after_it(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        body = {"email": user.email, "password": PASSWORD}
        for _ in range(10):
            service.client.post("/v1/account/log-in", json={**body, "password": "wrong one"})
        service.clock.move(days=-1)
        early = service.client.post("/v1/account/log-in", json=body)
        service.clock.move(days=1, minutes=16)
        late = service.client.post("/v1/account/log-in", json=body)

    assert (early.status_code, late.status_code) == (401, 200)


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2025-03-30 02:30:00", "2025-03-30T01:30:00Z"),  # an hour that there was not
        ("2025-10-26 02:30:00", "2025-10-26T00:30:00Z"),  # an hour that there was twice
    ],
)
def test_an_hour_that_the_clocks_skip_or_repeat_is_one_workout(tmp_path: Path, wall: str, utc: str):
    header = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,RPE\n"
    files = [f"{header}{wall},Night,Push Up,1,0,8,\n", f"{header}{wall},Night,Push Up,1,0,8,\n\n"]
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)
        for each in files:
            tell(user, "POST", "/v1/imports", {"csv": each, "timezone": "Europe/Berlin"})
        shown = user.client.get("/v1/workouts").json()["items"]

    assert [each["started_at"] for each in shown] == [utc]


# --- the registry away, and a bundle with something planted in it


def ready(service: Service) -> dict[str, Any]:
    return service.client.get("/health/ready").json()


def planner_of(service: Service) -> str:
    return service.client.post("/v1/plans", json=examples.CREATE).json()["provenance"]["planner"]


def test_with_the_registry_away_the_last_student_answers_and_readiness_says_so(tmp_path: Path):
    with a_student_service(tmp_path, CoachWriter(), OFTEN) as service:
        service.source.is_down = True
        until(lambda: ready(service)["status"] == "degraded")
        away, by = ready(service), planner_of(service)
        service.source.is_down = False
        until(lambda: ready(service)["status"] == "ready")
        back = planner_of(service)

    assert away["troubles"] == ["registry_unreachable"]
    assert away["model_version"] == "1"
    assert (by, back) == ("student", "student")


class Bomb:
    """What a planted pickle would do to whoever loads it."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return (self.marker.touch, ())


def test_a_planted_model_is_refused_before_it_is_loaded_and_the_service_lives(tmp_path: Path):
    marker = tmp_path / "it-was-run"
    with a_student_service(tmp_path, CoachWriter(), OFTEN) as service:
        planted = a_champion(tmp_path, "2")
        (planted.folder / "MLmodel").write_text("loader_module: code.loader\n")
        (planted.folder / "code").mkdir()
        (planted.folder / "code" / "loader.py").write_text(f"open({str(marker)!r}, 'w')\n")
        (planted.folder / "model.pkl").write_bytes(pickle.dumps(Bomb(marker)))
        service.source.found = planted
        until(lambda: ready(service)["troubles"] == ["bundle_refused"])
        shown, by = ready(service), planner_of(service)
        told = [line for line in service.log_lines("failed") if line["what"] == "serve version 2"]

    assert not marker.exists()
    assert (shown["model_version"], by) == ("1", "student")
    assert told[0]["error"] == "CorruptArtifact"


# --- a database that is away for a while, and more people than it has connections for


@pytest.mark.slow
def test_connections_that_a_restart_of_postgres_cut_are_made_anew(
    postgres: Any, postgres_database: DatabaseUnderTest
):
    with a_service(postgres_database) as service:
        user = a_screened_user(service)
        before = user.client.get("/v1/profile").json()
        postgres.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'fitsense_app' AND pid <> pg_backend_pid();"
        )
        answers = [user.client.get("/v1/profile") for _ in range(3)]

    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[-1].json() == before


def test_a_database_that_is_locked_for_long_refuses_fast_and_recovers(tmp_path: Path):
    settings = ApiSettings(count_hashes_at_once=1, database_wait_s=0.2, pool_size=2)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)
        with closing(sqlite3.connect(tmp_path / "service.db", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            writes = in_parallel(user.client, 12, "PUT", "/v1/profile", {"session_minutes": 45})
            waited_s = time.monotonic() - started
            live = user.client.get("/health/live").status_code
        after = user.client.put("/v1/profile", json={"session_minutes": 45})

    assert {(each.status_code, each.headers["retry-after"]) for each in writes} == {(503, "2")}
    assert waited_s < WAIT_S
    assert (live, after.status_code) == (200, 200)


def test_ten_times_as_many_as_there_are_places_are_answered_or_sent_away(tmp_path: Path):
    settings = ApiSettings(count_hashes_at_once=1, database_wait_s=0.3, pool_size=2)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_screened_user(service)
        storm = [
            *in_parallel(user.client, 40, "POST", "/v1/programme/proposals", {}),
            *in_parallel(user.client, 40, "GET", "/v1/workouts", None),
        ]
        after = [user.client.get("/v1/workouts").status_code for _ in range(5)]
        tell(user, "POST", "/v1/programme/proposals", {})

    seen = {each.status_code for each in storm}
    assert seen <= {200, 201, 503}
    assert seen & {200, 201}
    assert all(each.headers["retry-after"] for each in storm if each.status_code == 503)
    assert after == [200] * 5


def in_parallel(
    client: TestClient[Any], count: int, method: str, path: str, body: Any
) -> list[httpx.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: client.request(method, path, json=body), range(count)))
