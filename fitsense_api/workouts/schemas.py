"""Workouts as they are sent and shown: target beside actual; zero is a value, null is not told."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitsense_api.bounds import Moment, Notes
from fitsense_api.db.models.workouts import SetKind, Workout, WorkoutExercise, WorkoutSet
from fitsense_api.plans.schemas import ExerciseId
from fitsense_training.domain.science.daily_log import Field as Entry
from fitsense_training.domain.science.daily_log import LogVerdict, check_log
from fitsense_training.domain.vocabulary import DoseKind

KG_PER_LB = 0.45359237
ClientId = Annotated[
    UUID, Field(description="The device's own id: what is sent twice under it is kept once.")
]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetBody(_Body):
    """One set. `weight` is in `unit`; `reps` counts what `dose_kind` says."""

    client_id: ClientId | None = None
    set_number: Annotated[int, Field(ge=1, le=100)]
    kind: SetKind = SetKind.WORKING
    dose_kind: DoseKind = DoseKind.REPS
    reps: Annotated[int, Field(ge=0, le=7200)] | None = None
    weight: Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)] | None = None
    unit: Literal["kg", "lb"] = "kg"
    rir: Annotated[int, Field(ge=0, le=10)] | None = None
    rest_seconds: Annotated[int, Field(ge=0, le=7200)] | None = None
    has_pain: bool = False
    completed_at: Moment | None = None

    @property
    def weight_kg(self) -> float | None:
        """The weight in kg, to two decimals."""
        if self.weight is None:
            return None
        return round(self.weight * (KG_PER_LB if self.unit == "lb" else 1), 2)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if refused := why_impossible(self.dose_kind, self.reps, self.weight_kg):
            raise ValueError(refused)
        return self


def why_impossible(kind: DoseKind, count: int | None, kilos: float | None) -> str | None:
    """Why nobody can have done such a set, by the sanity rules of logs (rules/daily_log.yaml)."""
    entry: dict[Entry, float] = {} if kilos is None else {Entry.LOAD_KG: kilos}
    if kind is DoseKind.REPS and count is not None:
        entry[Entry.REPS] = count
    refused = (each for each in check_log(entry) if each.verdict is LogVerdict.REFUSE)
    return next((each.sentence for each in refused), None)


class ExerciseBody(_Body):
    """One exercise of a workout with its sets."""

    client_id: ClientId | None = None
    exercise_id: ExerciseId
    plan_exercise_id: UUID | None = None
    position: Annotated[int, Field(ge=0, le=100)]
    notes: Notes | None = None
    sets: Annotated[tuple[SetBody, ...], Field(max_length=100)] = ()


class WorkoutHead(_Body):
    """When a workout was, and by which plan."""

    plan_id: UUID | None = None
    plan_day_id: UUID | None = None
    started_at: Moment
    ended_at: Moment | None = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("ended_at lies before started_at: swap them")
        return self


class WorkoutBody(WorkoutHead):
    """A whole workout, as a device kept it."""

    client_id: ClientId | None = None
    exercises: Annotated[tuple[ExerciseBody, ...], Field(max_length=60)] = ()


class SyncBody(_Body):
    """What a device has to tell after it was offline; each workout has the device's own id."""

    workouts: Annotated[tuple[WorkoutBody, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _all_have_ids(self) -> Self:
        parts = [each.client_id for each in self.workouts]
        for workout in self.workouts:
            parts += [each.client_id for each in workout.exercises]
            parts += [each.client_id for line in workout.exercises for each in line.sets]
        if None in parts or len(set(parts)) != len(parts):
            raise ValueError("every workout, exercise and set needs a client_id of its own")
        return self


class SetView(BaseModel):
    """One set: what was meant beside what was done."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    client_id: UUID | None
    set_number: int
    kind: SetKind
    dose_kind: DoseKind
    target_reps: int | None
    target_weight_kg: float | None
    target_rir: int | None
    reps: int | None
    weight_kg: float | None
    entered_unit: str
    rir: int | None
    rest_seconds: int | None
    has_pain: bool
    completed_at: datetime | None


class ExerciseView(BaseModel):
    """One exercise of a workout."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    client_id: UUID | None
    exercise_id: str
    plan_exercise_id: UUID | None
    position: int
    notes: str | None
    sets: tuple[SetView, ...]


class WorkoutView(BaseModel):
    """One workout with everything in it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    client_id: UUID | None
    plan_id: UUID | None
    plan_day_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    notes: str | None
    deleted_at: datetime | None
    exercises: tuple[ExerciseView, ...]


def exercise_view(row: WorkoutExercise, sets: list[WorkoutSet]) -> ExerciseView:
    """An exercise as it is shown, its sets in order."""
    ordered = sorted(sets, key=lambda each: each.set_number)
    return ExerciseView(
        id=row.id,
        client_id=row.client_id,
        exercise_id=row.exercise_id,
        plan_exercise_id=row.plan_exercise_id,
        position=row.position,
        notes=row.notes,
        sets=tuple(SetView.model_validate(each) for each in ordered),
    )


def workout_view(row: Workout, exercises: tuple[ExerciseView, ...]) -> WorkoutView:
    """A workout as it is shown."""
    names = WorkoutView.model_fields.keys() - {"exercises"}
    fields = {name: getattr(row, name) for name in names}
    return WorkoutView(**fields, exercises=exercises)
