"""Operations that an answer does not carry out because a rule stands against them.

They follow from the request and the plan alone, so they are the same whoever wrote the plan.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.lines import kept_lines
from fitsense_training.domain.plan.model import RIR_MAX, Prescription, WorkoutPlan
from fitsense_training.domain.request import Operation, PlanRequest
from fitsense_training.domain.safety.additions import add_exercise
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.vocabulary import OperationKind


@dataclass(frozen=True)
class Refusal:
    """One operation that was not carried out: the rule against it, and the numbers or names."""

    operation: Operation
    rule_id: str
    detail: str


def refused_operations(request: PlanRequest, plan: WorkoutPlan) -> tuple[Refusal, ...]:
    """The operations of a request that rules keep this plan from carrying out, in their order."""
    found: list[Refusal] = []
    for operation in request.operations:
        look = _LOOKS.get(operation.kind)
        against = look(request, plan, operation) if look else None
        if against is not None:
            found.append(Refusal(operation, *against))
    return tuple(found)


Against = tuple[str, str] | None
"""The id of a rule and its numbers, or None where nothing stands in the way."""


def _add(request: PlanRequest, plan: WorkoutPlan, operation: Operation) -> Against:
    name = operation.exercise_id or ""
    if _count(plan, name) > (_count(request.current_plan, name) if request.current_plan else 0):
        return None
    added = add_exercise(request, plan, name)
    return (added.rule_id, f"{name} {added.detail}") if isinstance(added, Finding) else None


def _stays(request: PlanRequest, plan: WorkoutPlan, operation: Operation) -> Against:
    """Why an exercise that was to go is still there."""
    name = operation.exercise_id or ""
    if not _count(plan, name):
        return None
    exercise = load_catalogue().by_id(name)
    required = [code for code in required_inclusions(bounds_of(request)) if meets(code, exercise)]
    if required:
        words = required[0].replace("_", " ")
        return "CON03", f"{name} is the {words} work that a condition or the age requires"
    days = [s.weekday for s in plan.sessions if [i.exercise_id for i in s.prescriptions] == [name]]
    if days:
        return "STR01", f"{name} is all there is on {days[0]}: ask for fewer days instead"
    return None


def _harder(request: PlanRequest, plan: WorkoutPlan, _: Operation) -> Against:
    """Every line is at the least reserve already, so that none can get harder."""
    bounds, catalogue = bounds_of(request), load_catalogue()
    floors = [
        (before.rir, bounds.dose(catalogue.by_id(before.exercise_id)).rir_min)
        for before in _kept(request, plan)
        if before.rir is not None
    ]
    if any(rir > floor for rir, floor in floors):
        return None
    least = min((floor for _, floor in floors), default=0)
    return "INT02", f"every lift is at its least reserve already ({least} or more repetitions)"


def _lighter(request: PlanRequest, plan: WorkoutPlan, _: Operation) -> Against:
    """Every line is one set with all the reserve there is, so that none can get lighter."""
    kept = [item for item in _kept(request, plan) if item.rir is not None]
    if any(item.sets > 1 or (item.rir or 0) < RIR_MAX for item in kept):
        return None
    return "PRG06", "every lift is a single set with the most in reserve already"


def _kept(request: PlanRequest, plan: WorkoutPlan) -> Iterator[Prescription]:
    """Lines of the current plan that still stand, as they were."""
    if request.current_plan is not None:
        yield from (before for _, before, _ in kept_lines(request.current_plan, plan))


def _count(plan: WorkoutPlan, exercise_id: str) -> int:
    return sum(item.exercise_id == exercise_id for _, item in plan.items())


_LOOKS: dict[OperationKind, Callable[[PlanRequest, WorkoutPlan, Operation], Against]] = {
    OperationKind.ADD: _add,
    OperationKind.SWAP: _stays,
    OperationKind.REMOVE: _stays,
    OperationKind.HARDER: _harder,
    OperationKind.LIGHTER: _lighter,
}
