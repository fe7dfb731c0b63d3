"""Where an exercise that a person asks for fits into their week, or the rule that forbids it."""

from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import (
    in_order,
    prescribe,
    replace_session,
    with_items,
)
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import OperationKind, ReasonCode, Severity, Weekday

# What speaks of the change as a whole, which is not complete yet when one exercise is added.
_OF_THE_CHANGE = "EXP"


def add_exercise(
    request: PlanRequest, plan: WorkoutPlan, exercise_id: str
) -> WorkoutPlan | Finding:
    """The plan with the exercise where it fits best, in as many of its usual sets as fit.

    Only one session gets it, and no other line moves: a place where a BLOCK or FIX rule breaks or
    the repair would trim the plan is none. Where there is none, the first finding against the best
    one comes back instead.
    """
    bounds = bounds_of(request)
    exercise = load_catalogue().by_id(exercise_id)
    if exercise_id not in bounds.allowed:
        return _forbidden(exercise, bounds)
    known, trimmed = _findings(request, plan), set(repair(request, plan).actions)
    against: Finding | None = None
    for candidate in _candidates(request, plan, exercise, bounds):
        new = [finding for finding in _findings(request, candidate) if finding not in known]
        is_sound = all(finding.severity is Severity.WARN for finding in new)
        if is_sound and trimmed.issuperset(repair(request, candidate).actions):
            return candidate
        against = against or next(iter(new), None)
    if against is None and not _hosts(plan, exercise):
        return Finding("EXP02", Severity.FIX, "plan", "is in every session already")
    return against or Finding("STR02", Severity.FIX, "plan", "finds no session with room for it")


def with_additions(request: PlanRequest, plan: WorkoutPlan) -> WorkoutPlan:
    """The plan with every exercise that the request adds, where one fits."""
    return [plan, *(grown for _, grown in _growing(request, plan))][-1]


def added_lines(request: PlanRequest, plan: WorkoutPlan) -> dict[Weekday, list[Prescription]]:
    """The lines that come in on request, with their reason, by the day they go to."""
    found: dict[Weekday, list[Prescription]] = {}
    for before, grown in _growing(request, plan):
        for old, new in zip(before.sessions, grown.sessions, strict=True):
            lines = [item for item in new.prescriptions if item not in old.prescriptions]
            found.setdefault(new.weekday, []).extend(lines)
    return found


def _growing(request: PlanRequest, plan: WorkoutPlan) -> Iterator[tuple[WorkoutPlan, WorkoutPlan]]:
    """The plan before and after each addition that has a place."""
    for operation in request.operations:
        if operation.kind is not OperationKind.ADD:
            continue
        grown = add_exercise(request, plan, operation.exercise_id or "")
        if not isinstance(grown, Finding):
            yield plan, grown
            plan = grown


def _candidates(
    request: PlanRequest, plan: WorkoutPlan, exercise: Exercise, bounds: Bounds
) -> Iterator[WorkoutPlan]:
    """The plan with the exercise in each session, the most fitting first, from all sets to one."""
    usual = prescribe(exercise.id, bounds, request.load_kg_by_exercise.get(exercise.id))
    for session in _hosts(plan, exercise):
        for sets in range(usual.sets, 0, -1):
            item = usual.model_copy(update={"sets": sets, "reason": ReasonCode.USER_REQUEST})
            items = in_order((*session.prescriptions, item))
            yield replace_session(plan, with_items(session, items))


def _hosts(plan: WorkoutPlan, exercise: Exercise) -> list[Session]:
    """Sessions without the exercise: those about its movement first, then the shortest."""
    slots = load_splits().slots

    def fit(session: Session) -> tuple[bool, float, int]:
        is_about = any(exercise.pattern in group for group in slots[session.focus])
        return not is_about, session_minutes(session), session.weekday.order

    held = (
        session
        for session in plan.sessions
        if all(item.exercise_id != exercise.id for item in session.prescriptions)
    )
    return sorted(held, key=fit)


def _findings(request: PlanRequest, plan: WorkoutPlan) -> list[Finding]:
    """What rules say of a plan, but for those of the change itself; the gravest first."""
    found = review(request, plan)
    return [each for each in found if not each.rule_id.startswith(_OF_THE_CHANGE)]


def _forbidden(exercise: Exercise, bounds: Bounds) -> Finding:
    """Why an exercise is outside the bounds: the person's own wish, means, level or health."""
    person = bounds.profile
    if exercise.id in person.excluded_exercises:
        return Finding("CON04", Severity.BLOCK, exercise.id, "is one the person excludes")
    if not exercise.is_doable_with(frozenset(person.equipment)):
        return Finding("STR06", Severity.BLOCK, exercise.id, "needs equipment that is not there")
    if exercise.level.rank > person.experience_level.rank:
        detail = f"is for the level {exercise.level}, the person is {person.experience_level}"
        return Finding("STR06", Severity.BLOCK, exercise.id, detail)
    tags = ", ".join(sorted(exercise.tags & bounds.limits.avoid))
    if tags:
        return Finding("CON01", Severity.BLOCK, exercise.id, f"is {tags}, which is to be avoided")
    return Finding("CON01", Severity.BLOCK, exercise.id, "works where it hurts")
