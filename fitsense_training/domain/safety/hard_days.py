"""Repairing a week of too many hard aerobic days (RUN02), as only plans from elsewhere hold."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Load, Prescription, Session, WorkoutPlan
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.conditioning import days_too_close, hard_days, is_hard
from fitsense_training.domain.safety.sessions import clamp, prescribe, replace_session, with_items
from fitsense_training.domain.safety.shortlist import shortlist
from fitsense_training.domain.science.endurance import load_endurance_rules
from fitsense_training.domain.science.substitution import patterns_to_try
from fitsense_training.domain.vocabulary import LoadKind, Pattern, RiskTag, Weekday


def ease_hard_days(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """The plan with steady work where hard aerobic days are too many or too close, later first."""
    while (day := _day_to_ease(plan)) is not None:
        session = next(session for session in plan.sessions if session.weekday is day)
        eased = _eased(session, bounds)
        if eased == session or not eased.prescriptions:
            return plan
        plan = replace_session(plan, eased)
    return plan


def _day_to_ease(plan: WorkoutPlan) -> Weekday | None:
    days = hard_days(plan, load_catalogue())
    if close := days_too_close(days):
        return close[0][1]
    return days[-1] if len(days) > load_endurance_rules().hard_sessions_max.value else None


def _eased(session: Session, bounds: Bounds) -> Session:
    items: list[Prescription] = []
    for item in session.prescriptions:
        if not is_hard(item, load_catalogue().by_id(item.exercise_id)):
            items.append(item)
            continue
        taken = {other.exercise_id for other in (*session.prescriptions, *items)}
        steady = _steady(item, bounds, taken)
        if steady is not None:
            items.append(steady)
    return with_items(session, tuple(items))


def _steady(item: Prescription, bounds: Bounds, taken: set[str]) -> Prescription | None:
    """The line at an effort that is not hard; for intervals, other work of the same length."""
    if RiskTag.HIIT not in load_catalogue().by_id(item.exercise_id).tags:
        rpe = load_endurance_rules().hard_rpe.value - 1
        return item.model_copy(update={"load": Load(kind=LoadKind.RPE, value=rpe)})
    for pattern in patterns_to_try(Pattern.CARDIO_LOW_IMPACT):
        for exercise in shortlist(bounds, pattern, ()):
            if exercise.id not in taken and RiskTag.HIIT not in exercise.tags:
                new = prescribe(exercise.id, bounds)
                if new.dose_kind is not item.dose_kind:
                    return new
                dose = {"sets": item.sets, "dose_low": item.dose_low, "dose_high": item.dose_high}
                return clamp(new.model_copy(update=dose), bounds)
    return None
