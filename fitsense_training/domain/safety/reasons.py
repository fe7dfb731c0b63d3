"""What a request calls for: the reasons a change may give, and whether it is a lighter week."""

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import Readiness, ReasonCode


def request_reasons(request: PlanRequest) -> tuple[ReasonCode, ...]:
    """The reasons an answer to this request may give, the usual one first."""
    if request.operations:
        return (ReasonCode.USER_REQUEST, ReasonCode.TIME, ReasonCode.SAFETY_RULE)
    if request.condition_added is not None:
        return (ReasonCode.CONDITION_ADDED, ReasonCode.SAFETY_RULE)
    if request.pain is not None:
        return (ReasonCode.PAIN, ReasonCode.SAFETY_RULE)
    if request.progress is not None:
        return (
            ReasonCode.LOG_PROGRESS,
            ReasonCode.STALL,
            ReasonCode.PAIN,
            ReasonCode.READINESS,
            ReasonCode.DELOAD,
            ReasonCode.ADHERENCE,
            ReasonCode.SAFETY_RULE,
        )
    return (ReasonCode.NEW_PLAN,)


def is_deload(request: PlanRequest) -> bool:
    """Whether the answer is a lighter week; a pause or poor readiness ask for more than that."""
    progress, rules = request.progress, load_rulebook().limits
    return (
        progress is not None
        and progress.is_deload_due
        and progress.readiness is not Readiness.POOR
        and rules.return_after_gap.step(progress.gap_days) is None
    )
