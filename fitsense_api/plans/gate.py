"""The gate before every planner: what a person's own words call for, now and in the turns before.

Either a fixed text stands in place of a plan, or a plan may stand and the words that belong beside
it are given here. An emergency is answered by its text and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.plans.asked import Asked
from fitsense_api.plans.handoffs import HANDOFFS, words_for
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.triage.conversation import ConversationState
from fitsense_training.domain.safety.triage.plan_note import TEMPLATE_BY_LEVEL, graver
from fitsense_training.domain.safety.triage.told import not_on_file
from fitsense_training.domain.safety.triage.triage import Triage, triage
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.text.templates import render, text_for
from fitsense_training.domain.vocabulary import (
    Condition,
    EscalationLevel,
    TemplateId,
    TopicPolicy,
)

ADULT_AGE = 18
PAIN = "pain"
ASK_AGE, RESCREEN = "told.minor", "told.rescreen"


class Advice(BaseModel):
    """What a person is told because of their own words; by level and category, never by word."""

    model_config = ConfigDict(frozen=True)

    level: EscalationLevel = Field(description="E0 emergency to E3 support; none otherwise.")
    category: str | None
    topic: str | None
    policy: TopicPolicy = Field(description="How the topic is met: allow, redirect or refuse.")
    text: str | None = Field(description="Stands beside the plan; None where a handoff stands.")
    questions: tuple[str, ...] = Field(description="Answer these in `note` to go on.")
    asks_age: bool = Field(description="The words tell somebody under 18, the profile an adult.")
    conditions_to_screen: tuple[Condition, ...] = Field(
        description="Told, but not in the profile: ask the screening questions again."
    )
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Gate:
    """What stands in place of a plan, if anything, in which words, and the advice beside it."""

    template: TemplateId | None
    words: str
    advice: Advice
    actions: tuple[str, ...] = ("screened",)


NOT_READ = Gate(
    TemplateId.SEE_CLINICIAN,
    HANDOFFS[TemplateId.SEE_CLINICIAN],
    Advice(
        level=EscalationLevel.NONE,
        category=None,
        topic=None,
        policy=TopicPolicy.NONE,
        text=None,
        questions=(),
        asks_age=False,
        conditions_to_screen=(),
        hints=(),
    ),
    ("the words could not be judged",),
)
"""What stands where triage itself fails: nobody knows what the words call for."""


def gate_of(asked: Asked, state: ConversationState) -> Gate:
    """What the words of a request and of the turns before it call for."""
    request = asked.request
    now, before = template_for(request), _sticky(request, state)
    template = graver(now, before)
    if template is None:
        return Gate(None, "", _advice(asked, state, None))
    words = words_for(template, request, asked.country)
    if template is before and now is not before and state.template:
        words = render(state.template, asked.country)
    return Gate(template, words, _advice(asked, state, template))


def _sticky(request: PlanRequest, state: ConversationState) -> TemplateId | None:
    """What the flags that still stand call for."""
    if request.pain is not None and all(flag.category == PAIN for flag in state.flags):
        return None
    return TEMPLATE_BY_LEVEL.get(state.level)


def _advice(asked: Asked, state: ConversationState, template: TemplateId | None) -> Advice:
    request, found = asked.request, triage(asked.request.note)
    is_emergency = template is TemplateId.EMERGENCY
    level = max(found.level, state.level, key=lambda at: at.rank)
    told = tuple(sorted({*found.told_conditions, *state.told_conditions}))
    conditions = () if is_emergency else not_on_file(request.profile, told)
    tells_minor = found.tells_minor or state.tells_minor
    asks_age = tells_minor and request.profile.age >= ADULT_AGE and not is_emergency
    return Advice(
        level=level,
        category=state.category if level is not found.level else found.category,
        topic=found.topic,
        policy=found.policy,
        text=None if template else text_for(found, asked.country),
        questions=tuple(_questions(found, state, asked.country)),
        asks_age=asks_age,
        conditions_to_screen=conditions,
        hints=tuple(_hints(asks_age=asks_age, rescreens=bool(conditions))),
    )


def _questions(found: Triage, state: ConversationState, country: str) -> Iterator[str]:
    yield from state.open_questions
    if found.needs_clarifying and found.level is not EscalationLevel.NONE:
        yield render("e0.clarify", country)


def _hints(*, asks_age: bool, rescreens: bool) -> Iterator[str]:
    if asks_age:
        yield render(ASK_AGE)
    if rescreens:
        yield render(RESCREEN)
