"""`python -m fitsense_api seed`: people from records on standard input, one JSON line each.

A person who is there already is left as they are, so a load that was stopped can be run again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import SecretStr, ValidationError

from fitsense_api.accounts.passwords import Passwords
from fitsense_api.accounts.repository import AccountRepository
from fitsense_api.db.base import Base
from fitsense_api.db.unit import Unit, Units
from fitsense_api.errors import Conflict
from fitsense_api.seeding.repository import PersonRows
from fitsense_api.seeding.rows import day_rows, health_rows, person_rows, plan_rows, workout_rows
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.record import PersonRecord

DOMAIN = "fitsense.invalid"  # reserved by RFC 2606: no mail can ever go there


@dataclass(frozen=True)
class Seeded:
    """How many people and rows came in, and how many people were there before."""

    count_people: int = 0
    count_rows: int = 0
    count_known: int = 0

    def sentence(self) -> str:
        """What happened, for the terminal."""
        known = f"; {self.count_known} were there already" if self.count_known else ""
        return f"{self.count_people} people came in with {self.count_rows} rows{known}"


async def seed(units: Units, lines: Iterable[str], password: SecretStr | None) -> Seeded:
    """Keep everybody, each in a transaction of their own.

    Without a password nobody of them can log in.

    Raises:
        BadInput: a line is no record; the people before it are kept.
    """
    hasher = Passwords(at_once=1)
    password_hash = await hasher.hash(password.get_secret_value()) if password else "!"
    people, rows, known = 0, 0, 0
    for person in _records(lines):
        try:
            rows += await _keep(units, person, password_hash)
            people += 1
        except Conflict:
            known += 1
    return Seeded(people, rows, known)


def _records(lines: Iterable[str]) -> Iterator[PersonRecord]:
    for number, line in enumerate(lines, start=1):
        try:
            yield PersonRecord.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"line {number} is no person: {place}: {first['msg']}") from error


async def _keep(units: Units, person: PersonRecord, password_hash: str) -> int:
    async with units.begin() as unit:
        email = f"{person.person_id}@{DOMAIN}"
        user = await AccountRepository(unit).add(person.person_id, email, password_hash)
        return 1 + await PersonRows(unit, user.id).keep(_all_rows(unit, person))


def _all_rows(unit: Unit, person: PersonRecord) -> Iterator[Base]:
    yield from person_rows(person)
    yield from health_rows(person)
    plan_id: UUID | None = None
    if person.plan is not None:
        plan_id = unit.next_id()
        yield from plan_rows(unit, plan_id, person.plan)
    for workout in person.workouts:
        yield from workout_rows(unit, workout, plan_id)
    for day in person.days:
        yield from day_rows(day)
