"""Screening of a person: the answers are kept, the domain judges them (rules/screening.yaml)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fitsense_api.db.models.people import Screening
from fitsense_api.db.unit import Unit
from fitsense_api.people.age import age_on, refuse_children
from fitsense_api.people.repository import ProfileRepository, Screenings
from fitsense_training.domain.errors import BadInput, UnknownName
from fitsense_training.domain.safety.screening_answers import (
    ScreeningAnswers,
    load_screening_rules,
    screen_answers,
)
from fitsense_training.domain.text.templates import handoff_text
from fitsense_training.domain.vocabulary import Intensity, ScreeningState, TemplateId

TEXT_BY_STATE = {
    ScreeningState.BLOCKED: TemplateId.SEE_CLINICIAN,
    ScreeningState.EMERGENCY: TemplateId.EMERGENCY,
}


class ScreeningView(BaseModel):
    """What the answers allow, until when, and what to do where they do not allow training."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    state: ScreeningState
    intensity_max: Intensity
    needs_new_answers: bool
    reasons: tuple[str, ...]
    text: str | None
    answered_at: datetime
    valid_until: datetime


def day_to_judge(answers: ScreeningAnswers, today: date) -> date:
    """The day that answers are judged on: never one before they were given.

    The service dates them itself, so such a day means that a clock was set back, or that another
    machine is a moment behind at midnight; nobody is stopped from training for that.
    """
    return max(today, answers.answered_on)


class ScreeningDesk:
    """Keeps the answers of one person and reads them back."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._unit = unit
        self._screenings = Screenings(unit, owner_id)
        self._profiles = ProfileRepository(unit, owner_id)

    async def answer(self, told: ScreeningAnswers) -> ScreeningView:
        """Keep answers and say what they allow; the ones before count no more.

        The day is today and the age is that of the profile, whatever was sent.
        """
        now = self._unit.now
        answers = told.model_copy(update={"answered_on": now.date(), "age": await self._age()})
        found = screen_answers(answers, now.date())
        row = Screening(
            questionnaire_version=answers.version,
            answers=answers.model_dump(mode="json"),
            state=found.state,
            answered_at=now,
            valid_until=now + timedelta(days=load_screening_rules().valid_days.value),
        )
        await self._screenings.void("answered_again")
        return self._view(await self._screenings.add(row))

    async def current(self) -> ScreeningView:
        """The screening that counts; UnknownName where the questions are to be answered."""
        found = await self._screenings.newest()
        if found is None:
            raise UnknownName("there is no screening: answer the questions first")
        return self._view(found)

    def _view(self, row: Screening) -> ScreeningView:
        answers = ScreeningAnswers.model_validate(row.answers)
        found = screen_answers(answers, day_to_judge(answers, self._unit.now.date()))
        template = TEXT_BY_STATE.get(found.state)
        return ScreeningView(
            id=row.id,
            state=found.state,
            intensity_max=found.intensity_max,
            needs_new_answers=found.needs_new_answers,
            reasons=found.reasons,
            text=handoff_text(template) if template else None,
            answered_at=row.answered_at,
            valid_until=row.valid_until,
        )

    async def _age(self) -> int:
        profile = await self._profiles.find()
        if profile is None or profile.date_of_birth is None:
            raise BadInput("screening needs your age: PUT date_of_birth to /v1/profile first")
        today = self._unit.now.date()
        refuse_children(profile.date_of_birth, today)
        return age_on(profile.date_of_birth, today)
