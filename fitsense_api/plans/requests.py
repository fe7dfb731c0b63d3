"""From what a caller sends to a complete PlanRequest, whose profile holds what has changed."""

from fitsense_api.plans.asked import Asked
from fitsense_api.plans.schemas import AdaptPlan, AdjustPlan, CreatePlan, ModifyPlan
from fitsense_training.domain.profile import changed
from fitsense_training.domain.request import PlanRequest, Progress, after_operations
from fitsense_training.domain.vocabulary import PromptType

AnyBody = CreatePlan | ModifyPlan | AdjustPlan | AdaptPlan
NOBODY = "anonymous"


def asked_of(body: AnyBody, owner: str = NOBODY) -> Asked:
    """What is asked by a body; `owner` tells the conversations of people apart."""
    conversation = f"{owner}:{body.conversation_id}" if body.conversation_id else None
    return Asked(_request_of(body), conversation, body.country)


def _request_of(body: AnyBody) -> PlanRequest:
    if isinstance(body, CreatePlan):
        return creation(body)
    if isinstance(body, ModifyPlan):
        return modification(body)
    if isinstance(body, AdjustPlan):
        return adjustment(body)
    return adaptation(body)


def creation(body: CreatePlan) -> PlanRequest:
    """The request for a first plan."""
    return PlanRequest(
        prompt_type=PromptType.PLAN_CREATION,
        profile=body.profile,
        lifts=tuple(sorted(body.lifts.items())),
        note=body.note,
    )


def modification(body: ModifyPlan) -> PlanRequest:
    """The request for changes, asked by the person as they will be."""
    return PlanRequest(
        prompt_type=PromptType.PLAN_MODIFICATION,
        profile=after_operations(body.profile, body.operations),
        current_plan=body.current_plan,
        operations=body.operations,
        note=body.note,
    )


def adjustment(body: AdjustPlan) -> PlanRequest:
    """The request of a person with a new condition, a pain or both.

    A condition the profile has already is replaced: it is as it was reported last.
    """
    profile, added = body.profile, body.condition_added
    if added is not None:
        others = [record for record in profile.conditions if record.condition != added.condition]
        profile = changed(profile, conditions=(*others, added))
    return PlanRequest(
        prompt_type=PromptType.SAFETY_ADJUSTMENT,
        profile=profile,
        current_plan=body.current_plan,
        condition_added=added.condition if added else None,
        pain=body.pain,
        note=body.note,
    )


def adaptation(body: AdaptPlan) -> PlanRequest:
    """The request for the next weeks; statuses stand in the order of the plan."""
    logged = body.progress
    planned = dict.fromkeys(item.exercise_id for _, item in body.current_plan.items())
    progress = Progress(
        statuses=tuple(
            (name, logged.statuses[name]) for name in planned if name in logged.statuses
        ),
        readiness=logged.readiness,
        gap_days=logged.gap_days,
        is_deload_due=logged.is_deload_due,
        adherence_share=logged.adherence_share,
    )
    return PlanRequest(
        prompt_type=PromptType.PROGRESS_ADAPTATION,
        profile=body.profile,
        current_plan=body.current_plan,
        progress=progress,
        note=body.note,
    )
