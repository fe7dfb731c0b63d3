"""The whole person as the domain knows them, from every row they gave: `profile_of`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from fitsense_api.daily.repository import Weights
from fitsense_api.db.models.people import Consent, Screening, UserProfile
from fitsense_api.db.unit import Unit
from fitsense_api.people.age import ADULT_AGE, age_on
from fitsense_api.people.holding_schemas import ConditionBody
from fitsense_api.people.holdings import Holdings
from fitsense_api.people.repository import Consents, ProfileRepository, Screenings
from fitsense_api.people.screening import day_to_judge
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.safety.screening_answers import ScreeningAnswers, screen_answers
from fitsense_training.domain.vocabulary import Condition, ScreeningState

GUARDIAN: Final = "guardian"
CLEARANCE_HOLDS: Final = timedelta(days=365)
_OF_PROFILE: Final = (
    "date_of_birth", "sex", "height_cm", "activity_level", "experience_level", "weekdays",
    "session_minutes",
)  # fmt: skip


@dataclass(frozen=True)
class _Told:
    """Everything a person told, or None where they did not."""

    profile: UserProfile | None
    fields: dict[str, Any]
    screening: Screening | None
    has_guardian: bool
    today: date


async def profile_of(unit: Unit, user_id: UUID, *, needs_screening: bool = True) -> Profile:
    """The person as a plan sees them; without `needs_screening` its answers may be too old.

    Raises:
        BadInput: something is not told yet; the sentence names all of it.
    """
    told = await _read(unit, user_id)
    if missing := [*_missing(told), *(_of_screening(told) if needs_screening else ())]:
        raise BadInput(f"a plan needs more of you: {'; '.join(missing)}")
    try:
        return Profile.model_validate(told.fields)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{place} is out of range ({first['msg']}): mend it first") from error


async def _read(unit: Unit, user_id: UUID) -> _Told:
    profile = await ProfileRepository(unit, user_id).find()
    holdings, today = Holdings(unit, user_id), unit.now.date()
    weight = await Weights(unit, user_id).newest()
    screenings = Screenings(unit, user_id)
    screening, last = await screenings.newest(), await screenings.last()
    agreed = await Consents(unit, user_id).all(
        Consent.purpose == GUARDIAN, Consent.withdrawn_at.is_(None)
    )
    conditions = (await holdings.conditions()).conditions
    fields: dict[str, Any] = {name: getattr(profile, name, None) for name in _OF_PROFILE}
    born = fields.pop("date_of_birth")
    fields |= {
        "age": age_on(born, today) if born else None,
        "weight_kg": weight.weight_kg if weight else None,
        "goals": await holdings.goals(),
        "equipment": await holdings.equipment(),
        "conditions": _with_light(tuple(_record(told, today) for told in conditions), last),
        "excluded_exercises": tuple(profile.excluded_exercises) if profile else (),
        "has_symptoms": _state(last).rank >= ScreeningState.BLOCKED.rank,
    }
    return _Told(profile, fields, screening, bool(agreed), today)


def _missing(told: _Told) -> list[str]:
    """What is still to be told, and where to."""
    fields = told.fields
    of_profile = ["date_of_birth" if name == "age" else name for name in _names_missing(fields)]
    missing = [f"PUT {', '.join(of_profile)} to /v1/profile"] if of_profile else []
    if not fields["goals"]:
        missing.append("PUT /v1/profile/goals")
    if fields["weight_kg"] is None:
        missing.append("PUT today's weight to /v1/days/{day}/weight")
    if (fields["age"] or ADULT_AGE) < ADULT_AGE and not told.has_guardian:
        missing.append("a parent or guardian must agree: POST /v1/consents")
    return missing


def _of_screening(told: _Told) -> list[str]:
    if told.screening is None:
        return ["POST the answers of screening to /v1/screenings"]
    answers = _answers(told.screening)
    if screen_answers(answers, day_to_judge(answers, told.today)).needs_new_answers:
        return ["POST new answers of screening to /v1/screenings, the last are too old"]
    return []


def _names_missing(fields: dict[str, Any]) -> list[str]:
    names = ("age", *_OF_PROFILE[1:])
    return [name for name in names if not fields[name]]


def _answers(screening: Screening) -> ScreeningAnswers:
    return ScreeningAnswers.model_validate(screening.answers)


def _state(screening: Screening | None) -> ScreeningState:
    """What the last answers allow, as of their own day: that they grow old is told apart."""
    if screening is None:
        return ScreeningState.CLEAR
    answers = _answers(screening)
    return screen_answers(answers, answers.answered_on).state


def _with_light(
    conditions: tuple[ConditionRecord, ...], screening: Screening | None
) -> tuple[ConditionRecord, ...]:
    """The conditions, and one more without a name where the answers ask for light work.

    The domain keeps light whoever has a condition it does not know: so is who answered so.
    """
    unnamed = ConditionRecord(condition=Condition.OTHER)
    is_light = _state(screening) is ScreeningState.CLEAR_LIGHT
    if not is_light or any(record.condition is Condition.OTHER for record in conditions):
        return conditions
    return (*conditions, unnamed)


def _record(told: ConditionBody, today: date) -> ConditionRecord:
    is_cleared = told.cleared_on is not None and today - told.cleared_on <= CLEARANCE_HOLDS
    return ConditionRecord(condition=told.condition, severity=told.severity, is_cleared=is_cleared)
