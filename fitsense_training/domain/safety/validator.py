"""The validator: one list of rules that labels data, filters teachers and guards people.

No clinician has reviewed these rules.
"""

from collections.abc import Iterator
from types import MappingProxyType

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.case import Case, Rule
from fitsense_training.domain.safety.change import CHANGE_RULES
from fitsense_training.domain.safety.conditioning import CONDITIONING_RULES
from fitsense_training.domain.safety.dosage import DOSAGE_RULES
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.health import HEALTH_RULES
from fitsense_training.domain.safety.max_tests import MAX_TEST_RULES
from fitsense_training.domain.safety.minimal_change import MINIMAL_CHANGE_RULES
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.safety.screening_answers import must_screen_again
from fitsense_training.domain.safety.structure import STRUCTURE_RULES
from fitsense_training.domain.safety.triage.plan_note import graver, template_of_note
from fitsense_training.domain.safety.weekly_sets import WEEKLY_SETS_RULES
from fitsense_training.domain.vocabulary import ScreeningState, Severity, TemplateId

PLAN_RULES: tuple[Rule, ...] = (
    *STRUCTURE_RULES,
    *WEEKLY_SETS_RULES,
    *DOSAGE_RULES,
    *MAX_TEST_RULES,
    *CONDITIONING_RULES,
    *HEALTH_RULES,
    *CHANGE_RULES,
    *MINIMAL_CHANGE_RULES,
)

RULES = MappingProxyType(
    {
        "SCH03": (Severity.BLOCK, "Every exercise is in the catalogue."),
        "SCR01": (Severity.BLOCK, "Screening decides between a plan and a fixed text."),
        "SCR02": (Severity.BLOCK, "No plan stands on screening answers that have expired."),
        "SCR03": (Severity.BLOCK, "An emergency is answered by its fixed text alone."),
        "GOAL1": (Severity.BLOCK, "The plan is for the person's main goal."),
        **{rule.id: (rule.severity, rule.sentence) for rule in PLAN_RULES},
    }
)

TEMPLATE_BY_STATE = {
    ScreeningState.BLOCKED: TemplateId.SEE_CLINICIAN,
    ScreeningState.EMERGENCY: TemplateId.EMERGENCY,
}


def template_for(request: PlanRequest) -> TemplateId | None:
    """The fixed text that must stand in place of a plan, or None when a plan may stand."""
    of_screening = TEMPLATE_BY_STATE.get(screen(request.profile).state)
    if of_screening is None and must_screen_again(request.profile.screened_on, request.asked_on):
        of_screening = TemplateId.RESCREEN
    return graver(of_screening, template_of_note(request))


def review(request: PlanRequest, answer: Answer) -> tuple[Finding, ...]:
    """Every rule an answer breaks, gravest first; empty when it is clean."""
    wanted = template_for(request)
    if isinstance(answer, Handoff) or wanted is not None:
        found = answer.template if isinstance(answer, Handoff) else None
        return () if found is wanted else tuple(handoff_findings(wanted, found))
    unknown = _unknown_exercises(answer)
    if unknown:
        return unknown
    case = Case(request, answer, bounds_of(request), load_catalogue())
    findings = [finding for rule in PLAN_RULES for finding in rule.findings(case)]
    if answer.goal is not request.profile.main_goal:
        detail = f"{answer.goal}, asked for {request.profile.main_goal}"
        findings.append(Finding("GOAL1", Severity.BLOCK, "plan", detail))
    order = list(Severity)
    return tuple(sorted(findings, key=lambda f: (order.index(f.severity), f.rule_id, f.place)))


def is_blocked(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding forbids showing the answer."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def handoff_findings(wanted: TemplateId | None, found: TemplateId | None) -> Iterator[Finding]:
    """The wrong kind of answer came: SCR01, or SCR02 where screening was due again.

    SCR03 as well, where an emergency was due.
    """
    detail = f"{wanted or 'a plan'} was due, {found or 'a plan'} came"
    rule_id = "SCR02" if wanted is TemplateId.RESCREEN else "SCR01"
    yield Finding(rule_id, Severity.BLOCK, "answer", detail)
    if wanted is TemplateId.EMERGENCY:
        yield Finding("SCR03", Severity.BLOCK, "answer", detail)


def _unknown_exercises(plan: WorkoutPlan) -> tuple[Finding, ...]:
    catalogue = load_catalogue()
    names = sorted({item.exercise_id for _, item in plan.items()})
    return tuple(
        Finding("SCH03", Severity.BLOCK, name, "is not in the catalogue")
        for name in names
        if name not in catalogue
    )
