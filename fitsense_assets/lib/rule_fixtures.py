"""Fixtures of every rule: an answer that breaks it and one that keeps it, run as they are read.

They stand in `rule_fixtures.yaml`, which says how they are written. A rule that is not broken by
its failing fixture, or is broken by its passing one, is a gap of the audit.
"""

import functools
import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest, after_operations
from fitsense_training.domain.safety.energy_rules import EnergyTarget, review_energy
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.safety.wording import Text, TextKind, review_text
from fitsense_training.domain.science.energy_target import EnergyFacts
from fitsense_training.domain.text.reply import review_reply
from fitsense_training.domain.text.wire import parse_plan, write_answer
from fitsense_training.domain.vocabulary import DoseKind, PromptType, ReasonCode, TemplateId

Written = Mapping[str, Any]
PERSON: Written = {
    "age": 34,
    "sex": "female",
    "height_cm": 168,
    "weight_kg": 64,
    "activity_level": "lightly_active",
    "experience_level": "intermediate",
    "goals": ["hypertrophy"],
    "weekdays": ["mon", "wed", "fri"],
    "session_minutes": 60,
    "equipment": ["dumbbells", "bench", "bands"],
}
TYPE_BY_FIELD = {
    "operations": PromptType.PLAN_MODIFICATION,
    "progress": PromptType.PROGRESS_ADAPTATION,
    "pain": PromptType.SAFETY_ADJUSTMENT,
    "condition_added": PromptType.SAFETY_ADJUSTMENT,
}
REASON_BY_TYPE = {
    PromptType.PLAN_CREATION: ReasonCode.NEW_PLAN,
    PromptType.PLAN_MODIFICATION: ReasonCode.USER_REQUEST,
    PromptType.SAFETY_ADJUSTMENT: ReasonCode.CONDITION_ADDED,
    PromptType.PROGRESS_ADAPTATION: ReasonCode.LOG_PROGRESS,
}


@dataclass(frozen=True)
class FixtureVerdict:
    """How many fixtures of a rule do as they say: those that break it, and those that keep it."""

    failing: int
    passing: int


@functools.cache
def read_fixtures() -> Mapping[str, Written]:
    """The fixtures as written, by rule."""
    file = importlib.resources.files("fitsense_assets.lib").joinpath("rule_fixtures.yaml")
    return yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)


def run_fixtures(rule_id: str) -> FixtureVerdict:
    """Run the fixtures of a rule; a rule without any counts none."""
    written = read_fixtures().get(rule_id)
    if written is None:
        return FixtureVerdict(0, 0)
    is_broken = rule_id in _rules_broken(written, written["fails"])
    is_kept = rule_id not in _rules_broken(written, written.get("passes", {}))
    return FixtureVerdict(int(is_broken), int(is_kept))


def _rules_broken(written: Written, case: Written) -> set[str]:
    return {finding.rule_id for finding in _findings(written, case)}


def _findings(written: Written, case: Written) -> tuple[Finding, ...]:
    if "energy" in case:
        target = EnergyTarget.model_validate(case["energy"])
        return review_energy(_person(written), target, EnergyFacts(**case.get("facts", {})))
    if "text" in case:
        plan = _plan(case["plan"], ReasonCode.NEW_PLAN) if "plan" in case else None
        return review_text(Text(tuple(case["text"]), TextKind(case["kind"]), plan))
    request = _request(written)
    if "reply" in written["fails"]:
        reply = case.get("reply") or write_answer(coach(request))
        return review_reply(request, reply).findings
    return review(request, _answer(request, case))


def _person(written: Written) -> Profile:
    return Profile.model_validate({**PERSON, **written.get("person", {})})


def _request(written: Written) -> PlanRequest:
    asked = dict(written.get("ask", {}))
    kind = next((TYPE_BY_FIELD[k] for k in asked if k in TYPE_BY_FIELD), PromptType.PLAN_CREATION)
    person = _person(written)
    if kind is not PromptType.PLAN_CREATION:
        asked["current_plan"] = _current(written, person)
    request = PlanRequest.model_validate({"prompt_type": kind, "profile": person, **asked})
    wanted = after_operations(person, request.operations)
    return request.model_copy(update={"profile": wanted})


def _current(written: Written, person: Profile) -> Answer:
    if "current" in written:
        return _plan(written["current"], ReasonCode.NEW_PLAN)
    return coach(PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=person))


def _answer(request: PlanRequest, case: Written) -> Answer:
    if "template" in case:
        return Handoff(template=TemplateId(case["template"]))
    if "plan" in case:
        return _plan(case["plan"], REASON_BY_TYPE[request.prompt_type])
    answer = coach(request)
    if isinstance(answer, Handoff):
        return answer
    if "lines" in case:
        answer = _with_lines(answer, case["lines"])
    return WorkoutPlan.model_validate({**dict(answer), **case.get("fields", {})})


def _plan(days: Mapping[str, list[str]], reason: ReasonCode) -> WorkoutPlan:
    """A plan of lines such as `goblet_squat 3x8-12 r2 90s rpe8`, by weekday."""
    sessions = [
        [day, "full_body", 8, [line.split(" ", 1) for line in rows]] for day, rows in days.items()
    ]
    signs = ["chest_pain", "fainting", "severe_breathlessness", "sharp_pain"]
    wire = {"g": "hypertrophy", "s": sessions, "a": "60 moderate", "p": "hold", "x": signs}
    return parse_plan(json.dumps({**wire, "w": [reason]}))


def _with_lines(plan: WorkoutPlan, fields: Written) -> WorkoutPlan:
    """The plan with fields of every lift counted in reps changed."""

    def changed(item: Prescription) -> Prescription:
        if item.rir is None or item.dose_kind is not DoseKind.REPS:
            return item
        return Prescription.model_validate({**item.model_dump(), **fields})

    sessions = tuple(
        session.model_copy(update={"prescriptions": tuple(map(changed, session.prescriptions))})
        for session in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})
