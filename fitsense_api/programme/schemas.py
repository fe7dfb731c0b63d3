"""A person's plans as they are asked for and shown. Who asks is known, so no profile is sent."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fitsense_api.bounds import NO_NUL
from fitsense_api.db.models.plans import PlanEntry, PlanRevision, RevisionState
from fitsense_api.plans.schemas import (
    MAX_OPERATIONS,
    ConversationId,
    Country,
    Note,
    PlanAnswer,
)
from fitsense_api.preconditions import etag_of
from fitsense_training.domain.plan.diff import Change
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord
from fitsense_training.domain.request import Operation, Pain
from fitsense_training.domain.vocabulary import PromptType

ChangeId = Annotated[str, StringConstraints(max_length=80)]


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Note = ""
    conversation_id: ConversationId | None = None
    country: Country = ""


class NewPlan(_Wish):
    """A first plan, or a fresh one beside those there are."""

    name: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=NO_NUL),
    ] = None


class ChangePlan(_Wish):
    """Changes to the plan as it stands."""

    operations: Annotated[tuple[Operation, ...], Field(min_length=1, max_length=MAX_OPERATIONS)]


class MakeSafe(_Wish):
    """A new condition, a pain, or both."""

    condition_added: ConditionRecord | None = None
    pain: Pain | None = None


class CarryOn(_Wish):
    """The next weeks, by what was logged since the plan was accepted."""


AnyWish = NewPlan | ChangePlan | MakeSafe | CarryOn


class Accept(BaseModel):
    """Which changes are accepted; all where none are named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    change_ids: Annotated[frozenset[ChangeId], Field(min_length=1, max_length=200)] | None = None


class Reject(BaseModel):
    """Nothing of it is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Revert(BaseModel):
    """The revision to go back to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision_id: UUID


class RevisionView(BaseModel):
    """One revision: the plan, what differs from the one before and why, and where it is from."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    plan_id: UUID
    number: int
    parent_id: UUID | None
    state: RevisionState
    created_at: datetime
    decided_at: datetime | None
    prompt_type: PromptType | None
    plan: WorkoutPlan
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    explanation: str | None
    model_version: str | None
    release: str | None
    prompt_version: str
    rules_version: str
    catalogue_version: str
    guard_path: str


class PlanView(BaseModel):
    """One plan and the revision that is followed; null where none was accepted yet."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str | None
    is_active: bool
    created_at: datetime
    current: RevisionView | None


class Proposal(BaseModel):
    """What came of a wish: a proposed revision, or the fixed text in `answer.handoff`."""

    model_config = ConfigDict(frozen=True)

    revision: RevisionView | None
    answer: PlanAnswer


def revision_view(row: PlanRevision) -> RevisionView:
    """A revision as it is shown."""
    names = RevisionView.model_fields.keys() - {"changes"}
    fields = {name: getattr(row, name) for name in names}
    return RevisionView.model_validate({**fields, "changes": row.diff})


def tag_of(plan: PlanEntry) -> str:
    """The version of a plan: it changes with what is followed, not with what is proposed."""
    return etag_of(plan.id, plan.updated_at.isoformat(), plan.current_revision_id)
