"""The reference coach: answers every request by rule, with no network and no chance.

The same request and seed give the same answer. What it writes passes the validator with no BLOCK
finding, or it hands the person over with a fixed text.
"""

from fitsense_training.domain.coach.adapt import adapt
from fitsense_training.domain.coach.adjust import adjust
from fitsense_training.domain.coach.create import create
from fitsense_training.domain.coach.modify import modify
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.lines import without_reasons
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.vocabulary import ReasonCode


def coach(request: PlanRequest, seed: int = 0) -> Answer:
    """Answer a request; the seed breaks ties between equally good exercises."""
    template = template_for(request)
    if template is not None:
        return Handoff(template=template)
    if request.current_plan is None:
        return create(request, seed, request.load_kg_by_exercise, ReasonCode.NEW_PLAN)
    current = without_reasons(request.current_plan)
    if request.operations:
        return modify(request, current, seed)
    if request.progress is not None:
        return adapt(request, current, request.progress)
    return adjust(request, current, seed)
