"""What is known of one person, as one record: the form in which people travel between stores.

The lake writes it, the service's database reads it. Weights are kg, times UTC, durations s.
"""

import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.vocabulary import DoseKind, ScreeningState


class SetRecord(BaseModel, frozen=True, extra="forbid"):
    """One set as it was meant and as it was done; None is not told, zero is zero.

    `dose` counts what `dose_kind` says: repetitions, seconds or metres.
    """

    exercise_id: str
    position: Annotated[int, Field(ge=0)]
    set_number: Annotated[int, Field(ge=1)]
    is_warm_up: bool = False
    dose_kind: DoseKind = DoseKind.REPS
    target_dose: Annotated[int, Field(ge=0)] | None = None
    dose: Annotated[int, Field(ge=0)] | None = None
    target_load_kg: Annotated[float, Field(ge=0, le=1000)] | None = None
    load_kg: Annotated[float, Field(ge=0, le=1000)] | None = None
    entered_unit: Annotated[str, Field(pattern="^(kg|lb)$")] = "kg"
    target_rir: Annotated[int, Field(ge=0, le=10)] | None = None
    rir: Annotated[int, Field(ge=0, le=10)] | None = None
    rest_s: Annotated[int, Field(ge=0)] | None = None
    has_pain: bool = False


class WorkoutRecord(BaseModel, frozen=True, extra="forbid"):
    """One workout with its sets, in order."""

    started_at: AwareDatetime
    sets: tuple[SetRecord, ...]


class DayRecord(BaseModel, frozen=True, extra="forbid"):
    """What was logged of one day."""

    day: datetime.date
    calories_kcal: Annotated[int, Field(ge=0)] | None = None
    sleep_hours: Annotated[float, Field(gt=0, le=24)] | None = None
    weight_kg: Annotated[float, Field(gt=0)] | None = None


class PersonRecord(BaseModel, frozen=True, extra="forbid"):
    """One person: who they are, how they are, what they were told to do and what they did."""

    person_id: Annotated[str, Field(min_length=1, max_length=120)]
    date_of_birth: datetime.date
    profile: Profile
    medications: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    injuries: tuple[str, ...] = ()
    has_guardian_consent: bool = False
    screening_state: ScreeningState
    screened_on: datetime.date
    screening_answers: dict[str, object] = {}
    plan: WorkoutPlan | None = None
    workouts: tuple[WorkoutRecord, ...] = ()
    days: tuple[DayRecord, ...] = ()
