"""Rules on change: progression follows the logs, every change has a reason, nothing else moves."""

from collections.abc import Iterable, Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.lines import (
    ChangeKind,
    differing_lines,
    pair_sessions,
    same_work,
)
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import (
    EFFORT_ROLES,
    Bounds,
    request_reasons,
    warm_up_minutes,
)
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.conditioning import has_too_many_hard_days, is_hard
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.safety.sessions import clamp
from fitsense_training.domain.science.volume import hard_sets, item_minutes, session_minutes
from fitsense_training.domain.vocabulary import (
    LiftStatus,
    LoadKind,
    OperationKind,
    PromptType,
    Readiness,
    Severity,
)

PLAN_WIDE = frozenset(OperationKind) - {
    OperationKind.SWAP,
    OperationKind.REMOVE,
    OperationKind.CHANGE_EQUIPMENT,
}


def is_plan_wide(request: PlanRequest) -> bool:
    """Whether a request touches every line, so that the plan's reasons speak for all of them."""
    if any(operation.kind in PLAN_WIDE for operation in request.operations):
        return True
    progress = request.progress
    return progress is not None and (
        progress.is_deload_due
        or progress.readiness is Readiness.POOR
        or progress.gap_days >= 8
        or progress.adherence_share < 0.6
    )


def _kg_pairs(case: Case) -> Iterator[tuple[Session, Prescription, float, float]]:
    if case.request.current_plan is None:
        return
    for old, new in pair_sessions(case.request.current_plan, case.plan):
        before = {i.exercise_id: i.load for i in old.prescriptions} if old else {}
        for item in new.prescriptions if new else ():
            load = before.get(item.exercise_id)
            kilos = (load, item.load) if load else ()
            if new and all(value.kind is LoadKind.KG for value in kilos) and kilos:
                yield new, item, float(kilos[0].value or 0), float(kilos[1].value or 0)


def steps_are_small(case: Case) -> Iterator[Broken]:
    """PRG01: no load rises by more than 10 percent, 5 percent for those who need care."""
    most = 1 + case.bounds.step_share_max
    for session, item, before, after in _kg_pairs(case):
        if after > before * most + 1e-6:
            yield place(session, item), f"{before:g} to {after:g} kg, at most {before * most:g}"


def loads_follow_the_log(case: Case) -> Iterator[Broken]:
    """PRG02: loads rise only where every set reached the top, and fall after a stall or pain."""
    if case.request.progress is None:
        return
    statuses = dict(case.request.progress.statuses)
    for session, item, before, after in _kg_pairs(case):
        status = statuses.get(item.exercise_id)
        if after > before and status is not LiftStatus.TOP:
            yield place(session, item), f"{before:g} to {after:g} kg though the log says {status}"
        if status in (LiftStatus.STALL, LiftStatus.PAIN) and after >= before > item_step(
            case, item
        ):
            yield place(session, item), f"{after:g} kg is not lighter though the log says {status}"


def item_step(case: Case, item: Prescription) -> float:
    """The lightest load one can go down to and still lift something, in kg."""
    exercise = case.catalogue.by_id(item.exercise_id)
    return max(exercise.min_load_kg, exercise.load_step_kg)


def readiness_never_accelerates(case: Case) -> Iterator[Broken]:
    """PRG03: with poor readiness, pain, a pause or a due deload no load and no set is added."""
    request, progress = case.request, case.request.progress
    careful = request.pain is not None or request.condition_added is not None
    if progress is not None:
        careful |= progress.readiness is Readiness.POOR or progress.is_deload_due
        careful |= progress.gap_days >= 8
    if not careful:
        return
    for session, item, before, after in _kg_pairs(case):
        if after > before:
            yield place(session, item), f"{before:g} to {after:g} kg in a careful week"


def a_pause_is_paid_back(case: Case) -> Iterator[Broken]:
    """PRG04: after a pause of eight days or more, loads restart at the share the rule gives."""
    progress = case.request.progress
    step = case.limits.return_after_gap.step(progress.gap_days) if progress else None
    if step is None:
        return
    for session, item, before, after in _kg_pairs(case):
        most = max(before * step.load_share, item_step(case, item))
        if after > most + 1e-6:
            yield place(session, item), f"{after:g} kg after the pause, at most {most:g}"


def a_due_deload_is_taken(case: Case) -> Iterator[Broken]:
    """PRG05: a due deload lowers the week's hard sets, where any lift has more than one."""
    request = case.request
    if (
        request.progress is None
        or request.current_plan is None
        or not request.progress.is_deload_due
    ):
        return
    before, lifts = _hard_sets(request.current_plan, case)
    after, _ = _hard_sets(case.plan, case)
    if after >= before > lifts:
        yield "plan", f"{after} hard sets in a deload, {before} before"


def _hard_sets(plan: WorkoutPlan, case: Case) -> tuple[int, int]:
    """Hard sets a week, and on how many lines they stand; what nobody knows counts as none."""
    known = [item for _, item in plan.items() if item.exercise_id in case.catalogue]
    sets = [count for item in known if (count := hard_sets(item, case.catalogue))]
    return sum(sets), len(sets)


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
    """EXP02: lines that the request and the rules leave alone stay as they are."""
    request = case.request
    if request.current_plan is None or is_plan_wide(request):
        return
    is_crowded = has_too_many_hard_days(request.current_plan, case.catalogue)
    for old, new in pair_sessions(request.current_plan, case.plan):
        kept = {item.exercise_id: item for item in new.prescriptions} if new else {}
        if old is None or must_shrink(old, kept.values(), case.bounds):
            continue
        for item in old.prescriptions:
            if is_touched(item, request, case.bounds) or (is_crowded and _is_hard(item)):
                continue
            after = kept.get(item.exercise_id)
            if after is None or not same_work(item, after):
                yield place(old, item), "changed though nobody asked for it"


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
    return session_minutes(warmed) + added_min > bounds.profile.session_minutes * slack


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
        and (item.rir is None or item.rir >= dose.rir_min)
        and dose.rest_min_s <= item.rest_s <= dose.rest_max_s
        and dose.low_min <= item.dose_low
        and item.dose_high <= dose.high_max
    )


def _is_harder_than_allowed(item: Prescription, exercise: Exercise, bounds: Bounds) -> bool:
    most = bounds.limits.caps.rpe_max
    is_effort = exercise.role in EFFORT_ROLES and item.load.kind is LoadKind.RPE
    return most is not None and is_effort and (item.load.value or 0) > most


CHANGE_RULES = (
    Rule("PRG01", Severity.BLOCK, "Loads rise in small steps.", steps_are_small),
    Rule("PRG02", Severity.BLOCK, "Loads follow the log.", loads_follow_the_log),
    Rule("PRG03", Severity.BLOCK, "Readiness never accelerates.", readiness_never_accelerates),
    Rule("PRG04", Severity.BLOCK, "A pause is paid back.", a_pause_is_paid_back),
    Rule("PRG05", Severity.FIX, "A due deload is taken.", a_due_deload_is_taken),
    Rule("EXP01", Severity.FIX, "Every change carries a reason.", changes_carry_reasons),
    Rule("EXP02", Severity.FIX, "Nothing else changes.", nothing_else_changes),
)
