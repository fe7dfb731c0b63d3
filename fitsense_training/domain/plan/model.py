"""What a workout plan is: sessions of prescriptions, every number with its unit.

A prescription is known by its weekday and exercise: an exercise stands at most once in a session,
so a line keeps its identity when a plan changes.
"""

import functools
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitsense_training.domain.vocabulary import (
    DoseKind,
    Goal,
    Intensity,
    LoadKind,
    ProgressionMethod,
    ReasonCode,
    SessionFocus,
    Weekday,
)

RPE_MAX = 10
RIR_MAX = 10
KG_RANGE = (0.5, 500.0)


class Load(BaseModel):
    """The load of one set: kg (0.5-500), percent of one-rep max (20-100), RPE (1-10), or body."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LoadKind
    value: float | None = None

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        ranges = {LoadKind.KG: KG_RANGE, LoadKind.PERCENT_1RM: (20, 100), LoadKind.RPE: (1, 10)}
        if self.kind is LoadKind.BODYWEIGHT:
            if self.value is not None:
                raise ValueError("a bodyweight load carries no number")
            return self
        low, high = ranges[self.kind]
        if self.value is None or not low <= self.value <= high:
            raise ValueError(f"a load in {self.kind} lies between {low} and {high}")
        if round(self.value, 2) != self.value:
            raise ValueError(f"a load in {self.kind} has at most two decimals")
        return self


@functools.cache
def load_of_reserve(rir: int) -> Load:
    """The RPE that leaves so many reps in reserve; never below 1."""
    return Load(kind=LoadKind.RPE, value=max(1, RPE_MAX - rir))


def load_of_kilos(kilos: float | None) -> Load | None:
    """The load in kg, to two decimals; None where there is none or nobody lifts that."""
    low, high = KG_RANGE
    if kilos is None or not low <= round(kilos, 2) <= high:
        return None
    return Load(kind=LoadKind.KG, value=round(kilos, 2))


class Prescription(BaseModel):
    """One exercise in a session: sets of a dose, how hard, and how long to rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exercise_id: str
    sets: Annotated[int, Field(ge=1, le=10)]
    dose_kind: DoseKind
    dose_low: Annotated[int, Field(ge=1, le=7200, description="reps, seconds or metres a set")]
    dose_high: Annotated[int, Field(ge=1, le=7200)]
    load: Load
    rir: Annotated[int, Field(ge=0, le=RIR_MAX)] | None = Field(
        default=None, description="Reps in reserve; None where effort is given by RPE alone."
    )
    rest_s: Annotated[int, Field(ge=0, le=600)]
    superset: Annotated[str, Field(pattern=r"^[a-d]$")] | None = None
    tempo: Annotated[str, Field(pattern=r"^[0-9x]{4}$")] | None = None
    reason: ReasonCode | None = Field(default=None, description="Why this line was changed.")

    @model_validator(mode="after")
    def _dose_in_order(self) -> Self:
        if self.dose_low > self.dose_high:
            raise ValueError(
                f"{self.exercise_id}: dose {self.dose_low}-{self.dose_high} is reversed"
            )
        return self


class Session(BaseModel):
    """One day's work: a warm-up, then prescriptions in the order they are done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: Weekday
    focus: SessionFocus
    warm_up_min: Annotated[int, Field(ge=0, le=30)]
    prescriptions: Annotated[tuple[Prescription, ...], Field(min_length=1, max_length=16)]

    @model_validator(mode="after")
    def _no_exercise_twice(self) -> Self:
        ids = [item.exercise_id for item in self.prescriptions]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.weekday}: an exercise stands twice in one session")
        return self


class WorkoutPlan(BaseModel):
    """A week of training to be repeated, and how it is to grow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: Goal
    sessions: Annotated[tuple[Session, ...], Field(min_length=1, max_length=7)]
    aerobic_min_per_week: Annotated[int, Field(ge=0, le=600)]
    aerobic_intensity: Intensity
    progression: ProgressionMethod
    stop_signs: Annotated[tuple[str, ...], Field(max_length=24)]
    reasons: Annotated[tuple[ReasonCode, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        days = [session.weekday.order for session in self.sessions]
        if days != sorted(set(days)):
            raise ValueError("sessions must be on distinct weekdays, Monday first")
        return self

    def items(self) -> Iterator[tuple[Session, Prescription]]:
        """Every prescription with its session, in order."""
        for session in self.sessions:
            for prescription in session.prescriptions:
                yield session, prescription
