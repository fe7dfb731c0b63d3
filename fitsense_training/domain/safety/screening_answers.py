"""Screening by questions: what somebody answered, when, and what that allows.

Informed by the questions of PAR-Q+ and the algorithm of ACSM; it is our own screener, no clinician
has reviewed it, and it replaces neither form. A stable disease without symptoms stays light until
it is cleared; any symptom stops.
"""

import datetime
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.sourced import Sourced, Value
from fitsense_training.domain.vocabulary import Intensity, ScreeningState, Severity

ANSWERS_VERSION = "1"


class Pressure(Sourced):
    """A blood pressure in mmHg; either number at or above it counts."""

    systolic: int
    diastolic: int


class ScreeningRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/screening.yaml`, typed."""

    valid_days: Value
    age_first_vigorous: Value
    blood_pressure_blocked: Pressure
    blood_pressure_clearance: Pressure
    blood_pressure_light: Pressure
    resting_heart_rate_blocked: Value


@functools.cache
def load_screening_rules() -> ScreeningRules:
    """The rules of screening; RuleBookError names the field that breaks them."""
    return read_typed("screening.yaml", ScreeningRules)


class Symptom(StrEnum):
    """The nine signs and symptoms of ACSM."""

    CHEST_PAIN = "chest_pain"
    BREATHLESS_AT_REST = "breathless_at_rest"
    DIZZINESS_OR_FAINTING = "dizziness_or_fainting"
    BREATHLESS_LYING = "breathless_lying"
    ANKLE_SWELLING = "ankle_swelling"
    PALPITATIONS = "palpitations"
    CLAUDICATION = "claudication"
    KNOWN_MURMUR = "known_murmur"
    UNUSUAL_FATIGUE = "unusual_fatigue"


class AbsoluteStop(StrEnum):
    """What rules a self-guided plan out: the medical team alone decides."""

    UNSTABLE_ANGINA = "unstable_angina"
    RECENT_HEART_ATTACK = "recent_heart_attack"
    DECOMPENSATED_HEART_FAILURE = "decompensated_heart_failure"
    UNCONTROLLED_ARRHYTHMIA = "uncontrolled_arrhythmia"
    SEVERE_AORTIC_STENOSIS = "severe_aortic_stenosis"
    HEART_INFLAMMATION = "heart_inflammation"
    AORTIC_DISSECTION = "aortic_dissection"
    SEVERE_PULMONARY_HYPERTENSION = "severe_pulmonary_hypertension"
    EMBOLISM_OR_THROMBOSIS = "embolism_or_thrombosis"
    ACUTE_ILLNESS_OR_FEVER = "acute_illness_or_fever"
    UNCONTROLLED_DIABETES = "uncontrolled_diabetes"
    ORTHOSTATIC_DROP = "orthostatic_drop"
    RETINAL_BLEED = "retinal_bleed"
    BRAIN_BLEED_OR_ANEURYSM = "brain_bleed_or_aneurysm"
    UNSTABLE_JOINT_OR_FRACTURE = "unstable_joint_or_fracture"
    SYMPTOMATIC_HERNIA = "symptomatic_hernia"
    INTOXICATION = "intoxication"


class ScreeningAnswers(BaseModel):
    """What a person answered on one day. None means not asked or not answered.

    `follow_up_yes` tells whether any follow-up question was answered with yes; it is asked of
    people with a yes among the general questions. Blood pressure in mmHg, heart rate in bpm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = ANSWERS_VERSION
    answered_on: datetime.date
    age: Annotated[int, Field(ge=13, le=100)]
    has_heart_condition_or_pressure: bool = False
    has_chest_pain: bool = False
    has_dizziness_or_fainted: bool = False
    has_other_chronic_condition: bool = False
    takes_prescribed_medicine: bool = False
    has_joint_problem: bool = False
    is_supervised_only: bool = False
    follow_up_yes: bool | None = None
    is_regularly_active: bool = Field(
        default=False, description="30 minutes of moderate work on 3 days a week for 3 months."
    )
    is_used_to_vigorous: bool = False
    has_heart_metabolic_or_renal_disease: bool = False
    is_cleared: bool = Field(
        default=False, description="A clinician has cleared exercise within the last 12 months."
    )
    is_pregnant: bool = False
    has_health_changed: bool = Field(default=False, description="Since the answers were given.")
    is_symptom_now: bool = Field(default=False, description="A symptom is happening right now.")
    symptoms: frozenset[Symptom] = frozenset()
    stops: frozenset[AbsoluteStop] = frozenset()
    systolic: Annotated[int, Field(ge=60, le=260)] | None = None
    diastolic: Annotated[int, Field(ge=30, le=160)] | None = None
    resting_heart_rate: Annotated[int, Field(ge=20, le=250)] | None = None

    @property
    def any_yes(self) -> bool:
        """Whether one of the seven general questions was answered with yes."""
        return any(
            (
                self.has_heart_condition_or_pressure,
                self.has_chest_pain,
                self.has_dizziness_or_fainted,
                self.has_other_chronic_condition,
                self.takes_prescribed_medicine,
                self.has_joint_problem,
                self.is_supervised_only,
            )
        )

    def reaches(self, pressure: Pressure) -> bool:
        """Whether either number of the blood pressure is at or above a limit."""
        systolic, diastolic = self.systolic or 0, self.diastolic or 0
        return systolic >= pressure.systolic or diastolic >= pressure.diastolic


@dataclass(frozen=True)
class AnswersScreening:
    """What the answers allow: the state, the hardest aerobic work, and why, in sentences.

    `needs_new_answers` is True where the answers are too old, of another version, or overtaken.
    """

    state: ScreeningState
    intensity_max: Intensity
    needs_new_answers: bool
    reasons: tuple[str, ...]


Reason = tuple[ScreeningState, str]


def screen_answers(answers: ScreeningAnswers, on: datetime.date) -> AnswersScreening:
    """Screen by answers as they stand on a day; the strictest of all reasons holds."""
    is_stale = are_stale(answers, on)
    reasons = (*_of_stops(answers), *_of_symptoms(answers), *_of_questions(answers))
    reasons += tuple(_of_disease(answers))
    if is_stale:
        reasons += ((ScreeningState.BLOCKED, "Your answers are too old: answer them again."),)
    state = max((s for s, _ in reasons), key=lambda s: s.rank, default=ScreeningState.CLEAR)
    ceiling = Intensity.VIGOROUS
    if state is not ScreeningState.CLEAR or _asks_first_for_vigorous(answers):
        ceiling = Intensity.MODERATE
    return AnswersScreening(state, ceiling, is_stale, tuple(sentence for _, sentence in reasons))


def are_stale(answers: ScreeningAnswers, on: datetime.date) -> bool:
    """Whether the questions must be asked again: after 12 months, or once health has changed.

    Answers from a day to come, or to another version of the questions, count as stale too.
    """
    is_old = must_screen_again(answers.answered_on, on)
    return is_old or answers.has_health_changed or answers.version != ANSWERS_VERSION


def must_screen_again(screened_on: datetime.date | None, on: datetime.date | None) -> bool:
    """Whether answers of one day are too old, or from a day to come, on another.

    False where either day is unknown: then nothing can be said of their age.
    """
    if screened_on is None or on is None:
        return False
    return not 0 <= (on - screened_on).days <= load_screening_rules().valid_days.value


def screening_findings(
    answers: ScreeningAnswers, on: datetime.date, *, is_plan_shown: bool
) -> tuple[Finding, ...]:
    """SCR02: no plan is shown on answers that must be asked again."""
    if not is_plan_shown or not are_stale(answers, on):
        return ()
    detail = f"answers of {answers.answered_on} no longer hold: ask them again"
    return (Finding("SCR02", Severity.BLOCK, "screening", detail),)


def _asks_first_for_vigorous(answers: ScreeningAnswers) -> bool:
    is_older = answers.age > load_screening_rules().age_first_vigorous.value
    return is_older and not answers.is_used_to_vigorous


def _of_stops(answers: ScreeningAnswers) -> Iterator[Reason]:
    rules, blocked = load_screening_rules(), ScreeningState.BLOCKED
    for stop in sorted(answers.stops):
        yield blocked, f"With {stop.replace('_', ' ')} only your medical team plans exercise."
    if answers.reaches(rules.blood_pressure_blocked):
        yield blocked, "Your blood pressure is too high to train; have it seen the same day."
    elif answers.reaches(rules.blood_pressure_clearance) and not answers.is_cleared:
        yield blocked, "See a clinician about your blood pressure before you train."
    elif answers.reaches(rules.blood_pressure_light):
        yield ScreeningState.CLEAR_LIGHT, "Your blood pressure asks for light to moderate work."
    if (answers.resting_heart_rate or 0) > rules.resting_heart_rate_blocked.value:
        yield blocked, "Your resting heart rate is too high to train; have it seen."


def _of_symptoms(answers: ScreeningAnswers) -> Iterator[Reason]:
    if answers.is_symptom_now:
        yield ScreeningState.EMERGENCY, "A warning sign right now may be an emergency."
    has_sign = bool(answers.symptoms) or answers.has_chest_pain or answers.has_dizziness_or_fainted
    if has_sign:
        yield ScreeningState.BLOCKED, "A warning sign needs a clinician's look before any training."


def _of_questions(answers: ScreeningAnswers) -> Iterator[Reason]:
    if answers.is_supervised_only:
        yield ScreeningState.BLOCKED, "You were told to exercise under medical supervision only."
    elif answers.any_yes and answers.follow_up_yes is not False and not answers.is_cleared:
        yield ScreeningState.BLOCKED, "Ask a clinician or qualified exercise professional first."
    elif answers.any_yes:
        yield ScreeningState.CLEAR_LIGHT, "Start low to moderate, 20 to 60 minutes, 3 to 5 days."
    if answers.is_pregnant:
        yield ScreeningState.CLEAR_LIGHT, "Ask your maternity provider; stay light to moderate."


def _of_disease(answers: ScreeningAnswers) -> Iterator[Reason]:
    """The cell of the ACSM table for a known disease without symptoms."""
    if not answers.has_heart_metabolic_or_renal_disease:
        return
    if answers.is_cleared and answers.is_regularly_active:
        return
    yield ScreeningState.CLEAR_LIGHT, "Stay light to moderate until your clinician agrees to more."
