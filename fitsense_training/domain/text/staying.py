"""What of the current plan stays as it is, as far as the rules can tell.

The prompt says so, a student names it instead of writing it (`shorthand.py`), and the grammar of
the request lets nothing else be written there.
"""

from collections.abc import Collection
from dataclasses import dataclass

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.change import PLAN_WIDE, without_dropped
from fitsense_training.domain.safety.inclusions import missing_inclusions
from fitsense_training.domain.safety.minimal_change import must_shrink
from fitsense_training.domain.text.doses import may_stay
from fitsense_training.domain.vocabulary import OperationKind, Readiness, Weekday

Line = tuple[str, str]  # a day and an exercise
# Every line may change, but the prompt marks those that do.
_MARKED = frozenset({OperationKind.HARDER})


@dataclass(frozen=True)
class Staying:
    """Days whose sessions stay whole, and lines that stay, by day and exercise."""

    days: frozenset[Weekday] = frozenset()
    lines: frozenset[Line] = frozenset()


def staying(
    request: PlanRequest, plan: WorkoutPlan, left_out: Collection[Line], marked: Collection[Line]
) -> Staying:
    """What stays of the current plan as the prompt shows it.

    `left_out` are the lines that it leaves out, `marked` those that go or that something is due
    for; `plan` holds already what comes in on request.
    """
    bounds = bounds_of(request)
    plan = without_dropped(request, plan)
    if _is_rewritten(request) or any(missing_inclusions(plan, bounds, load_catalogue())):
        return Staying()
    days: set[Weekday] = set()
    lines: set[Line] = set()
    for session in plan.sessions:
        day = session.weekday
        left = [i for i in session.prescriptions if (day, i.exercise_id) not in left_out]
        if not left or must_shrink(session, (), bounds):
            continue
        same = [
            item.exercise_id
            for item in left
            if (day, item.exercise_id) not in marked and may_stay(item, request, bounds)
        ]
        lines.update((day, name) for name in same)
        is_warm = session.warm_up_min >= bounds.limits.caps.warm_up_min
        if is_warm and len(same) == len(left):
            days.add(day)
    return Staying(frozenset(days), frozenset(lines))


def _is_rewritten(request: PlanRequest) -> bool:
    """Whether the request is about all sessions, or moves them."""
    kinds = {operation.kind for operation in request.operations}
    progress = request.progress
    return bool(kinds & (PLAN_WIDE - _MARKED | {OperationKind.MOVE_DAY})) or (
        progress is not None
        and (
            progress.is_deload_due
            or progress.readiness is Readiness.POOR
            or load_rulebook().limits.return_after_gap.step(progress.gap_days) is not None
        )
    )
