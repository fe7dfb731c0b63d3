"""From a wish to a complete request: the person, their plan and their log, read from their rows."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from fitsense_api.db.models.plans import PlanEntry, PlanRevision
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_api.people.whole import profile_of
from fitsense_api.planned.repository import Plans, Revisions
from fitsense_api.plans.asked import Asked
from fitsense_api.plans.requests import AnyBody, asked_of
from fitsense_api.plans.schemas import AdaptPlan, AdjustPlan, CreatePlan, ModifyPlan
from fitsense_api.preconditions import refuse_stale
from fitsense_api.programme.schemas import (
    AnyWish,
    CarryOn,
    ChangePlan,
    MakeSafe,
    tag_of,
)
from fitsense_api.progress.reading import LogBook
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile

NOT_FOLLOWED: Final = "this plan has no accepted revision yet: accept or reject what is proposed"


@dataclass(frozen=True)
class Question:
    """What to ask the desk, and of which plan it is; `parent` is what is followed now."""

    wish: AnyWish
    asked: Asked
    plan_id: UUID | None
    parent_id: UUID | None


async def question_of(
    unit: Unit, user_id: UUID, wish: AnyWish, plan_id: UUID | None, if_match: str | None = None
) -> Question:
    """The whole question behind a wish.

    Raises:
        BadInput: the profile is not whole, or the wish does not speak of the plan.
        Conflict: the plan has no accepted revision to change.
    """
    profile = await profile_of(unit, user_id)
    log = LogBook(unit, user_id)
    if plan_id is None:
        lifts = dict(await log.lifts())
        body = _body(CreatePlan, wish, profile=profile, lifts=lifts)
        return Question(wish, asked_of(body, str(user_id)), None, None)
    plan = await Plans(unit, user_id).get(plan_id)
    refuse_stale(if_match, tag_of(plan))
    parent = await current_of(unit, user_id, plan)
    body = await _change(wish, profile, parent, log)
    return Question(wish, asked_of(body, str(user_id)), plan.id, parent.id)


async def current_of(unit: Unit, user_id: UUID, plan: PlanEntry) -> PlanRevision:
    """The revision of a plan that is followed; Conflict where none was accepted."""
    if plan.current_revision_id is None:
        raise Conflict(NOT_FOLLOWED)
    return await Revisions(unit, user_id).get(plan.current_revision_id)


async def _change(wish: AnyWish, profile: Profile, parent: PlanRevision, log: LogBook) -> AnyBody:
    plan = WorkoutPlan.model_validate(parent.plan)
    known = {"profile": profile, "current_plan": plan}
    if isinstance(wish, ChangePlan):
        return _body(ModifyPlan, wish, **known, operations=wish.operations)
    if isinstance(wish, MakeSafe):
        told = {"condition_added": wish.condition_added, "pain": wish.pain}
        return _body(AdjustPlan, wish, **known, **told)
    assert isinstance(wish, CarryOn), "a new plan is asked for without one"
    since = parent.decided_at or parent.created_at
    progress = await log.progress(plan, since, profile.experience_level)
    return _body(AdaptPlan, wish, **known, progress=progress)


def _body(kind: type[Any], wish: AnyWish, **fields: Any) -> Any:
    words = {
        "note": wish.note,
        "conversation_id": wish.conversation_id,
        "country": wish.country,
    }
    try:
        return kind(**words, **fields)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadInput(first["msg"].removeprefix("Value error, ")) from error
