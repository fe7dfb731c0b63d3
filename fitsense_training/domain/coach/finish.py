"""The last step of every change: repair, then a reason on every line that differs."""

from collections.abc import Collection

from fitsense_training.domain.plan.lines import ChangeKind, differing_lines
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import with_items
from fitsense_training.domain.vocabulary import ReasonCode


def finish(request: PlanRequest, plan: WorkoutPlan, reason: ReasonCode) -> WorkoutPlan:
    """The repaired plan; `reason` stands on changed lines that have none of their own.

    A request that touches the whole plan explains itself by the plan's reasons alone.
    """
    plan = plan.model_copy(update={"goal": request.profile.main_goal})
    plan = repair(request, plan).plan
    if request.current_plan is None:
        return plan
    changed: Collection[tuple[str, str]] = ()
    if not is_plan_wide(request):
        changed = {
            (change.weekday, change.exercise_id)
            for change in differing_lines(request.current_plan, plan)
            if change.kind is not ChangeKind.REMOVED
        }

    def explained(weekday: str, item: Prescription) -> Prescription:
        wanted = (item.reason or reason) if (weekday, item.exercise_id) in changed else None
        return item if item.reason is wanted else item.model_copy(update={"reason": wanted})

    sessions = tuple(
        with_items(session, tuple(explained(session.weekday, i) for i in session.prescriptions))
        for session in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})
