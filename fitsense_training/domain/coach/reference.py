"""The reference coach: answers every request by rule, with no network and no chance.

The same request and seed give the same answer. What it writes passes the validator with no BLOCK
finding, or it hands the person over with a fixed text.
"""

from fitsense_training.domain.coach.adapt import adapt
from fitsense_training.domain.coach.adjust import adjust
from fitsense_training.domain.coach.create import create
from fitsense_training.domain.coach.modify import modify
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.vocabulary import ReasonCode


def coach(request: PlanRequest, seed: int = 0) -> Answer:
    """Answer a request; the seed breaks ties between equally good exercises."""
    template = template_for(request)
    if template is not None:
        return Handoff(template=template)
    current = _accepted(request.current_plan)
    if current is None:
        return create(request, seed, request.load_kg_by_exercise, ReasonCode.NEW_PLAN)
    if request.operations:
        return modify(request, current, seed)
    if request.progress is not None:
        return adapt(request, current, request.progress)
    return adjust(request, current, seed)


def _accepted(plan: WorkoutPlan | None) -> WorkoutPlan | None:
    """The current plan without the reasons of its last change, which are history."""
    if plan is None or all(item.reason is None for _, item in plan.items()):
        return plan
    sessions = tuple(
        s.model_copy(
            update={
                "prescriptions": tuple(
                    item.model_copy(update={"reason": None}) for item in s.prescriptions
                )
            }
        )
        for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})
