"""What comes in and goes out when a plan is asked for. Unknown fields are refused everywhere."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fitsense_api.plans.gate import Advice
from fitsense_api.provenance import Versions
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.request import (
    MAX_NOTE_CHARS,
    Operation,
    Pain,
    refuse_impossible_moves,
)
from fitsense_training.domain.safety.refusals import Refusal
from fitsense_training.domain.vocabulary import (
    LiftStatus,
    OperationKind,
    Readiness,
    Severity,
    TemplateId,
)
from fitsense_training.guard import GuardPath

Of = TypeVar("Of")

MAX_OPERATIONS = 6
MAX_LIFTS = 120


def _known(names: Iterable[str]) -> None:
    """Refuse a name that is not in the catalogue: such text would reach the student's prompt.

    Nothing is suggested in its place: looking for names alike costs too much to do for strangers.
    """
    if any(name not in load_catalogue() for name in names):
        raise ValueError("names an exercise we do not have: /v1/exercises lists the ids")


def _known_exercise(exercise_id: str) -> str:
    _known((exercise_id,))
    return exercise_id


def _few(lifts: dict[str, Of]) -> dict[str, Of]:
    """Refuse a log that is longer than anybody's; as a Field it would spoil the OpenAPI type."""
    if len(lifts) > MAX_LIFTS:
        raise ValueError(f"at most {MAX_LIFTS} exercises may be named")
    return lifts


def _known_profile(profile: Profile) -> Profile:
    _known(profile.excluded_exercises)
    return profile


def _known_plan(plan: WorkoutPlan) -> WorkoutPlan:
    _known(item.exercise_id for _, item in plan.items())
    unknown = set(plan.stop_signs) - set(load_conditions().stop_signs)
    if unknown:
        raise ValueError("stop_signs holds a code that no answer of ours has")
    return plan


ExerciseId = Annotated[str, AfterValidator(_known_exercise)]
LoadKg = Annotated[float, Field(gt=0, le=500, allow_inf_nan=False)]
Note = Annotated[
    str,
    Field(max_length=MAX_NOTE_CHARS, description="Own words; they are neither stored nor logged."),
]
ConversationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
Person = Annotated[Profile, AfterValidator(_known_profile)]
CurrentPlan = Annotated[WorkoutPlan, AfterValidator(_known_plan)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Person
    note: Note = ""
    conversation_id: ConversationId | None = Field(
        default=None,
        description="The same for every request of one conversation: what was told stays told.",
    )
    country: Country = Field(
        default="", description="ISO code of the country whose emergency numbers are given."
    )


class CreatePlan(_Body):
    """A first plan for a person."""

    lifts: Annotated[dict[ExerciseId, LoadKg], AfterValidator(_few)] = Field(
        default={}, description="Working loads of the last 28 days: exercise id to kg."
    )


class _Change(_Body):
    current_plan: CurrentPlan

    @model_validator(mode="after")
    def _is_for_this_goal(self) -> Self:
        if self.current_plan.goal is not self.profile.main_goal:
            raise ValueError(
                f"current_plan is for {self.current_plan.goal}, profile for "
                f"{self.profile.main_goal}: ask for change_goal, or for a new plan"
            )
        return self


class ModifyPlan(_Change):
    """Changes a person asks for; `profile` is the person before them."""

    operations: Annotated[tuple[Operation, ...], Field(min_length=1, max_length=MAX_OPERATIONS)]

    @model_validator(mode="after")
    def _speak_of_the_plan(self) -> Self:
        planned = {item.exercise_id for _, item in self.current_plan.items()}
        for operation in self.operations:
            is_new = operation.kind is OperationKind.ADD
            if not is_new and operation.exercise_id not in planned | {None}:
                raise ValueError(f"{operation.kind} names an exercise that is not in the plan")
        refuse_impossible_moves(self.current_plan, self.operations, self.profile)
        return self


class AdjustPlan(_Change):
    """A new condition or a pain; `profile` is the person before it."""

    condition_added: ConditionRecord | None = None
    pain: Pain | None = None

    @model_validator(mode="after")
    def _says_what_is_new(self) -> Self:
        if self.condition_added is None and self.pain is None:
            raise ValueError("give condition_added, pain or both")
        return self


class LoggedProgress(BaseModel):
    """What the log since the current plan began adds up to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statuses: Annotated[dict[ExerciseId, LiftStatus], AfterValidator(_few)] = Field(
        description="Exercise id to what its last two exposures say."
    )
    readiness: Readiness = Readiness.OK
    gap_days: Annotated[int, Field(ge=0, le=365)] = 0
    is_deload_due: bool = False
    adherence_share: Annotated[float, Field(ge=0, le=1)] = 1.0


class AdaptPlan(_Change):
    """The next weeks of a plan that was trained."""

    progress: LoggedProgress


class Planner(StrEnum):
    """Who wrote an answer."""

    STUDENT = "student"
    REMOTE = "remote"
    COACH = "coach"
    TEMPLATE = "template"


class Provenance(Versions):
    """The versions, who wrote the answer, and what the guard did to it."""

    planner: Planner
    guard_path: GuardPath
    actions: tuple[str, ...]


class HandoffText(BaseModel):
    """A fixed text where no plan may stand."""

    model_config = ConfigDict(frozen=True)

    template: TemplateId
    text: str


class PlanRow(BaseModel):
    """One line of the plan for people; `day` stands on the first line of a session."""

    model_config = ConfigDict(frozen=True)

    day: str
    exercise: str
    dose: str
    load: str
    reserve: str
    rest: str


class PlanFinding(BaseModel):
    """A rule the answer still bends; a BLOCK never leaves the service."""

    model_config = ConfigDict(frozen=True)

    rule_id: str
    severity: Severity
    place: str
    detail: str


class PlanAnswer(BaseModel):
    """A plan or a handoff, in words, with where it comes from."""

    model_config = ConfigDict(frozen=True)

    plan: WorkoutPlan | None
    handoff: HandoffText | None
    advice: Advice
    profile: Profile = Field(description="The person once the request holds: send it next time.")
    summary: tuple[str, ...]
    table: tuple[PlanRow, ...]
    stop_signs: tuple[str, ...]
    changes: tuple[str, ...]
    refused: tuple[Refusal, ...] = Field(
        description="Operations that were not carried out, each with the rule against it."
    )
    findings: tuple[PlanFinding, ...]
    provenance: Provenance
    latency_ms: float
    notice: str
