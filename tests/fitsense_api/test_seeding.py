"""A cohort's people become users of the service, with everything they logged."""

from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from fitsense_api.accounts.repository import AccountRepository
from fitsense_api.db.models.daily import WeightLog
from fitsense_api.db.models.people import UserCondition, UserGoal
from fitsense_api.db.models.plans import PlanDay, PlanRevision, PlanSet
from fitsense_api.db.models.workouts import WorkoutSet
from fitsense_api.seeding.load import Seeded, seed
from fitsense_assets.lib.cohort import spec, stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.seed import read_people
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.record import PersonRecord
from tests.fitsense_api.kit import PASSWORD, DatabaseUnderTest, KitService, a_service

PEOPLE, DAYS = 12, 28
COUNTED = (WorkoutSet, UserGoal, UserCondition, WeightLog, PlanRevision, PlanDay, PlanSet)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[PersonRecord]:
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    spec.add_cohort(lake, "c0001", make_config(users=PEOPLE, seed=1, lookback_days=DAYS))
    stages.write_profiles(lake, "c0001")
    stages.write_workouts(lake, "c0001", coach)
    stages.write_daily_logs(lake, "c0001")
    return list(read_people(lake, "c0001", chunk=5))


def call(service: KitService, work: Any, *arguments: Any) -> Any:
    portal = service.client.blocking_portal
    assert portal is not None
    return portal.call(work, *arguments)


def load(service: KitService, people: list[PersonRecord]) -> Seeded:
    lines = [person.model_dump_json() for person in people]
    return call(service, seed, service.storage.units, lines, SecretStr(PASSWORD))


def email_of(person: PersonRecord) -> str:
    return f"{person.person_id}@fitsense.invalid"


def count_rows(service: KitService, email: str) -> dict[str, int]:
    async def count() -> dict[str, int]:
        async with service.storage.units.begin(writes=False) as unit:
            user = await AccountRepository(unit).by_email(email)
            assert user is not None
            await unit.act_for(user.id)
            found = {
                str(model.__tablename__): select(func.count())
                .select_from(model)
                .where(model.user_id == user.id)
                for model in COUNTED
            }
            return {n: int(await unit.session.scalar(q) or 0) for n, q in found.items()}

    return call(service, count)


def test_records_hold_everybody_with_their_logs(people: list[PersonRecord]):
    assert [p.person_id for p in people] == [f"c0001-u{n:06d}" for n in range(1, PEOPLE + 1)]
    assert all(len(person.days) == DAYS for person in people)
    assert sum(len(person.workouts) for person in people) > PEOPLE


def test_everything_of_a_person_comes_in(database: DatabaseUnderTest, people: list[PersonRecord]):
    person = next(p for p in people if p.plan is not None and p.workouts)
    plan = person.plan
    assert plan is not None

    with a_service(database) as service:
        seeded = load(service, people)
        counts = count_rows(service, email_of(person))
        body = {"email": email_of(person), "password": PASSWORD}
        answer = service.client.post("/v1/account/log-in", json=body)

    assert (seeded.count_people, seeded.count_known) == (PEOPLE, 0)
    assert answer.status_code == 200, answer.text
    assert counts == {
        "workout_sets": sum(len(workout.sets) for workout in person.workouts),
        "user_goals": len(person.profile.goals),
        "user_conditions": len(person.profile.conditions),
        "weight_logs": sum(day.weight_kg is not None for day in person.days),
        "plan_revisions": 1,
        "plan_days": len(plan.sessions),
        "plan_sets": sum(item.sets for _, item in plan.items()),
    }


def test_people_who_are_there_stay_as_they_are(
    database: DatabaseUnderTest, people: list[PersonRecord]
):
    with a_service(database) as service:
        load(service, people[:3])
        before = count_rows(service, email_of(people[0]))

        again = load(service, people[:5])

        assert (again.count_people, again.count_known) == (2, 3)
        assert count_rows(service, email_of(people[0])) == before


def test_a_line_that_is_no_person_is_named(database: DatabaseUnderTest):
    with a_service(database) as service, pytest.raises(BadInput, match=r"line 1 .*date_of_birth"):
        call(service, seed, service.storage.units, ['{"person_id":"x"}'], None)
