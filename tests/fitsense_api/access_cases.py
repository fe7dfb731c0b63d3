"""Who may reach what: one case for each operation, by method and path.

A new route needs a case here; without one test_access_matrix.py fails. Say in it whose the thing
is, what body makes the request succeed, and how a fresh thing with an id is made where the request
uses one up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import uuid4

from litestar.testing import TestClient

from fitsense_api.plans import examples
from tests.fitsense_api.kit import PASSWORD, KitService, User
from tests.fitsense_api.people_kit import ANSWERS, PROFILE, TODAY, a_screened_user, tell


class Access(Enum):
    """Whose a thing is."""

    OPEN = "anybody's"
    OWN = "one person's, and their programs'"
    PERSON = "one person's, and no program's"
    OPERATOR = "for those who work the service"


@dataclass
class World:
    """Two people, of whom the first has everything there is."""

    service: KitService
    owner: User = field(init=False)
    other: User = field(init=False)
    programs: dict[str, TestClient[Any]] = field(default_factory=dict[str, TestClient[Any]])

    def __post_init__(self) -> None:
        self.owner = a_screened_user(self.service)
        self.other = a_screened_user(self.service, "bob@example.org")

    def tell(self, method: str, path: str, body: Any) -> Any:
        return tell(self.owner, method, path, body)

    @cached_property
    def followed(self) -> dict[str, Any]:
        """The revision that is followed."""
        return self.tell("POST", f"/v1/programme/revisions/{self.new_revision()}/accept", {})

    def new_revision(self) -> str:
        return self._proposed()["id"]

    def new_plan(self) -> str:
        return self._proposed()["plan_id"]

    def moved_on(self) -> str:
        """The plan that is followed, one revision later."""
        plan = self.followed["plan_id"]
        later = self.tell("POST", f"/v1/programme/plans/{plan}/adapt", {})["revision"]
        self.tell("POST", f"/v1/programme/revisions/{later['id']}/accept", {})
        return plan

    def new_workout(self) -> dict[str, Any]:
        line = {"exercise_id": "goblet_squat", "position": 0, "sets": [A_SET]}
        return self.tell("POST", "/v1/workouts", {**A_WORKOUT, "exercises": [line]})

    def new_line(self) -> dict[str, Any]:
        return self.new_workout()["exercises"][0]

    def binned_workout(self) -> str:
        workout = self.new_workout()["id"]
        assert self.owner.client.delete(f"/v1/workouts/{workout}").status_code == 204
        return workout

    def new_medication(self) -> str:
        return self.tell("POST", "/v1/profile/medications", A_MEDICINE)["id"]

    def new_allergy(self) -> str:
        return self.tell("POST", "/v1/profile/allergies", {"allergen": "latex"})["id"]

    def new_token(self) -> str:
        return self.tell("POST", "/v1/account/tokens", a_token_body())["id"]

    def new_session(self) -> str:
        body = {"email": self.owner.email, "password": PASSWORD}
        assert self.service.client.post("/v1/account/log-in", json=body).status_code == 200
        self.service.client.cookies.clear()
        found = self.owner.client.get("/v1/account/sessions").json()
        return next(row["id"] for row in found if not row["is_current"])

    def new_import(self) -> str:
        return self.tell("POST", "/v1/imports", a_file())["id"]

    def new_consent(self) -> str:
        return self.tell("POST", "/v1/consents", a_consent(self))["id"]

    def new_job(self) -> str:
        return self.service.client.post("/v1/plans/jobs", json=examples.JOB).json()["id"]

    def _proposed(self) -> dict[str, Any]:
        return self.tell("POST", "/v1/programme/proposals", {"name": "Spring"})["revision"]


Make = Callable[[World], str]


@dataclass(frozen=True)
class Case:
    """One operation: whose its things are, and how it is asked so that it succeeds."""

    access: Access
    area: str = ""
    body: Any = None
    make: Make | None = None
    query: str = ""

    def body_for(self, world: World) -> Any:
        return self.body(world) if callable(self.body) else self.body


def anybody(body: Any = None, make: Make | None = None) -> Case:
    return Case(Access.OPEN, "", body, make)


def own(area: str, body: Any = None, make: Make | None = None) -> Case:
    return Case(Access.OWN, area, body, make)


def persons(body: Any = None, make: Make | None = None) -> Case:
    return Case(Access.PERSON, "account", body, make)


def exports() -> Case:
    return Case(Access.PERSON, "export")


def operators(body: Any = None) -> Case:
    return Case(Access.OPERATOR, "", body)


def a_sign_up(_: World | None = None) -> dict[str, Any]:
    return {"name": "Eve", "email": f"{uuid4().hex}@example.org", "password": PASSWORD}


def a_token_body(_: World | None = None) -> dict[str, Any]:
    return {"name": uuid4().hex, "scopes": ["read"]}


def a_file(_: World | None = None) -> dict[str, Any]:
    line = f"2025-01-02 08:00:00,{uuid4().hex},45m,Plank,1,0,0,0,60,,,"
    return {"csv": f"{STRONG_COLUMNS}\n{line}\n"}


def a_consent(world: World) -> dict[str, Any]:
    """What a guardian says, once again; from now on the owner is one who needs it."""
    world.tell("PUT", "/v1/profile", {**PROFILE, "date_of_birth": "2010-06-01"})
    for given in world.owner.client.get("/v1/consents").json():
        if given["is_open"]:
            world.tell("POST", f"/v1/consents/{given['id']}/withdraw", {})
    texts = world.owner.client.get("/v1/consents/texts").json()
    return {
        "purpose": "guardian",
        "version": texts[0]["version"],
        "given_by": "Annabella Byron",
        "relation": "parent",
        "is_agreed": True,
    }


def a_log_in(world: World) -> dict[str, Any]:
    return {"email": world.other.email, "password": PASSWORD}


def a_sync(_: World) -> dict[str, Any]:
    return {"workouts": [{**A_WORKOUT, "client_id": str(uuid4())}]}


def a_change(world: World) -> dict[str, Any]:
    first = world.followed["plan"]["sessions"][0]["prescriptions"][0]["exercise_id"]
    return {"operations": [{"kind": "swap", "exercise_id": first}]}


A_SET = {"set_number": 1, "reps": 8, "weight": 20}
A_WORKOUT = {"started_at": f"{TODAY}T08:00:00Z"}
STRONG_COLUMNS = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,"
    "Workout Notes,RPE"
)
A_MEDICINE = {"medication_name": "ibuprofen"}
NO_SWITCH = {"is_coach_only": False, "reason": "a test of the switch"}
TARGETS = {
    "calories": {"maintenance_calories": 2200, "effective_from": TODAY},
    "sleep": {"target_sleep_hours": 8, "effective_from": TODAY},
}

FOLLOWED: Make = lambda world: world.followed["plan_id"]  # noqa: E731
WORKOUT: Make = lambda world: world.new_workout()["id"]  # noqa: E731
LINE: Make = lambda world: world.new_line()["id"]  # noqa: E731
SET: Make = lambda world: world.new_line()["sets"][0]["id"]  # noqa: E731

CASES: dict[str, Case] = {
    "POST /v1/plans": anybody(examples.CREATE),
    "POST /v1/plans/modify": anybody(examples.MODIFY),
    "POST /v1/plans/adjust": anybody(examples.ADJUST),
    "POST /v1/plans/adapt": anybody(examples.ADAPT),
    "POST /v1/plans/weeks": anybody(examples.WEEKS),
    # A stranger's job is for whoever knows its 144 random bits; a person's is in test_jobs.py.
    "POST /v1/plans/jobs": anybody(examples.JOB),
    "GET /v1/plans/jobs/{job_id}": anybody(make=World.new_job),
    "GET /v1/plans/jobs/{job_id}/events": anybody(make=World.new_job),
    "DELETE /v1/plans/jobs/{job_id}": anybody(make=World.new_job),
    "GET /v1/model": anybody(),
    "GET /v1/exercises": anybody(),
    "GET /v1/exercises/{exercise_id}": anybody(make=lambda _: "goblet_squat"),
    "GET /health/live": anybody(),
    "GET /health/ready": anybody(),
    "POST /v1/account": anybody(a_sign_up),
    "POST /v1/account/log-in": anybody(a_log_in),
    "GET /metrics": operators(),
    "GET /v1/admin/model": operators(),
    "POST /v1/admin/model/reload": operators({}),
    "PUT /v1/admin/model/switch": operators(NO_SWITCH),
    "POST /v1/admin/model/compare": operators(examples.JOB),
    "GET /v1/admin/audit": operators(),
    "GET /v1/admin/audit/verdict": operators(),
    "GET /v1/admin/interactions": operators(),
    "GET /v1/account": own("identity"),
    "POST /v1/account/log-out": persons({}),
    "POST /v1/account/log-out-everywhere": persons({}),
    "POST /v1/account/password": persons({"password": PASSWORD, "new_password": PASSWORD}),
    "GET /v1/account/sessions": persons(),
    "DELETE /v1/account/sessions/{session_id}": persons(make=World.new_session),
    "GET /v1/account/tokens": persons(),
    "POST /v1/account/tokens": persons(a_token_body),
    "DELETE /v1/account/tokens/{token_id}": persons(make=World.new_token),
    "GET /v1/profile": own("profile"),
    "PUT /v1/profile": own("profile", PROFILE),
    "GET /v1/profile/whole": own("profile"),
    "GET /v1/profile/goals": own("profile"),
    "PUT /v1/profile/goals": own("profile", {"goals": ["strength"]}),
    "GET /v1/profile/equipment": own("profile"),
    "PUT /v1/profile/equipment": own("profile", {"equipment": ["dumbbells", "bench"]}),
    "GET /v1/profile/conditions": own("profile"),
    "PUT /v1/profile/conditions": own("profile", {"conditions": []}),
    "GET /v1/profile/medications": own("profile"),
    "POST /v1/profile/medications": own("profile", A_MEDICINE),
    "PUT /v1/profile/medications/{entry_id}": own("profile", A_MEDICINE, World.new_medication),
    "DELETE /v1/profile/medications/{entry_id}": own("profile", make=World.new_medication),
    "GET /v1/profile/allergies": own("profile"),
    "POST /v1/profile/allergies": own("profile", {"allergen": "latex"}),
    "DELETE /v1/profile/allergies/{entry_id}": own("profile", make=World.new_allergy),
    "POST /v1/screenings": own("profile", ANSWERS),
    "GET /v1/screenings/current": own("profile"),
    "GET /v1/days": Case(Access.OWN, "days", query=f"?from={TODAY}&to={TODAY}"),
    "PUT /v1/days/{day}/calories": own("days", {"calories_consumed": 2200}),
    "PUT /v1/days/{day}/sleep": own("days", {"sleep_duration_hours": 8}),
    "PUT /v1/days/{day}/weight": own("days", {"weight": 70}),
    "GET /v1/targets": own("days"),
    "PUT /v1/targets/calories": own("days", TARGETS["calories"]),
    "PUT /v1/targets/sleep": own("days", TARGETS["sleep"]),
    "POST /v1/programme/proposals": own("programme", {"name": "Summer"}),
    "POST /v1/programme/plans/{plan_id}/modify": own("programme", a_change, FOLLOWED),
    "POST /v1/programme/plans/{plan_id}/adjust": own(
        "programme", {"pain": {"region": "knee", "level": 5}}, FOLLOWED
    ),
    "POST /v1/programme/plans/{plan_id}/adapt": own("programme", {}, FOLLOWED),
    "GET /v1/programme": own("programme"),
    "GET /v1/programme/plans": own("programme"),
    "GET /v1/programme/plans/{plan_id}": own("programme", make=FOLLOWED),
    "GET /v1/programme/plans/{plan_id}/weeks": own("programme", make=FOLLOWED),
    "DELETE /v1/programme/plans/{plan_id}": own("programme", make=World.new_plan),
    "GET /v1/programme/plans/{plan_id}/revisions": own("programme", make=FOLLOWED),
    "POST /v1/programme/plans/{plan_id}/revert": own(
        "programme", lambda world: {"revision_id": world.followed["id"]}, World.moved_on
    ),
    "GET /v1/programme/revisions/{revision_id}": own("programme", make=World.new_revision),
    "POST /v1/programme/revisions/{revision_id}/accept": own("programme", {}, World.new_revision),
    "POST /v1/programme/revisions/{revision_id}/reject": own("programme", {}, World.new_revision),
    "GET /v1/programme/exercises": own("programme"),
    "GET /v1/programme/exercises/{exercise}/stand-ins": own(
        "programme", make=lambda _: "goblet_squat"
    ),
    "GET /v1/progress": own("progress"),
    "GET /v1/workouts": own("workouts"),
    "POST /v1/workouts": own("workouts", A_WORKOUT),
    "POST /v1/workouts/sync": own("workouts", a_sync),
    "GET /v1/workouts/bin": own("workouts"),
    "GET /v1/workouts/{workout_id}": own("workouts", make=WORKOUT),
    "PUT /v1/workouts/{workout_id}": own("workouts", A_WORKOUT, WORKOUT),
    "DELETE /v1/workouts/{workout_id}": own("workouts", make=WORKOUT),
    "POST /v1/workouts/{workout_id}/restore": own("workouts", {}, World.binned_workout),
    "POST /v1/workouts/{workout_id}/exercises": own(
        "workouts", {"exercise_id": "push_up", "position": 1}, WORKOUT
    ),
    "DELETE /v1/workout-exercises/{line_id}": own("workouts", make=LINE),
    "POST /v1/workout-exercises/{line_id}/sets": own("workouts", {**A_SET, "set_number": 2}, LINE),
    "PUT /v1/workout-sets/{set_id}": own("workouts", A_SET, SET),
    "DELETE /v1/workout-sets/{set_id}": own("workouts", make=SET),
    "GET /v1/imports": own("workouts"),
    "POST /v1/imports": own("workouts", a_file),
    "DELETE /v1/imports/{import_id}": own("workouts", make=World.new_import),
    "GET /v1/export": exports(),
    "GET /v1/export/csv": exports(),
    "GET /v1/export/schema": exports(),
    # Last: a plan needs the weight that is taken back here, who needs a consent is a minor, and
    # after the end there is nobody.
    "DELETE /v1/days/{day}/entries/{kind}": own("days"),
    "GET /v1/consents/texts": own("profile"),
    "GET /v1/consents": own("profile"),
    "POST /v1/consents": own("profile", a_consent),
    "POST /v1/consents/{consent_id}/withdraw": own("profile", {}, World.new_consent),
    "POST /v1/account/deletion": persons({"password": PASSWORD}),
}
