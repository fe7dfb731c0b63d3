"""Filling what a new week lacks: a major movement nobody planned (STR04), too few sets (VOL04).

The grammar says what may be written, not what has to be, and `repair` only takes away. So a week
that is laid out anew may leave a movement out. Here single steps are tried in a fixed order, and a
step is kept only where the validator finds less wrong than before, and nothing graver.
"""

from collections import Counter
from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.change import is_laid_out
from fitsense_training.domain.safety.fitting import fit_time
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import (
    in_order,
    prescribe,
    replace_session,
    with_items,
)
from fitsense_training.domain.safety.shortlist import shortlist
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.week import is_resistance, load_splits
from fitsense_training.domain.vocabulary import Pattern, Severity

GAPS = frozenset({"STR04", "VOL04"})
STEPS_MAX = 8
Wrong = tuple[int, int, int, int]


def fill_gaps(request: PlanRequest, plan: WorkoutPlan) -> WorkoutPlan:
    """The week with its gaps filled as far as single steps can; unchanged where it has none.

    Only a week that is laid out anew is filled: elsewhere the lines nobody spoke of stay.
    """
    if not is_laid_out(request):
        return plan
    wrong, has_gap = _wrong(request, plan)
    for _ in range(STEPS_MAX):
        better = next(_better(request, plan, wrong), None) if has_gap else None
        if better is None:
            break
        plan, wrong, has_gap = better
    return plan


def _better(
    request: PlanRequest, plan: WorkoutPlan, wrong: Wrong
) -> Iterator[tuple[WorkoutPlan, Wrong, bool]]:
    """Steps after which less is wrong, with what still is."""
    for step in _steps(request, plan):
        found, has_gap = _wrong(request, step)
        if found < wrong:
            yield step, found, has_gap


def _wrong(request: PlanRequest, plan: WorkoutPlan) -> tuple[Wrong, bool]:
    """How much is wrong, gravest first, and whether any of it is a gap."""
    findings = review(request, plan)
    count = Counter(finding.severity for finding in findings)
    missing = len(list(_missing(plan, bounds_of(request))))
    wrong = (count[Severity.BLOCK], count[Severity.FIX], count[Severity.WARN], missing)
    return wrong, any(finding.rule_id in GAPS for finding in findings)


def _steps(request: PlanRequest, plan: WorkoutPlan) -> Iterator[WorkoutPlan]:
    """What may be tried next, the gentlest first: trims, one more set, one more line, another.

    A line that came in may have left something to trim, such as pushing against pulling.
    """
    bounds = bounds_of(request)
    yield repair(request, plan).plan
    yield from _with_more_sets(plan, bounds)
    for group in _missing(plan, bounds):
        for exercise in _choices(group, request, bounds):
            item = prescribe(exercise.id, bounds, request.load_kg_by_exercise.get(exercise.id))
            yield from _with_line(plan, item, bounds)
            yield from _with_exchanged_line(plan, item, bounds)


def _missing(plan: WorkoutPlan, bounds: Bounds) -> Iterator[tuple[Pattern, ...]]:
    """Major movements that something allowed trains and nothing in the week does."""
    done = {load_catalogue().by_id(item.exercise_id).pattern for _, item in plan.items()}
    for group in load_splits().major_patterns:
        if not done.intersection(group) and any(bounds.exercises(each) for each in group):
            yield tuple(group)


def _choices(
    group: tuple[Pattern, ...], request: PlanRequest, bounds: Bounds
) -> Iterator[Exercise]:
    """The exercise of each pattern that suits the person best, one they know before others."""
    known = request.load_kg_by_exercise
    for pattern in group:
        found = shortlist(bounds, pattern, known)
        yield from sorted(found, key=lambda exercise: exercise.id not in known)[:1]


def _with_more_sets(plan: WorkoutPlan, bounds: Bounds) -> Iterator[WorkoutPlan]:
    """One line with more sets, as many as its dose allows."""
    for session in plan.sessions:
        for place, item in enumerate(session.prescriptions):
            most = bounds.dose(load_catalogue().by_id(item.exercise_id)).sets_max
            for sets in range(item.sets + 1, most + 1):
                more = item.model_copy(update={"sets": sets})
                yield replace_session(plan, _exchanged(session, place, more))


def _with_line(plan: WorkoutPlan, item: Prescription, bounds: Bounds) -> Iterator[WorkoutPlan]:
    """One more line, on the day with the fewest that lifts and does not hold it."""
    hosts = [session for session in _hosts(plan) if not _holds(session, item)]
    for session in sorted(hosts, key=lambda s: len(s.prescriptions)):
        items = in_order((*session.prescriptions, item))
        yield fit_time(replace_session(plan, with_items(session, items)), bounds)


def _with_exchanged_line(
    plan: WorkoutPlan, item: Prescription, bounds: Bounds
) -> Iterator[WorkoutPlan]:
    """The line in the place of another, the last ones first: they are the smallest."""
    for session in _hosts(plan):
        if _holds(session, item):
            continue
        for place in reversed(range(len(session.prescriptions))):
            exchanged = _exchanged(session, place, item)
            ordered = with_items(session, in_order(exchanged.prescriptions))
            yield fit_time(replace_session(plan, ordered), bounds)


def _hosts(plan: WorkoutPlan) -> list[Session]:
    return [session for session in plan.sessions if is_resistance(session.focus)]


def _holds(session: Session, item: Prescription) -> bool:
    return any(each.exercise_id == item.exercise_id for each in session.prescriptions)


def _exchanged(session: Session, place: int, item: Prescription) -> Session:
    items = list(session.prescriptions)
    items[place] = item
    return with_items(session, tuple(items))
