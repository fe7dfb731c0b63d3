"""Rules on changing no more than is asked for: every change has a reason, nothing else moves."""

from collections.abc import Iterable, Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.lines import (
    ChangeKind,
    differing_lines,
    pair_sessions,
    same_work,
)
from fitsense_training.domain.plan.model import Prescription, Session
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, warm_up_minutes
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.conditioning import has_too_many_hard_days, is_hard
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES, DoseBounds
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.safety.jumps import jumps
from fitsense_training.domain.safety.reasons import request_reasons
from fitsense_training.domain.safety.sessions import clamp
from fitsense_training.domain.science.volume import item_minutes, session_minutes
from fitsense_training.domain.science.week import usable_minutes
from fitsense_training.domain.vocabulary import (
    LiftStatus,
    LoadKind,
    OperationKind,
    PromptType,
    Severity,
)


def changes_carry_reasons(case: Case) -> Iterator[Broken]:
    """EXP01: the plan's reasons fit the request, and every changed line names its own."""
    fitting = request_reasons(case.request)
    for reason in case.plan.reasons:
        if reason not in fitting:
            yield "plan", f"{reason} is no reason for {case.request.prompt_type}"
    for session, item in case.plan.items():
        if item.reason is not None and item.reason not in fitting:
            yield place(session, item), f"{item.reason} is no reason here"
    if case.request.current_plan is None or is_plan_wide(case.request):
        return
    for change in differing_lines(case.request.current_plan, case.plan):
        if change.kind is not ChangeKind.REMOVED and change.reason is None:
            yield f"{change.weekday}/{change.exercise_id}", "changed without a reason"


def nothing_else_changes(case: Case) -> Iterator[Broken]:
    """EXP02: lines that the request and the rules leave alone stay as they are.

    Where the time is too short for the old lines and for what the rules add (`must_shrink`), a
    line may be dropped, or be the same work in fewer sets or shorter; nothing else about it moves.
    A session that moves may leave too little rest between two days, so lines may be less there too.
    Lines come in only for lines that had to go, because a condition requires them or on request.
    """
    request = case.request
    if request.current_plan is None or is_plan_wide(request):
        return
    is_crowded = has_too_many_hard_days(request.current_plan, case.catalogue)
    moves = any(operation.kind is OperationKind.MOVE_DAY for operation in request.operations)
    for old, new in pair_sessions(request.current_plan, case.plan):
        kept = {item.exercise_id: item for item in new.prescriptions} if new else {}
        if old is None:
            continue
        is_tight = must_shrink(old, kept.values(), case.bounds)
        for item in old.prescriptions:
            if is_touched(item, request, case.bounds) or (is_crowded and _is_hard(item)):
                continue
            after = kept.get(item.exercise_id)
            may_be_less = is_tight or moves or jumps(old, case.bounds)
            if (is_tight and after is None) or (may_be_less and _is_less(item, after)):
                continue
            if after is None or not same_work(item, after):
                yield place(old, item), "changed though nobody asked for it"
        yield from _uncalled_for(old, new, case)


def _uncalled_for(old: Session, new: Session | None, case: Case) -> Iterator[Broken]:
    """More new lines than lines that went, beside those that a condition requires."""
    if new is None:
        return
    held, kept = ({i.exercise_id for i in s.prescriptions} for s in (old, new))
    required = required_inclusions(case.bounds)
    asked = {op.exercise_id for op in case.request.operations if op.kind is OperationKind.ADD}
    added = [
        item
        for item in new.prescriptions
        if item.exercise_id not in held | asked
        and not any(meets(code, case.catalogue.by_id(item.exercise_id)) for code in required)
    ]
    for item in added[len(held - kept) :]:
        yield place(new, item), "added though nobody asked for it"


def _is_less(before: Prescription, after: Prescription | None) -> bool:
    return after is not None and is_less(before, after)


def is_less(before: Prescription, after: Prescription) -> bool:
    """Whether a line asks for the same work, in no more sets and no longer.

    After a single set there is nothing to rest for, so its rest may go.
    """
    amount = {"sets": after.sets, "dose_low": after.dose_low, "dose_high": after.dose_high}
    if after.sets == 1 and after.rest_s == 0:
        amount["rest_s"] = 0
    return (
        after.sets <= before.sets
        and after.dose_low <= before.dose_low
        and after.dose_high <= before.dose_high
        and same_work(before.model_copy(update=amount), after)
    )


def _is_hard(item: Prescription) -> bool:
    catalogue = load_catalogue()
    return item.exercise_id in catalogue and is_hard(item, catalogue.by_id(item.exercise_id))


def must_shrink(old: Session, lines: Iterable[Prescription], bounds: Bounds) -> bool:
    """Whether the time is too short for the old lines and what the rules make of the session.

    That is a longer warm-up, the required ones among `lines`, longer doses where the old ones lie
    out of bounds, and stand-ins that take longer than what they stand in for.
    """
    held = {item.exercise_id for item in old.prescriptions}
    required = required_inclusions(bounds)
    new = [item for item in lines if item.exercise_id not in held]
    needed = {
        item.exercise_id
        for item in new
        if any(meets(code, load_catalogue().by_id(item.exercise_id)) for code in required)
    }
    added_min = sum(item_minutes(item) for item in new if item.exercise_id in needed)
    stand_ins_min = sum(item_minutes(item) for item in new if item.exercise_id not in needed)
    gone = [item for item in old.prescriptions if item.exercise_id not in bounds.allowed]
    added_min += max(0.0, stand_ins_min - sum(item_minutes(item) for item in gone))
    added_min += sum(
        max(0.0, item_minutes(clamp(item, bounds)) - item_minutes(item))
        for item in old.prescriptions
        if item.exercise_id in bounds.allowed
    )
    warmed = old.model_copy(update={"warm_up_min": max(old.warm_up_min, warm_up_minutes(bounds))})
    slack = 1 + bounds.rules.duration_slack_share.value
    return session_minutes(warmed) + added_min > usable_minutes(bounds.profile) * slack


def is_touched(item: Prescription, request: PlanRequest, bounds: Bounds) -> bool:
    """Whether a request or a rule speaks of this line of the current plan."""
    if item.exercise_id not in bounds.allowed or not is_within(item, bounds):
        return True
    if any(operation.exercise_id == item.exercise_id for operation in request.operations):
        return True
    if request.pain is not None:
        return True
    if request.progress is not None:
        return dict(request.progress.statuses).get(item.exercise_id, "mid") != LiftStatus.MID
    return request.prompt_type is PromptType.PLAN_CREATION


def is_within(item: Prescription, bounds: Bounds) -> bool:
    """Whether the dose of an allowed exercise keeps to the bounds."""
    exercise = load_catalogue().by_id(item.exercise_id)
    dose = bounds.dose(exercise)
    return (
        item.sets <= dose.sets_max
        and (item.load.kind is not LoadKind.KG or exercise.is_loadable)
        and not _is_harder_than_allowed(item, exercise, bounds)
        and not _is_heavier_than_allowed(item, dose)
        and (item.rir is None or item.rir >= dose.rir_min)
        and dose.rest_min_s <= item.rest_s <= dose.rest_max_s
        and dose.low_min <= item.dose_low
        and item.dose_high <= dose.high_max
    )


def _is_harder_than_allowed(item: Prescription, exercise: Exercise, bounds: Bounds) -> bool:
    most = bounds.limits.caps.rpe_max
    is_effort = exercise.role in EFFORT_ROLES and item.load.kind is LoadKind.RPE
    return most is not None and is_effort and (item.load.value or 0) > most


def _is_heavier_than_allowed(item: Prescription, dose: DoseBounds) -> bool:
    is_percent = item.load.kind is LoadKind.PERCENT_1RM
    return is_percent and (item.load.value or 0) > dose.percent_max


MINIMAL_CHANGE_RULES = (
    Rule("EXP01", Severity.FIX, "Every change carries a reason.", changes_carry_reasons),
    Rule("EXP02", Severity.FIX, "Nothing else changes.", nothing_else_changes),
)
