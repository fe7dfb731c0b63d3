"""Changing a plan because of what the logs say: the first line of the table that fits."""

from collections.abc import Callable

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.finish import finish
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest, Progress
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.aerobic_minutes import adapted_aerobic_minutes
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.change import drops_a_session
from fitsense_training.domain.safety.dose_bounds import COMPOUND_ROLES
from fitsense_training.domain.safety.sessions import effort, with_items
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.science.week import usable_minutes
from fitsense_training.domain.text.variants import load_options, one_more_rep
from fitsense_training.domain.vocabulary import (
    ExerciseRole,
    LiftStatus,
    LoadKind,
    ProgressionMethod,
    Readiness,
    ReasonCode,
)

Change = Callable[[Prescription, Prescription, LiftStatus | None], Prescription]


def adapt(request: PlanRequest, plan: WorkoutPlan, progress: Progress) -> WorkoutPlan:
    """The plan for the next weeks: pause, readiness, deload and adherence come before progress."""
    bounds = bounds_of(request)
    change, reason, method = _decide(progress, bounds)
    statuses = dict(progress.statuses)

    def next_line(item: Prescription) -> Prescription:
        moved = item
        if item.load.kind is LoadKind.KG:
            load = load_options(item, request, bounds)[0]
            moved = item.model_copy(update={"load": load})
        return change(moved, item, statuses.get(item.exercise_id))

    sessions = tuple(
        _within_time(
            session, tuple(next_line(item) for item in session.prescriptions), request.profile
        )
        for session in plan.sessions
    )
    if drops_a_session(request):
        sessions = sessions[:-1]
    plan = plan.model_copy(
        update={
            "sessions": sessions,
            "reasons": (reason,),
            "progression": method,
            "aerobic_min_per_week": adapted_aerobic_minutes(request, plan.aerobic_min_per_week),
        }
    )
    return finish(request, plan, reason)


def _least_adherence() -> float:
    """The share of sessions below which the plan gets smaller."""
    return load_progression_rules().adherence_simplify_share.value


def _decide(progress: Progress, bounds: Bounds) -> tuple[Change, ReasonCode, ProgressionMethod]:
    rules, hold = bounds.rules, ProgressionMethod.HOLD
    if step := rules.return_after_gap.step(progress.gap_days):
        return _fewer_sets(step.sets_share, 0, bounds), ReasonCode.ADHERENCE, hold
    if progress.readiness is Readiness.POOR:
        spared = frozenset[ExerciseRole]() if progress.is_deload_due else COMPOUND_ROLES
        return lambda moved, _, __: _tired(moved, bounds, spared), ReasonCode.READINESS, hold
    if progress.is_deload_due:
        rule = rules.deload
        deload = ProgressionMethod.DELOAD
        return _fewer_sets(rule.sets_share, rule.rir_add, bounds), ReasonCode.DELOAD, deload
    if progress.adherence_share < _least_adherence():
        return lambda moved, _, __: moved, ReasonCode.ADHERENCE, hold
    grow = ProgressionMethod.DOUBLE_PROGRESSION
    return (
        lambda moved, item, status: _follow_log(moved, item, status, bounds),
        ReasonCode.LOG_PROGRESS,
        grow,
    )


def _tired(item: Prescription, bounds: Bounds, spared: frozenset[ExerciseRole]) -> Prescription:
    """One more rep in reserve, and one set less of everything but the main lifts (B3.6).

    Where a deload is due as well, nothing is spared.
    """
    role = load_catalogue().by_id(item.exercise_id).role
    return effort(item, 1, bounds, sets=0 if role in spared else -1)


def _fewer_sets(share: float, rir_add: int, bounds: Bounds) -> Change:
    def change(moved: Prescription, item: Prescription, status: LiftStatus | None) -> Prescription:
        del status
        sets = max(1, round(item.sets * share))
        return effort(moved, rir_add, bounds, sets=sets - item.sets)

    return change


def _follow_log(
    moved: Prescription, item: Prescription, status: LiftStatus | None, bounds: Bounds
) -> Prescription:
    if status is LiftStatus.TOP:
        moved = one_more_rep(item, bounds) if moved == item else _reps_again(moved, bounds)
        return moved.model_copy(update={"reason": ReasonCode.LOG_PROGRESS})
    if status is LiftStatus.STALL:
        return moved.model_copy(update={"reason": ReasonCode.STALL})
    if status is LiftStatus.PAIN:
        return effort(moved, 1, bounds).model_copy(update={"reason": ReasonCode.PAIN})
    return moved


def _reps_again(moved: Prescription, bounds: Bounds) -> Prescription:
    """A heavier line back at its usual repetitions, where some had been added to it."""
    dose = bounds.dose(load_catalogue().by_id(moved.exercise_id))
    if moved.dose_high <= dose.high:
        return moved
    return moved.model_copy(update={"dose_low": dose.low, "dose_high": dose.high})


def _within_time(session: Session, moved: tuple[Prescription, ...], profile: Profile) -> Session:
    """The session with its next lines; no repetition is added that the time has no room for."""
    grown = with_items(session, moved)
    most = usable_minutes(profile) * (1 + load_rulebook().limits.duration_slack_share.value)
    if session_minutes(grown) <= most:
        return grown
    pairs = zip(session.prescriptions, moved, strict=True)
    return with_items(session, tuple(b if a.dose_high > b.dose_high else a for b, a in pairs))
