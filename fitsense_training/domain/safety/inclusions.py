"""What a condition or an age requires a plan to hold, and where it is missing."""

from collections.abc import Iterator

from fitsense_training.domain.catalogue import Catalogue, Exercise, load_catalogue
from fitsense_training.domain.conditions import Inclusion, load_conditions
from fitsense_training.domain.plan.model import Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.science.week import is_resistance
from fitsense_training.domain.vocabulary import OperationKind


def meets(code: Inclusion, exercise: Exercise) -> bool:
    """Whether an exercise is of the kind that a required inclusion asks for."""
    return exercise.id in load_conditions().inclusion_exercises[code]


def required_inclusions(bounds: Bounds) -> tuple[Inclusion, ...]:
    """Inclusions that are exercises and for which an allowed exercise exists, in fixed order."""
    return tuple(
        code for code in Inclusion if code in bounds.limits.include and options(code, bounds)
    )


def options(code: Inclusion, bounds: Bounds) -> tuple[Exercise, ...]:
    """Allowed exercises that meet an inclusion, in the order of preference."""
    catalogue = load_catalogue()
    listed = load_conditions().inclusion_exercises[code]
    return tuple(catalogue.by_id(name) for name in listed if name in bounds.allowed)


def stand_ins(exercise: Exercise, bounds: Bounds) -> tuple[Exercise, ...]:
    """What may take the place of an exercise that a condition requires, same pattern first."""
    codes = [code for code in required_inclusions(bounds) if meets(code, exercise)]
    found = [e for code in codes for e in options(code, bounds) if e.id != exercise.id]
    return tuple(sorted(found, key=lambda e: e.pattern is not exercise.pattern))


def asked_away(request: PlanRequest, bounds: Bounds) -> frozenset[str]:
    """The exercises a person asks to be rid of, but for those a condition cannot do without."""
    gone: set[str] = set()
    for operation in request.operations:
        if operation.kind not in (OperationKind.SWAP, OperationKind.REMOVE):
            continue
        exercise = load_catalogue().by_id(operation.exercise_id or "")
        is_required = any(meets(code, exercise) for code in required_inclusions(bounds))
        can_swap = operation.kind is OperationKind.SWAP and stand_ins(exercise, bounds)
        if not is_required or can_swap:
            gone.add(exercise.id)
    return frozenset(gone)


def days_required(code: Inclusion, plan: WorkoutPlan) -> int:
    """On how many of a plan's days an inclusion must stand."""
    lifting = sum(is_resistance(session.focus) for session in plan.sessions)
    if code is Inclusion.BALANCE:
        return min(int(load_rulebook().limits.balance_days.value), len(plan.sessions))
    return lifting if code is Inclusion.COOL_DOWN else 1


def missing_inclusions(
    plan: WorkoutPlan, bounds: Bounds, catalogue: Catalogue
) -> Iterator[tuple[Inclusion, int]]:
    """Each required inclusion that stands on too few days, and how many are missing."""
    for code in required_inclusions(bounds):
        days = sum(holds(session, code, catalogue) for session in plan.sessions)
        if (short := days_required(code, plan) - days) > 0:
            yield code, short


def holds(session: Session, code: Inclusion, catalogue: Catalogue) -> bool:
    """Whether a session holds an inclusion."""
    return any(meets(code, catalogue.by_id(i.exercise_id)) for i in session.prescriptions)
