"""What a person asks the coach for: the four prompt types with everything an answer depends on.

A request is complete: whoever answers it (coach, teacher model, student) needs nothing else, and
the validator judges the answer by it.
"""

import datetime
import itertools
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import KG_RANGE, WorkoutPlan
from fitsense_training.domain.profile import Profile, changed
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import (
    AgeBand,
    BodyRegion,
    Condition,
    Equipment,
    Goal,
    LiftStatus,
    OperationKind,
    PromptType,
    Readiness,
    Weekday,
    smallest_gap,
)

MAX_NOTE_CHARS = 400

_ARGUMENT = {
    OperationKind.SWAP: "exercise_id",
    OperationKind.REMOVE: "exercise_id",
    OperationKind.ADD: "exercise_id",
    OperationKind.MOVE_DAY: "weekdays",
    OperationKind.CHANGE_DAYS: "weekdays",
    OperationKind.CHANGE_MINUTES: "minutes",
    OperationKind.CHANGE_EQUIPMENT: "equipment",
    OperationKind.CHANGE_GOAL: "goal",
}


def _is_unknown(value: object) -> bool:
    """What is not known is left out of the JSON as well."""
    return value is None


class Operation(BaseModel):
    """One typed change; exactly the argument its kind needs is given.

    `weekdays` of `move_day` are two: the day of the session, and the free day it moves to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: OperationKind
    exercise_id: str | None = None
    weekdays: tuple[Weekday, ...] | None = None
    minutes: Annotated[int, Field(ge=15, le=120)] | None = None
    equipment: tuple[Equipment, ...] | None = None
    goal: Goal | None = None

    @model_validator(mode="after")
    def _has_its_argument(self) -> Self:
        wanted = _ARGUMENT.get(self.kind)
        given = {name for name in _ARGUMENT.values() if getattr(self, name) is not None}
        if given != ({wanted} if wanted else set()):
            raise ValueError(f"{self.kind} needs {wanted or 'no argument'}, got {sorted(given)}")
        if self.kind is OperationKind.MOVE_DAY and len(set(self.weekdays or ())) != 2:
            raise ValueError("move_day needs two weekdays: from which, and to which")
        if self.kind is OperationKind.ADD and self.exercise_id not in load_catalogue():
            raise ValueError("add names an exercise that is not in the catalogue")
        return self

    @property
    def argument(self) -> object:
        """The one argument of this kind, or None."""
        name = _ARGUMENT.get(self.kind)
        return getattr(self, name) if name else None

    @property
    def move(self) -> tuple[Weekday, Weekday] | None:
        """From which day to which, of `move_day`."""
        if self.kind is not OperationKind.MOVE_DAY or self.weekdays is None:
            return None
        source, target = self.weekdays
        return source, target


class Pain(BaseModel):
    """Pain in a region, 0-10."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: BodyRegion
    level: Annotated[int, Field(ge=0, le=10)]


class Progress(BaseModel):
    """What the logs since the current plan began add up to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statuses: tuple[tuple[str, LiftStatus], ...]
    readiness: Readiness = Readiness.OK
    gap_days: Annotated[int, Field(ge=0, le=365)] = 0
    is_deload_due: bool = False
    adherence_share: Annotated[float, Field(ge=0, le=1)] = 1.0


class PlanRequest(BaseModel):
    """One question to the coach. `profile` already holds what operations and findings changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_type: PromptType
    profile: Profile
    lifts: tuple[tuple[str, float], ...] = Field(
        default=(), description="Working loads from the last 28 days: exercise id and kg."
    )
    current_plan: WorkoutPlan | None = None
    operations: tuple[Operation, ...] = ()
    condition_added: Condition | None = None
    pain: Pain | None = None
    progress: Progress | None = None
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""
    asked_on: datetime.date | None = Field(
        default=None,
        description="The day of the question; without it nothing is judged by its age.",
        exclude_if=_is_unknown,
    )
    longest_aerobic_min: Annotated[float, Field(ge=0, le=1440)] | None = Field(
        default=None,
        description="Minutes of the longest aerobic session done in the last 30 days.",
        exclude_if=_is_unknown,
    )

    @model_validator(mode="after")
    def _lifts_are_possible(self) -> Self:
        """Loads are finite, above zero, within what anybody lifts, and of exercises there are."""
        low, high = KG_RANGE
        for name, kilos in self.lifts:
            if name not in load_catalogue():
                raise ValueError(f"{name} is no exercise of the catalogue: leave its load out")
            if not low <= kilos <= high:  # nan is not within it either
                raise ValueError(f"{name}: {kilos:g} kg is no working load; give {low:g}-{high:g}")
        return self

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        if (self.current_plan is None) != (self.prompt_type is PromptType.PLAN_CREATION):
            raise ValueError("every prompt type but plan_creation needs the current plan")
        if bool(self.operations) != (self.prompt_type is PromptType.PLAN_MODIFICATION):
            raise ValueError("plan_modification, and no other type, needs operations")
        adjusts = self.condition_added is not None or self.pain is not None
        if adjusts != (self.prompt_type is PromptType.SAFETY_ADJUSTMENT):
            raise ValueError("safety_adjustment, and no other type, needs a condition or a pain")
        if (self.progress is not None) != (self.prompt_type is PromptType.PROGRESS_ADAPTATION):
            raise ValueError("progress_adaptation, and no other type, needs progress")
        return self

    @model_validator(mode="after")
    def _moves_are_possible(self) -> Self:
        refuse_impossible_moves(self.current_plan, self.operations, self.profile)
        return self

    @property
    def load_kg_by_exercise(self) -> dict[str, float]:
        """Known working loads in kg."""
        return dict(self.lifts)


def refuse_impossible_moves(
    plan: WorkoutPlan | None, operations: Iterable[Operation], profile: Profile
) -> None:
    """Sessions move from where they are to days that are free, and rest enough for minors (STR03).

    Raises:
        ValueError: there is no session to move, its new day has one, the days change as well, or
            somebody under 18 would lift on days that touch.
    """
    operations = tuple(operations)
    if {OperationKind.MOVE_DAY, OperationKind.CHANGE_DAYS} <= {each.kind for each in operations}:
        raise ValueError("move_day stands beside change_days: say the days once")
    taken = {session.weekday for session in plan.sessions} if plan else set[Weekday]()
    lifting = {s.weekday for s in plan.sessions if s.focus.lifts} if plan else set[Weekday]()
    rests = profile.age_band is AgeBand.MINOR and not touches(lifting)
    for source, target in (move for operation in operations if (move := operation.move)):
        if source not in taken:
            raise ValueError(f"move_day: there is no session on {source} to move")
        if target in taken:
            raise ValueError(f"move_day: {target} has a session already; name a free day")
        taken = taken - {source} | {target}
        lifting = {target if day is source else day for day in lifting}
    if rests and touches(lifting):
        raise ValueError("move_day: under 18 lifting days do not touch; name another day")


def possible_moves(plan: WorkoutPlan, profile: Profile) -> tuple[tuple[Weekday, Weekday], ...]:
    """From which days to which sessions of a plan may move, one at a time."""

    def may(move: tuple[Weekday, Weekday]) -> bool:
        operation = Operation(kind=OperationKind.MOVE_DAY, weekdays=move)
        try:
            refuse_impossible_moves(plan, (operation,), profile)
        except ValueError:
            return False
        return True

    return tuple(move for move in itertools.permutations(Weekday, 2) if may(move))


def touches(days: Iterable[Weekday]) -> bool:
    """Whether some of these days lie too close for somebody under 18."""
    ordered = sorted(days, key=lambda day: day.order)
    least = load_rulebook().limits.minor_gap_days.value
    return len(ordered) > 1 and smallest_gap(ordered) < least


def after_operation(profile: Profile, operation: Operation) -> Profile:
    """The person once the operation holds; BadInput where nobody can be like that."""
    if operation.move is not None:
        source, target = operation.move
        days = [day for day in profile.weekdays if day is not source and day is not target]
        return changed(profile, weekdays=(*days, target))
    if operation.weekdays is not None:
        return changed(profile, weekdays=operation.weekdays)
    if operation.minutes is not None:
        return changed(profile, session_minutes=operation.minutes)
    if operation.equipment is not None:
        return changed(profile, equipment=operation.equipment)
    if operation.goal is not None:
        rest = [goal for goal in profile.goals if goal is not operation.goal]
        return changed(profile, goals=(operation.goal, *rest)[:3])
    return profile


def after_operations(profile: Profile, operations: Iterable[Operation]) -> Profile:
    """The person once all operations hold, one after the other."""
    for operation in operations:
        profile = after_operation(profile, operation)
    return profile
