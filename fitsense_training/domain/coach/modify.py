"""Changing a plan because the person asks: one typed operation after the other."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.coach.choice import substitute
from fitsense_training.domain.coach.create import NOTHING_LEFT, create
from fitsense_training.domain.coach.finish import finish
from fitsense_training.domain.errors import UnsafeAnswer
from fitsense_training.domain.plan.model import (
    Prescription,
    Session,
    WorkoutPlan,
)
from fitsense_training.domain.request import Operation, PlanRequest
from fitsense_training.domain.safety.additions import add_exercise
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.change import ANEW
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.inclusions import asked_away, stand_ins
from fitsense_training.domain.safety.sessions import (
    effort,
    in_order,
    prescribe,
    with_items,
    with_moves,
)
from fitsense_training.domain.text.variants import known_loads
from fitsense_training.domain.vocabulary import OperationKind, ReasonCode


def modify(request: PlanRequest, plan: WorkoutPlan, seed: int) -> WorkoutPlan:
    """The plan with every operation carried out that the rules allow."""
    # A week that is laid out anew would lose what was done to its lines before.
    for operation in sorted(request.operations, key=lambda each: each.kind not in ANEW):
        plan = _APPLY[operation.kind](plan, operation, request, seed)
    plan = plan.model_copy(update={"reasons": (ReasonCode.USER_REQUEST,)})
    plan = without_forbidden(plan, Exchange.of(request, ReasonCode.SAFETY_RULE, seed))
    return finish(request, plan, ReasonCode.SAFETY_RULE)


@dataclass(frozen=True)
class Exchange:
    """How exercises are exchanged: within which bounds, why, and with which known loads."""

    bounds: Bounds
    reason: ReasonCode
    seed: int
    known_kg: Mapping[str, float]

    @staticmethod
    def of(request: PlanRequest, reason: ReasonCode, seed: int) -> "Exchange":
        """Exchanges that answer a request."""
        return Exchange(bounds_of(request), reason, seed, known_loads(request))

    def stand_in(self, exercise_id: str, taken: Collection[str]) -> Exercise | None:
        """The nearest allowed exercise; for one that a condition requires, another of that kind."""
        required = stand_ins(load_catalogue().by_id(exercise_id), self.bounds)
        found = next((e for e in required if e.id not in taken), None)
        return found or substitute(exercise_id, self.bounds, taken, self.seed)


def without_forbidden(plan: WorkoutPlan, how: Exchange) -> WorkoutPlan:
    """The plan with every exercise that is not allowed replaced by the nearest one, or dropped.

    Raises:
        UnsafeAnswer: not one exercise of the week is left.
    """
    sessions: list[Session] = []
    for old in plan.sessions:
        new = old
        for item in old.prescriptions:
            if item.exercise_id not in how.bounds.allowed:
                new = exchange(new, item.exercise_id, how)
        if new.prescriptions:
            sessions.append(new)
    if not sessions:
        raise UnsafeAnswer(NOTHING_LEFT)
    return plan.model_copy(update={"sessions": tuple(sessions)})


def exchange(session: Session, exercise_id: str, how: Exchange) -> Session:
    """The session with one exercise replaced by the nearest allowed one, or without it."""
    taken = {item.exercise_id for item in session.prescriptions}
    found = how.stand_in(exercise_id, taken)
    items: list[Prescription] = []
    for item in session.prescriptions:
        if item.exercise_id != exercise_id:
            items.append(item)
        elif found is not None:
            new = prescribe(found.id, how.bounds, how.known_kg.get(found.id) or None)
            same_kind = new.dose_kind is item.dose_kind and found.role not in EFFORT_ROLES
            sets = min(item.sets, how.bounds.dose(found).sets_max) if same_kind else new.sets
            items.append(new.model_copy(update={"sets": sets, "reason": how.reason}))
            if item.superset is not None:
                items[-1] = items[-1].model_copy(update={"superset": item.superset})
    return with_items(session, in_order(tuple(items)))


def _swap(plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int) -> WorkoutPlan:
    how = Exchange.of(request, ReasonCode.USER_REQUEST, seed)
    name = operation.exercise_id or ""
    if name not in asked_away(request, how.bounds):
        return plan  # a condition requires it, and nothing else meets the need
    return plan.model_copy(
        update={
            "sessions": tuple(
                exchange(session, name, how)
                if any(item.exercise_id == name for item in session.prescriptions)
                else session
                for session in plan.sessions
            )
        }
    )


def _remove(
    plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int
) -> WorkoutPlan:
    del seed
    name = operation.exercise_id or ""
    if name not in asked_away(request, bounds_of(request)):
        return plan
    sessions: list[Session] = []
    for session in plan.sessions:
        left = tuple(i for i in session.prescriptions if i.exercise_id != name)
        sessions.append(with_items(session, left) if left else session)
    return plan.model_copy(update={"sessions": tuple(sessions)})


def _add(plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int) -> WorkoutPlan:
    """The exercise where it fits; the plan as it is where a rule stands against it."""
    del seed
    found = add_exercise(request, plan, operation.exercise_id or "")
    return plan if isinstance(found, Finding) else found


def _move_day(
    plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int
) -> WorkoutPlan:
    del request, seed
    return with_moves(plan, (operation,))


def _again(plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int) -> WorkoutPlan:
    """Lay the plan out anew for other days, minutes or another goal, keeping what is known."""
    del plan, operation
    return create(request, seed, known_loads(request), ReasonCode.USER_REQUEST)


def _exchange_equipment(
    plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int
) -> WorkoutPlan:
    del operation
    return without_forbidden(plan, Exchange.of(request, ReasonCode.USER_REQUEST, seed))


def _lighter(
    plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int
) -> WorkoutPlan:
    del operation, seed
    bounds = bounds_of(request)
    return _each_lift(plan, lambda item: effort(item, 1, bounds, sets=-1))


def _harder(
    plan: WorkoutPlan, operation: Operation, request: PlanRequest, seed: int
) -> WorkoutPlan:
    del operation, seed
    bounds = bounds_of(request)
    return _each_lift(plan, lambda item: effort(item, -1, bounds))


def _each_lift(plan: WorkoutPlan, change: Callable[[Prescription], Prescription]) -> WorkoutPlan:
    return plan.model_copy(
        update={
            "sessions": tuple(
                with_items(session, tuple(change(item) for item in session.prescriptions))
                for session in plan.sessions
            )
        }
    )


_APPLY: dict[OperationKind, Callable[[WorkoutPlan, Operation, PlanRequest, int], WorkoutPlan]] = {
    OperationKind.SWAP: _swap,
    OperationKind.REMOVE: _remove,
    OperationKind.ADD: _add,
    OperationKind.MOVE_DAY: _move_day,
    OperationKind.CHANGE_DAYS: _again,
    OperationKind.CHANGE_MINUTES: _again,
    OperationKind.CHANGE_EQUIPMENT: _exchange_equipment,
    OperationKind.CHANGE_GOAL: _again,
    OperationKind.LIGHTER: _lighter,
    OperationKind.HARDER: _harder,
}
