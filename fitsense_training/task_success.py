"""Did the answer do what was asked? One judgement for teachers, students and the guarded system.

Safety is judged elsewhere (`domain/safety/validator.py`): a plan can be safe and miss the point.
Where no plan may stand, success is the fixed text that belongs there. An operation that the rules
leave no room for counts as done: a required exercise stays, and what is at its floor stays there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.lines import kept_lines
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import Operation, Pain, PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.additions import add_exercise
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.inclusions import asked_away, stand_ins
from fitsense_training.domain.safety.steps import next_load_kg
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.science.week import sessions_max
from fitsense_training.domain.vocabulary import (
    LiftStatus,
    LoadKind,
    OperationKind,
    PromptType,
    Readiness,
)


@dataclass(frozen=True)
class Change:
    """The plan before and after, and what was asked for in between."""

    request: PlanRequest
    before: WorkoutPlan
    after: WorkoutPlan

    def kept(self) -> Iterator[tuple[Prescription, Prescription]]:
        """Pairs of the same exercise in the same (or the moved) session, before and after."""
        return ((before, after) for _, before, after in kept_lines(self.before, self.after))


def task_success(request: PlanRequest, answer: Answer) -> bool:
    """Whether the answer does what the request asks; its safety is another question."""
    template = template_for(request)
    if template is not None:
        return isinstance(answer, Handoff) and answer.template is template
    if isinstance(answer, Handoff):
        return False
    if request.current_plan is None:
        return _is_created(request, answer)
    change = Change(request, request.current_plan, answer)
    judge = {
        PromptType.PLAN_MODIFICATION: _is_modified,
        PromptType.SAFETY_ADJUSTMENT: _is_adjusted,
        PromptType.PROGRESS_ADAPTATION: _is_adapted,
    }[request.prompt_type]
    return judge(change)


def direction(before: Prescription, after: Prescription) -> int:
    """1 when a line asks for more than before, -1 for less, 0 for the same.

    Load decides, then sets, then reps in reserve, then the dose: a heavier set of fewer reps is
    more, as in double progression.
    """
    steps = [
        *_load_step(before, after),
        after.sets - before.sets,
        (before.rir or 0) - (after.rir or 0) if before.rir is not None else 0,
        after.dose_high - before.dose_high,
    ]
    first = next((step for step in steps if step), 0)
    return (first > 0) - (first < 0)


def _load_step(before: Prescription, after: Prescription) -> Iterator[float]:
    if before.load.kind is after.load.kind and before.load.value and after.load.value:
        yield after.load.value - before.load.value


def _is_created(request: PlanRequest, plan: WorkoutPlan) -> bool:
    person = request.profile
    days = [session.weekday for session in plan.sessions]
    return (
        plan.goal is person.main_goal
        and set(days) <= set(person.weekdays)
        and len(days) == sessions_max(person)
    )


def _is_modified(change: Change) -> bool:
    return all(_OPERATIONS[op.kind](change, op) for op in change.request.operations)


def _is_swapped(change: Change, operation: Operation) -> bool:
    exercise_id = str(operation.exercise_id)
    if exercise_id not in asked_away(change.request, bounds_of(change.request)):
        return True
    if not _is_gone(change, operation):
        return False
    if _rewrites_the_week(change.request):
        return True
    after = {session.weekday: session for session in change.after.sessions}
    return all(
        session.weekday in after
        and _has_stand_in(change, exercise_id, session, after[session.weekday])
        for session in change.before.sessions
        if any(item.exercise_id == exercise_id for item in session.prescriptions)
    )


def _has_stand_in(change: Change, exercise_id: str, before: Session, after: Session) -> bool:
    """Whether a new exercise of the same pattern is there, if one is allowed at all.

    For one that a condition requires, another that meets the requirement will do as well.
    """
    exercise, bounds = load_catalogue().by_id(exercise_id), bounds_of(change.request)
    had = {item.exercise_id for item in before.prescriptions}
    same = (*bounds.exercises(exercise.pattern), *stand_ins(exercise, bounds))
    possible = {e.id for e in same} - had
    now = {item.exercise_id for item in after.prescriptions}
    return not possible or bool(now & possible)


def _is_gone(change: Change, operation: Operation) -> bool:
    return all(item.exercise_id != operation.exercise_id for _, item in change.after.items())


def _is_removed(change: Change, operation: Operation) -> bool:
    """Gone, unless a condition requires it or a session would be left empty."""
    name = str(operation.exercise_id)
    if name not in asked_away(change.request, bounds_of(change.request)):
        return True
    sessions = [[item.exercise_id for item in s.prescriptions] for s in change.before.sessions]
    return [name] in sessions or _is_gone(change, operation)


def _is_added(change: Change, operation: Operation) -> bool:
    """There now, unless a rule keeps it out of the plan as it is."""
    name = str(operation.exercise_id)
    if any(item.exercise_id == name for _, item in change.after.items()):
        return True
    return isinstance(add_exercise(change.request, change.after, name), Finding)


def _is_on_another_day(change: Change, operation: Operation) -> bool:
    days = {session.weekday for session in change.after.sessions}
    return operation.move is None or (operation.move[1] in days and operation.move[0] not in days)


def _is_on_days(change: Change, operation: Operation) -> bool:
    days = {session.weekday for session in change.after.sessions}
    wanted = min(len(change.before.sessions), sessions_max(change.request.profile))
    return days <= set(operation.weekdays or ()) and len(days) >= wanted


def _fits_minutes(change: Change, operation: Operation) -> bool:
    slack = load_rulebook().limits.duration_slack_share.value
    most = (operation.minutes or 0) * (1 + slack)
    return all(session_minutes(session) <= most for session in change.after.sessions)


def _fits_equipment(change: Change, operation: Operation) -> bool:
    catalogue, owned = load_catalogue(), frozenset(operation.equipment or ())
    return all(
        catalogue.by_id(item.exercise_id).is_doable_with(owned) for _, item in change.after.items()
    )


def _has_goal(change: Change, operation: Operation) -> bool:
    return change.after.goal is operation.goal


def _is_lighter(change: Change, _: Operation) -> bool:
    return _moved(change, -1)


def _is_harder(change: Change, _: Operation) -> bool:
    bounds, catalogue = bounds_of(change.request), load_catalogue()
    has_room = any(
        item.rir is not None and item.rir > bounds.dose(catalogue.by_id(item.exercise_id)).rir_min
        for item, _ in change.kept()
    )
    return _moved(change, +1) or (not has_room and not _moved(change, -1))


def _moved(change: Change, sign: int) -> bool:
    """Something moved the way asked for, and nothing moved the other way."""
    if any(op.kind is OperationKind.CHANGE_GOAL for op in change.request.operations):
        return True  # a new goal rewrites every dose, so the lines cannot be compared
    moves = {direction(before, after) for before, after in change.kept()}
    sets = _count_sets(change.after) - _count_sets(change.before)
    return -sign not in moves and (sign in moves or sets * sign > 0)


def _count_sets(plan: WorkoutPlan) -> int:
    return sum(item.sets for _, item in plan.items())


def _rewrites_the_week(request: PlanRequest) -> bool:
    moving = {
        OperationKind.CHANGE_DAYS,
        OperationKind.CHANGE_MINUTES,
        OperationKind.CHANGE_EQUIPMENT,
        OperationKind.CHANGE_GOAL,
    }
    return any(operation.kind in moving for operation in request.operations)


_OPERATIONS: dict[OperationKind, Callable[[Change, Operation], bool]] = {
    OperationKind.SWAP: _is_swapped,
    OperationKind.REMOVE: _is_removed,
    OperationKind.ADD: _is_added,
    OperationKind.MOVE_DAY: _is_on_another_day,
    OperationKind.CHANGE_DAYS: _is_on_days,
    OperationKind.CHANGE_MINUTES: _fits_minutes,
    OperationKind.CHANGE_EQUIPMENT: _fits_equipment,
    OperationKind.CHANGE_GOAL: _has_goal,
    OperationKind.LIGHTER: _is_lighter,
    OperationKind.HARDER: _is_harder,
}


def _is_adjusted(change: Change) -> bool:
    """Nothing the condition or pain forbids remains, and what hurts asks for less."""
    allowed = bounds_of(change.request).allowed
    if any(item.exercise_id not in allowed for _, item in change.after.items()):
        return False
    if any(_asks_more(before, after) for before, after in change.kept()):
        return False
    pain = change.request.pain
    if pain is None or pain.level <= load_rulebook().limits.pain.ok_max:
        return True
    return all(
        direction(before, after) < 0
        for before, after in change.kept()
        if _hurts(after.exercise_id, pain) and _can_ease(before)
    )


def _asks_more(before: Prescription, after: Prescription) -> bool:
    """More load or sets; more repetitions of a lighter set may be what a condition asks for."""
    return after.sets > before.sets or any(step > 0 for step in _load_step(before, after))


def _can_ease(item: Prescription) -> bool:
    return item.rir is not None or _is_above_lightest(item)


def _is_above_lightest(item: Prescription) -> bool:
    exercise = load_catalogue().by_id(item.exercise_id)
    lightest = max(exercise.min_load_kg, exercise.load_step_kg)
    return item.load.kind is LoadKind.KG and (item.load.value or 0) > lightest


def _hurts(exercise_id: str, pain: Pain) -> bool:
    region = load_rulebook().limits.pain_regions.regions[pain.region]
    exercise = load_catalogue().by_id(exercise_id)
    return exercise.pattern in region.patterns or bool(exercise.tags & region.tags)


def _is_adapted(change: Change) -> bool:
    """Every logged exercise moved the way its log says; rest comes before progress."""
    progress = change.request.progress
    if progress is None:
        return False
    moves = [direction(before, after) for before, after in change.kept()]
    if load_rulebook().limits.return_after_gap.step(progress.gap_days):
        return _eases(change, moves)
    if progress.readiness is Readiness.POOR:
        return all(move <= 0 for move in moves)
    if progress.is_deload_due:
        return _eases(change, moves)
    if progress.adherence_share < load_progression_rules().adherence_simplify_share.value:
        # One session a week cannot be simplified into none.
        is_single = len(change.before.sessions) == 1
        return all(move <= 0 for move in moves) if is_single else _eases(change, moves)
    statuses = dict(progress.statuses)
    return all(
        _fits_status(change, before, after, statuses.get(after.exercise_id))
        for before, after in change.kept()
    )


def _eases(change: Change, moves: list[int]) -> bool:
    """Nothing asks for more, and something for less, where there is anything to take away."""
    least = len(list(change.before.items()))
    sets = _count_sets(change.before)
    is_less = _count_sets(change.after) < sets or any(move < 0 for move in moves)
    return all(move <= 0 for move in moves) and (is_less or sets == least)


def _fits_status(
    change: Change, before: Prescription, after: Prescription, status: LiftStatus | None
) -> bool:
    move = direction(before, after)
    if status is LiftStatus.TOP:
        return move > 0 if _can_add_load(change, before) else move >= 0
    if status is LiftStatus.STALL:
        return move < 0 if _is_above_lightest(before) else move <= 0
    if status is LiftStatus.PAIN:
        return move < 0 if _can_ease(before) else move <= 0
    return move == 0


def _can_add_load(change: Change, item: Prescription) -> bool:
    """Whether the next load of the inventory is within the step the person may take."""
    return next_load_kg(item, bounds_of(change.request)) is not None
