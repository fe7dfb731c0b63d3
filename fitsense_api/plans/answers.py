"""From a guarded answer to what is sent: the plan, its words, and where it comes from."""

from dataclasses import dataclass
from typing import Any

from fitsense_api.plans.asked import Asked
from fitsense_api.plans.gate import Gate
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
from fitsense_api.student.planner import PlannerKind
from fitsense_api.student.served import ModelOrigin
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.refusals import refused_operations
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.text.explain import (
    NOT_REVIEWED,
    change_sentences,
    explain,
    plan_table,
    stop_sentences,
)
from fitsense_training.domain.vocabulary import TemplateId
from fitsense_training.guard import Guarded, GuardPath

_BY_KIND = {
    PlannerKind.STUDENT: Planner.STUDENT,
    PlannerKind.REMOTE: Planner.REMOTE,
    PlannerKind.COACH: Planner.COACH,
}
_BY_PATH = {GuardPath.COACH: Planner.COACH, GuardPath.TEMPLATE: Planner.TEMPLATE}


@dataclass(frozen=True)
class Answered:
    """A guarded answer, who was asked and under which model, and how long it took."""

    guarded: Guarded
    origin: ModelOrigin | None
    kind: PlannerKind
    gate: Gate
    latency_ms: float

    @property
    def planner(self) -> Planner:
        """Who wrote the answer."""
        return _BY_PATH.get(self.guarded.path, _BY_KIND[self.kind])


def to_answer(asked: Asked, answered: Answered) -> PlanAnswer:
    """The response to a request."""
    request, answer = asked.request, answered.guarded.answer
    plan = None if isinstance(answer, Handoff) else answer
    handoff = _handoff(asked, answered, answer.template) if isinstance(answer, Handoff) else None
    return PlanAnswer(
        plan=plan,
        handoff=handoff,
        advice=answered.gate.advice,
        profile=request.profile,
        summary=explain(request, plan) if plan else _reasons(request, handoff),
        table=tuple(rows_of(plan)) if plan else (),
        stop_signs=stop_sentences(plan) if plan else (),
        changes=_changes(request, plan),
        refused=refused_operations(request, plan) if plan else (),
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


def facts_of(asked: Asked, answered: Answered) -> dict[str, Any]:
    """What the log keeps of an answer: versions, states and ids, nobody's words."""
    versions = versions_of(answered.origin)
    advice = answered.gate.advice
    return {
        "prompt_type": asked.request.prompt_type,
        "planner": answered.planner,
        "guard_path": answered.guarded.path,
        "findings": [finding.rule_id for finding in answered.guarded.findings],
        "triage_level": advice.level,
        "category": advice.category,
        "policy": advice.policy,
        "model_version": versions.model_version,
        "release": versions.release,
        "prompt_version": versions.prompt_version,
        "wire_version": versions.wire_version,
        "rules_version": versions.rules_version,
        "catalogue_version": versions.catalogue_version,
        "answer_ms": answered.latency_ms,
    }


def _handoff(asked: Asked, answered: Answered, template: TemplateId) -> HandoffText:
    """The fixed words: those of the gate, or of whatever else found that no plan may stand."""
    gate = answered.gate
    if gate.template is template:
        return HandoffText(template=template, text=gate.words)
    return HandoffText(template=template, text=words_for(template, asked.request, asked.country))


def _reasons(request: PlanRequest, handoff: HandoffText | None) -> tuple[str, ...]:
    """Why screening stands in the way; nothing is said beside the words of an emergency."""
    if handoff is not None and handoff.template is TemplateId.EMERGENCY:
        return ()
    return screen(request.profile).reasons


def rows_of(plan: WorkoutPlan) -> list[PlanRow]:
    """The lines of a plan as they are shown."""
    names = ("day", "exercise", "dose", "load", "reserve", "rest")
    return [PlanRow(**dict(zip(names, row, strict=True))) for row in plan_table(plan)]


def _changes(request: PlanRequest, plan: WorkoutPlan | None) -> tuple[str, ...]:
    if plan is None or request.current_plan is None:
        return ()
    return change_sentences(request.current_plan, plan)


def _provenance(answered: Answered) -> Provenance:
    return Provenance(
        **dict(versions_of(answered.origin)),
        planner=answered.planner,
        guard_path=answered.guarded.path,
        # What comes after the colon may quote what the student wrote, and that is never shown.
        actions=tuple(action.partition(":")[0] for action in answered.guarded.actions),
    )
