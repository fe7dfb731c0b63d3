"""Rules on progression: loads follow the log in small steps, pauses and deloads are honoured."""

from collections.abc import Iterator

from fitsense_training.domain.plan.lines import kept_lines
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.steps import load_most_kg
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.vocabulary import (
    LiftStatus,
    LoadKind,
    OperationKind,
    Readiness,
    Severity,
)

ANEW = frozenset(
    {OperationKind.CHANGE_DAYS, OperationKind.CHANGE_MINUTES, OperationKind.CHANGE_GOAL}
)
PLAN_WIDE = frozenset(OperationKind) - {
    OperationKind.SWAP,
    OperationKind.REMOVE,
    OperationKind.ADD,
    OperationKind.MOVE_DAY,
    OperationKind.CHANGE_EQUIPMENT,
}


def lays_out_anew(request: PlanRequest) -> bool:
    """Whether an operation makes the week anew instead of changing lines of it."""
    return any(operation.kind in ANEW for operation in request.operations)


def is_laid_out(request: PlanRequest) -> bool:
    """Whether the week is made anew; what the person takes out of it is theirs to decide."""
    kinds = {operation.kind for operation in request.operations}
    is_cut = OperationKind.REMOVE in kinds or OperationKind.LIGHTER in kinds
    return not is_cut and (request.current_plan is None or lays_out_anew(request))


def is_plan_wide(request: PlanRequest) -> bool:
    """Whether a request touches every line, so that the plan's reasons speak for all of them."""
    if any(operation.kind in PLAN_WIDE for operation in request.operations):
        return True
    progress, rules = request.progress, load_rulebook().limits
    return progress is not None and (
        progress.is_deload_due
        or progress.readiness is Readiness.POOR
        or rules.return_after_gap.step(progress.gap_days) is not None
        or progress.adherence_share < load_progression_rules().adherence_simplify_share.value
    )


def drops_a_session(request: PlanRequest) -> bool:
    """Whether so many sessions were missed that the week is to have one less (B3.7)."""
    plan, progress = request.current_plan, request.progress
    if plan is None or progress is None or len(plan.sessions) < 2:
        return False
    if progress.adherence_share >= load_progression_rules().adherence_simplify_share.value:
        return False
    is_tired = progress.readiness is Readiness.POOR or progress.is_deload_due
    pause = load_rulebook().limits.return_after_gap.step(progress.gap_days)
    return pause is not None or not is_tired


def without_dropped(request: PlanRequest, plan: WorkoutPlan) -> WorkoutPlan:
    """The plan without its last session where a request means to drop one."""
    if not drops_a_session(request):
        return plan
    return plan.model_copy(update={"sessions": plan.sessions[:-1]})


def _kg_pairs(case: Case) -> Iterator[tuple[Session, Prescription, float, float]]:
    for session, before, item in _kept_lines(case):
        if before.load.kind is LoadKind.KG and item.load.kind is LoadKind.KG:
            yield session, item, float(before.load.value or 0), float(item.load.value or 0)


def _kept_lines(case: Case) -> Iterator[tuple[Session, Prescription, Prescription]]:
    """Lines that stand in both plans on the same day: session, line before, line now."""
    if case.request.current_plan is not None:
        yield from kept_lines(case.request.current_plan, case.plan)


def steps_are_small(case: Case) -> Iterator[Broken]:
    """PRG01: no load rises by more than 10 percent, 5 percent for those who need care.

    Isolation work may take a whole step of the inventory; minors raise after 15 clean reps only.
    """
    for session, before, item in _kept_lines(case):
        if before.load.kind is not LoadKind.KG or item.load.kind is not LoadKind.KG:
            continue
        most, after = load_most_kg(before, case.bounds), item.load.value or 0.0
        if after > most + 1e-6:
            yield place(session, item), f"rises to {after:g} kg, at most {most:g}"


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
        careful |= case.limits.return_after_gap.step(progress.gap_days) is not None
    if not careful:
        return
    for session, item, before, after in _kg_pairs(case):
        if after > before:
            yield place(session, item), f"{before:g} to {after:g} kg in a careful week"
    for session, before, item in _kept_lines(case):
        if item.sets > before.sets:
            yield place(session, item), f"{before.sets} to {item.sets} sets in a careful week"


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
    """PRG05: a due deload lowers the week's sets of lifts, where any lift has more than one."""
    request = case.request
    if (
        request.progress is None
        or request.current_plan is None
        or not request.progress.is_deload_due
    ):
        return
    before, lifts = _sets(request.current_plan, case)
    after, _ = _sets(case.plan, case)
    if after >= before > lifts:
        yield "plan", f"{after} sets in a deload, {before} before"


def _sets(plan: WorkoutPlan, case: Case) -> tuple[int, int]:
    """Sets of lifts a week, and on how many lines they stand; what nobody knows counts as none."""
    known = [item for _, item in plan.items() if item.exercise_id in case.catalogue]
    sets = [count for item in known if (count := case.counter.sets(item))]
    return sum(sets), len(sets)


CHANGE_RULES = (
    Rule("PRG01", Severity.BLOCK, "Loads rise in small steps.", steps_are_small),
    Rule("PRG02", Severity.BLOCK, "Loads follow the log.", loads_follow_the_log),
    Rule("PRG03", Severity.BLOCK, "Readiness never accelerates.", readiness_never_accelerates),
    Rule("PRG04", Severity.BLOCK, "A pause is paid back.", a_pause_is_paid_back),
    Rule("PRG05", Severity.BLOCK, "A due deload is taken.", a_due_deload_is_taken),
)
