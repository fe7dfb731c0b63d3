"""From a guarded answer to what is sent: the plan, its words, and where it comes from."""

from dataclasses import dataclass

from fitsense_api.plans.handoffs import words_for
from fitsense_api.plans.schemas import (
    HandoffText,
    PlanAnswer,
    PlanFinding,
    Planner,
    PlanRow,
    Provenance,
)
from fitsense_api.provenance import versions_of
from fitsense_api.student.served import Served
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.text.explain import (
    NOT_REVIEWED,
    change_sentences,
    explain,
    plan_table,
    stop_sentences,
)
from fitsense_training.guard import Guarded, GuardPath

_PLANNER = {
    GuardPath.PLANNER: Planner.STUDENT,
    GuardPath.REPAIRED: Planner.STUDENT,
    GuardPath.COACH: Planner.COACH,
    GuardPath.TEMPLATE: Planner.TEMPLATE,
}


@dataclass(frozen=True)
class Answered:
    """A guarded answer, the student that was served meanwhile, and how long it took."""

    guarded: Guarded
    served: Served | None
    latency_ms: float

    @property
    def planner(self) -> Planner:
        """Who wrote the answer."""
        return _PLANNER[self.guarded.path]


def to_answer(request: PlanRequest, answered: Answered) -> PlanAnswer:
    """The response to a request."""
    answer = answered.guarded.answer
    plan = None if isinstance(answer, Handoff) else answer
    handoff = None
    if isinstance(answer, Handoff):
        handoff = HandoffText(template=answer.template, text=words_for(answer.template, request))
    return PlanAnswer(
        plan=plan,
        handoff=handoff,
        profile=request.profile,
        summary=explain(request, plan) if plan else screen(request.profile).reasons,
        table=tuple(_rows(plan)) if plan else (),
        stop_signs=stop_sentences(plan) if plan else (),
        changes=_changes(request, plan),
        findings=tuple(
            PlanFinding(
                rule_id=finding.rule_id,
                severity=finding.severity,
                place=finding.place,
                detail=finding.detail,
            )
            for finding in answered.guarded.findings
        ),
        provenance=_provenance(answered),
        latency_ms=answered.latency_ms,
        notice=NOT_REVIEWED,
    )


def _rows(plan: WorkoutPlan) -> list[PlanRow]:
    names = ("day", "exercise", "dose", "load", "reserve", "rest")
    return [PlanRow(**dict(zip(names, row, strict=True))) for row in plan_table(plan)]


def _changes(request: PlanRequest, plan: WorkoutPlan | None) -> tuple[str, ...]:
    if plan is None or request.current_plan is None:
        return ()
    return change_sentences(request.current_plan, plan)


def _provenance(answered: Answered) -> Provenance:
    return Provenance(
        **dict(versions_of(answered.served)),
        planner=answered.planner,
        guard_path=answered.guarded.path,
        # What comes after the colon may quote what the student wrote, and that is never shown.
        actions=tuple(action.partition(":")[0] for action in answered.guarded.actions),
    )
