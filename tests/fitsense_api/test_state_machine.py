"""Whatever two people do in whatever order, the service says what a dict says.

Zero stays zero, what is sent twice counts once, nobody sees or changes what is another's, who saw
an older plan changes nothing, and an answer that a model broke off replaces no plan.
"""

import io
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from litestar.testing import TestClient

from fitsense_api.app import create_app
from fitsense_api.log import json_log
from fitsense_api.storage import Storage
from fitsense_api.student.shelf import Shelf
from fitsense_training.domain.request import PlanRequest
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import CoachWriter, FakeSource, a_champion
from tests.fitsense_api.kit import BASE_URL, Clock, DatabaseUnderTest, KitService, User
from tests.fitsense_api.people_kit import TODAY, a_screened_user, tell

DEVICE = UUID(int=99)
SETS = st.lists(
    st.fixed_dictionaries(
        {
            "reps": st.integers(0, 30),
            "weight": st.one_of(st.none(), st.just(0), st.integers(1, 300)),
            "rir": st.one_of(st.none(), st.just(0), st.integers(1, 10)),
            "rest_seconds": st.one_of(st.none(), st.just(0), st.integers(1, 300)),
        }
    ),
    min_size=1,
    max_size=3,
)
KINDS = {
    "calories": ("calories_consumed", st.integers(0, 9_000)),
    "sleep": ("sleep_duration_hours", st.integers(1, 24)),
    "weight": ("weight", st.integers(40, 200)),
}
DAYS = st.sampled_from(("2026-02-26", "2026-02-27", "2026-02-28"))
WHO = st.sampled_from((0, 1))
_names = count()


class CutWriter(CoachWriter):
    """A student whose answers end in the middle once `is_cut`."""

    is_cut = False

    def write(self, request: PlanRequest) -> str:
        whole = super().write(request)
        return whole[: len(whole) // 2] if self.is_cut else whole


@dataclass
class Person:
    """Somebody, and everything the service ought to say of them."""

    user: User
    workouts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    bin: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    days: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    proposed: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    followed: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    stale_tag: str | None = None

    @property
    def current(self) -> dict[str, Any] | None:
        return self.followed[-1] if self.followed else None

    @property
    def client(self) -> TestClient[Any]:
        return self.user.client


@dataclass
class Stage:
    """The service, and the student it asks."""

    service: KitService
    writer: CutWriter


def sets_of(workout: dict[str, Any]) -> list[dict[str, Any]]:
    keys = ("reps", "weight_kg", "rir", "rest_seconds")
    lines = workout["exercises"]
    return [{key: each[key] for key in keys} for line in lines for each in line["sets"]]


def expected(told: dict[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in told.items() if k != "weight"}, "weight_kg": told["weight"]}


class TwoPeople(RuleBasedStateMachine):
    """Ada and Bob."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.stage.writer.is_cut = False
        self.people = [
            Person(a_screened_user(self.stage.service, f"{name}{next(_names)}@example.org"))
            for name in ("ada", "bob")
        ]

    def key(self) -> dict[str, str]:
        return {"idempotency-key": f"a-key-that-is-new-{next(_names)}"}

    @rule(who=WHO, sets=SETS, times=st.integers(1, 2))
    def log_a_workout(self, who: int, sets: list[dict[str, Any]], times: int) -> None:
        """However often it is sent under its key, there is one more workout."""
        numbered = [{**each, "set_number": number} for number, each in enumerate(sets, start=1)]
        line = {"exercise_id": "goblet_squat", "position": 0, "sets": numbered}
        body = {"started_at": "2026-03-01T08:00:00Z", "exercises": [line]}
        person, key = self.people[who], self.key()
        answers = [tell(person.user, "POST", "/v1/workouts", body, headers=key)
                   for _ in range(times)]  # fmt: skip
        assert all(answer == answers[0] for answer in answers)
        person.workouts[answers[0]["id"]] = {"sets": [expected(each) for each in sets]}

    @rule(who=WHO, sets=SETS, times=st.integers(1, 2))
    def sync_a_device(self, who: int, sets: list[dict[str, Any]], times: int) -> None:
        """A device that tells of a workout twice, without a key, has trained once."""
        base = uuid5(DEVICE, str(next(_names)))
        numbered = [
            {**each, "set_number": number, "client_id": str(uuid5(base, f"set {number}"))}
            for number, each in enumerate(sets, start=1)
        ]
        line = {"client_id": str(uuid5(base, "line")), "exercise_id": "goblet_squat"}
        body = {
            "client_id": str(base),
            "started_at": "2026-03-01T08:00:00Z",
            "exercises": [{**line, "position": 0, "sets": numbered}],
        }
        person = self.people[who]
        sent = {"workouts": [body]}
        shown = [tell(person.user, "POST", "/v1/workouts/sync", sent)[0] for _ in range(times)]
        person.workouts[shown[-1]["id"]] = {"sets": [expected(each) for each in sets]}

    @precondition(lambda self: any(each.workouts for each in self.people))
    @rule(rir=st.sampled_from((None, 0, 3)), pick=st.randoms(use_true_random=False))
    def change_a_set(self, rir: int | None, pick: Any) -> None:
        """The later word wins, and a reserve of 0 is 0."""
        person = pick.choice([each for each in self.people if each.workouts])
        workout_id = pick.choice(sorted(person.workouts))
        shown = person.client.get(f"/v1/workouts/{workout_id}").json()
        row = shown["exercises"][0]["sets"][0]
        body = {"set_number": 1, "reps": 0, "weight": 0, "rir": rir, "rest_seconds": 0}
        tell(person.user, "PUT", f"/v1/workout-sets/{row['id']}", body)
        person.workouts[workout_id]["sets"][0] = {
            "reps": 0, "weight_kg": 0, "rir": rir, "rest_seconds": 0,
        }  # fmt: skip

    @precondition(lambda self: any(each.workouts for each in self.people))
    @rule(pick=st.randoms(use_true_random=False))
    def delete_a_workout(self, pick: Any) -> None:
        person = pick.choice([each for each in self.people if each.workouts])
        workout_id = pick.choice(sorted(person.workouts))
        assert person.client.delete(f"/v1/workouts/{workout_id}").status_code == 204
        person.bin[workout_id] = person.workouts.pop(workout_id)

    @precondition(lambda self: any(each.bin for each in self.people))
    @rule(pick=st.randoms(use_true_random=False))
    def take_a_workout_back(self, pick: Any) -> None:
        person = pick.choice([each for each in self.people if each.bin])
        workout_id = pick.choice(sorted(person.bin))
        tell(person.user, "POST", f"/v1/workouts/{workout_id}/restore", {})
        person.workouts[workout_id] = person.bin.pop(workout_id)

    @rule(who=WHO, day=DAYS, kind=st.sampled_from(sorted(KINDS)), data=st.data())
    def log_a_day(self, who: int, day: str, kind: str, data: st.DataObject) -> None:
        """A day has one entry of a kind, the last."""
        name, values = KINDS[kind]
        value, person = data.draw(values), self.people[who]
        tell(person.user, "PUT", f"/v1/days/{day}/{kind}", {name: value, "is_confirmed": True})
        shown = {"weight": "weight_kg"}.get(name, name)
        person.days.setdefault(day, {})[shown] = value

    @rule(who=WHO, is_cut=st.booleans(), times=st.integers(1, 2))
    def ask_for_a_plan(self, who: int, is_cut: bool, times: int) -> None:
        """A proposal changes nothing; one that the student broke off is the coach's, and whole."""
        self.stage.writer.is_cut = is_cut
        person, key = self.people[who], self.key()
        answers = [tell(person.user, "POST", "/v1/programme/proposals", {}, headers=key)
                   for _ in range(times)]  # fmt: skip
        assert all(answer == answers[0] for answer in answers)
        revision = answers[0]["revision"]
        assert revision["plan"]["sessions"]
        assert (revision["guard_path"] in ("coach", "template")) == is_cut
        person.proposed[revision["id"]] = revision

    @precondition(lambda self: any(each.current for each in self.people))
    @rule(is_cut=st.booleans(), pick=st.randoms(use_true_random=False))
    def ask_for_a_change(self, is_cut: bool, pick: Any) -> None:
        self.stage.writer.is_cut = is_cut
        person = pick.choice([each for each in self.people if each.current])
        current = person.current
        line = current["plan"]["sessions"][0]["prescriptions"][0]["exercise_id"]
        body = {"operations": [{"kind": "swap", "exercise_id": line}]}
        path = f"/v1/programme/plans/{current['plan_id']}"
        person.stale_tag = person.client.get(path).headers["etag"]
        revision = tell(person.user, "POST", f"{path}/modify", body)["revision"]
        if revision is not None:
            person.proposed[revision["id"]] = revision

    @precondition(lambda self: any(each.proposed for each in self.people))
    @rule(pick=st.randoms(use_true_random=False), times=st.integers(1, 2))
    def accept_a_proposal(self, pick: Any, times: int) -> None:
        """What is accepted is followed, once, unless the plan has changed since."""
        person = pick.choice([each for each in self.people if each.proposed])
        revision = person.proposed.pop(pick.choice(sorted(person.proposed)))
        path, key = f"/v1/programme/revisions/{revision['id']}/accept", self.key()
        answers = [person.client.post(path, json={}, headers=key) for _ in range(times)]
        assert all(answer.json() == answers[0].json() for answer in answers
                   if answers[0].status_code == 200)  # fmt: skip
        of_plan = [each for each in person.followed if each["plan_id"] == revision["plan_id"]]
        parent = of_plan[-1]["id"] if of_plan else None
        if revision["parent_id"] == parent and answers[0].status_code == 200:
            person.followed.append(answers[0].json())
        else:
            assert answers[0].status_code == 409

    @precondition(lambda self: any(each.stale_tag and each.current for each in self.people))
    @rule(pick=st.randoms(use_true_random=False))
    def change_what_has_changed(self, pick: Any) -> None:
        """Who saw an older plan is told so; who saw this one is not."""
        person = pick.choice([each for each in self.people if each.stale_tag and each.current])
        path = f"/v1/programme/plans/{person.current['plan_id']}"
        tag = person.client.get(path).headers["etag"]
        is_stale = tag != person.stale_tag
        answer = person.client.post(
            f"{path}/adapt", json={}, headers={"if-match": str(person.stale_tag)}
        )
        assert (answer.status_code == 412) == is_stale
        if not is_stale and answer.json()["revision"]:
            revision = answer.json()["revision"]
            person.proposed[revision["id"]] = revision

    @precondition(lambda self: any(each.workouts or each.current for each in self.people))
    @rule(who=WHO)
    def reach_for_what_is_anothers(self, who: int) -> None:
        """Things of another do not exist."""
        thief, owner = self.people[who], self.people[1 - who]
        for workout_id in [*owner.workouts][:1]:
            path = f"/v1/workouts/{workout_id}"
            head = {"started_at": "2026-03-01T08:00:00Z"}
            assert thief.client.get(path).status_code == 404
            assert thief.client.put(path, json=head).status_code == 404
            assert thief.client.delete(path).status_code == 404
        if owner.current is not None:
            plan = f"/v1/programme/plans/{owner.current['plan_id']}"
            body = {"revision_id": owner.current["id"]}
            assert thief.client.get(plan).status_code == 404
            assert thief.client.post(f"{plan}/revert", json=body).status_code == 404
            assert thief.client.delete(plan).status_code == 404

    @rule()
    def let_time_pass(self) -> None:
        self.stage.service.clock.move(seconds=2)

    @invariant()
    def the_service_says_what_the_dicts_say(self) -> None:
        self.stage.service.clock.move(seconds=1)
        for person in self.people:
            shown = person.client.get("/v1/workouts", params={"limit": 100}).json()["items"]
            assert {each["id"]: sets_of(each) for each in shown} == {
                name: each["sets"] for name, each in person.workouts.items()
            }
            days = person.client.get("/v1/days", params={"from": "2026-02-01", "to": TODAY}).json()
            kept = {each["day"]: each for each in days if each["day"] != TODAY}
            assert kept.keys() == person.days.keys()
            for day, values in person.days.items():
                assert {name: kept[day][name] for name in values} == values
            programme = person.client.get("/v1/programme")
            if person.current is None:
                assert programme.status_code == 404
            else:
                assert programme.json()["current"]["id"] == person.current["id"]
                assert programme.json()["current"]["plan"] == person.current["plan"]


@contextmanager
def a_stage(database: DatabaseUnderTest, folder: Path) -> Generator[Stage, None, None]:
    """A service with a student that can be cut short."""
    writer, clock, log = CutWriter(), Clock(), io.StringIO()
    storage = Storage(database.settings, database.home, now=clock)
    shelf = Shelf(folder / "serving", lambda _: writer)
    app = create_app(
        Settings(home=folder),
        FakeSource(a_champion(folder)),
        shelf=shelf,
        log=json_log(log),
        storage=storage,
    )
    with TestClient(app, base_url=BASE_URL) as client:
        yield Stage(KitService(client, storage, clock, log), writer)


@pytest.mark.slow
def test_two_people_in_any_order(database: DatabaseUnderTest, tmp_path: Path):
    if database.settings.migrations_url is not None:
        import asyncio

        from fitsense_api.db.migrate import migrate

        asyncio.run(migrate(database.settings.owner_address(database.home), database.settings))
    with a_stage(database, tmp_path / "student") as stage:
        machine = type("TwoPeopleHere", (TwoPeople,), {"stage": stage})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=4,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                # A failure is told as it was found: making it smaller takes minutes.
                phases=(Phase.generate,),
                database=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
