"""Changing a plan because of a new condition or of pain."""

from fitsense_training.domain.coach.create import aerobic_intensity
from fitsense_training.domain.coach.finish import finish
from fitsense_training.domain.coach.modify import Exchange, without_forbidden
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.request import Pain, PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of, exercises_of
from fitsense_training.domain.safety.minimal_change import is_within
from fitsense_training.domain.safety.sessions import clamp, effort, with_items
from fitsense_training.domain.text.variants import scaled_load
from fitsense_training.domain.vocabulary import ProgressionMethod, ReasonCode


def adjust(request: PlanRequest, plan: WorkoutPlan, seed: int) -> WorkoutPlan:
    """The plan made safe for what is new; lines it does not concern stay as they are."""
    bounds = bounds_of(request)
    reason = ReasonCode.PAIN if request.pain is not None else ReasonCode.CONDITION_ADDED
    plan = without_forbidden(plan, Exchange.of(request, reason, seed))
    if request.pain is not None:
        plan = _ease_region(plan, request.pain, bounds)
    sessions = tuple(
        with_items(session, tuple(_within(item, bounds, reason) for item in session.prescriptions))
        for session in plan.sessions
    )
    plan = plan.model_copy(
        update={
            "sessions": sessions,
            "reasons": (reason,),
            "aerobic_intensity": aerobic_intensity(bounds),
            "progression": ProgressionMethod.HOLD,
        }
    )
    return finish(request, plan, reason)


def _within(item: Prescription, bounds: Bounds, reason: ReasonCode) -> Prescription:
    if is_within(item, bounds):
        return item
    return clamp(item, bounds).model_copy(update={"reason": reason})


def _ease_region(plan: WorkoutPlan, pain: Pain, bounds: Bounds) -> WorkoutPlan:
    rule = bounds.rules.pain
    if not rule.is_eased(pain.level):
        return plan
    painful = exercises_of(pain.region)

    def ease(item: Prescription) -> Prescription:
        if item.exercise_id not in painful:
            return item
        lighter = item.model_copy(update={"load": scaled_load(item, rule.regress_load_share)})
        return effort(lighter, 1, bounds, sets=-1).model_copy(update={"reason": ReasonCode.PAIN})

    sessions = tuple(
        with_items(session, tuple(ease(item) for item in session.prescriptions))
        for session in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})
