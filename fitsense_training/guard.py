"""What stands between a planner and a person: the one ladder of the service and the evaluation.

limits of the person -> the planner's reply -> parse -> rule check -> one repair -> was it what was
asked? -> the reference coach -> a fixed text. Every step down is written into `actions`. It fails
closed: an answer with a BLOCK finding never leaves here, whatever the planner wrote.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import FitSenseError, PlanParseError
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.fill_gaps import fill_gaps
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.validator import is_blocked, review, template_for
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import Severity, TemplateId
from fitsense_training.task_success import task_success

FILLED = "filled gaps of the week"
NOT_DONE = "did not do what was asked"
Propose = Callable[[PlanRequest], str]
"""A planner: the raw reply to a request. It may raise FitSenseError; the ladder goes on."""


class GuardPath(StrEnum):
    """Who the served answer comes from."""

    PLANNER = "planner"
    REPAIRED = "repaired"
    COACH = "coach"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Guarded:
    """An answer that may be shown, the step it left the ladder at, and what was done to it."""

    answer: Answer
    path: GuardPath
    findings: tuple[Finding, ...]
    actions: tuple[str, ...]


def answer_safely(request: PlanRequest, propose: Propose) -> Guarded:
    """The answer to show; `findings` are those that still stand against it, never a BLOCK."""
    template = template_for(request)
    if template is not None:
        return Guarded(Handoff(template=template), GuardPath.TEMPLATE, (), ("screened",))
    try:
        proposal = parse_answer(propose(request))
    except PlanParseError as error:
        return _fall_back(request, (f"unreadable: {error}",))
    except FitSenseError as error:
        return _fall_back(request, (f"planner failed: {error}",))
    findings = review(request, proposal)
    clean = Guarded(proposal, GuardPath.PLANNER, (), ())
    found = _mend(request, proposal, findings) if findings else clean
    if found.path is GuardPath.COACH or task_success(request, found.answer):
        return found
    return _fall_back(request, (*found.actions, NOT_DONE))


def _mend(request: PlanRequest, proposal: Answer, findings: tuple[Finding, ...]) -> Guarded:
    """One repair where the rules allow it; a BLOCK is never mended, only replaced."""
    actions = tuple(sorted({f"found {f.rule_id} ({f.severity})" for f in findings}))
    if isinstance(proposal, Handoff) or is_blocked(findings):
        return _fall_back(request, actions)
    mended = repair(request, proposal)
    left = review(request, mended.plan)
    if is_blocked(left) or _has(left, Severity.FIX):
        return _fall_back(request, (*actions, "repair did not help"))
    filled = fill_gaps(request, mended.plan) if left else mended.plan
    if filled == proposal:
        return Guarded(proposal, GuardPath.PLANNER, left, actions)
    if filled == mended.plan:
        return Guarded(mended.plan, GuardPath.REPAIRED, left, (*actions, *mended.actions))
    done = (*actions, *mended.actions, FILLED)
    return Guarded(filled, GuardPath.REPAIRED, review(request, filled), done)


def _fall_back(request: PlanRequest, actions: tuple[str, ...]) -> Guarded:
    answer = coach(request)
    findings = review(request, answer)
    if is_blocked(findings):
        template = Handoff(template=TemplateId.SEE_CLINICIAN)
        return Guarded(template, GuardPath.TEMPLATE, (), (*actions, "the coach found no safe plan"))
    return Guarded(answer, GuardPath.COACH, findings, actions)


def _has(findings: tuple[Finding, ...], severity: Severity) -> bool:
    return any(finding.severity is severity for finding in findings)
