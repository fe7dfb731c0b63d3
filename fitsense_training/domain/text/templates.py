"""The fixed texts of `rules/templates.yaml`, with their slots filled. No clinician reviewed them.

Slots take closed words, never a person's own, so that nothing a person or a model wrote can stand
in an emergency text.
"""

import functools
import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput, RuleBookError, UnknownName
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.triage import Triage, triage
from fitsense_training.domain.vocabulary import EscalationLevel, ScreeningState, TemplateId

EMERGENCY_PREFIX, SUPPORT_PREFIX = "e0.", "e3."
HANDOFF_KEYS = {
    TemplateId.EMERGENCY: "handoff.emergency",
    TemplateId.SEE_CLINICIAN: "handoff.see_clinician",
    TemplateId.SUPPORT: "handoff.support",
    TemplateId.RESCREEN: "handoff.rescreen",
    TemplateId.REFUSED: "handoff.refused",
}
# Texts that are neither a category's nor a topic's nor a handoff, and who says them.
SAID_BY_CODE = {
    "e0.clarify": "triage, where it cannot tell an emergency from less",
    "education.signs": "triage, to a question about warning signs",
    "told.minor": "the gate of the service, to somebody who sounds younger than they said",
    "told.rescreen": "the gate of the service, to news about health",
    "clear_light": "the explanation of a plan that stays light",
}
SAID_BY_OTHERS = {
    "guard.fallback": "the service, where the rule book stands in for a model",
    "offline.e0": "the web client, which holds it for when there is no network",
}
_LEVELS = {
    TemplateId.EMERGENCY: {EscalationLevel.E0},
    TemplateId.SEE_CLINICIAN: {EscalationLevel.E1, EscalationLevel.E2},
    TemplateId.SUPPORT: {EscalationLevel.E3},
    TemplateId.RESCREEN: frozenset[EscalationLevel](),
    TemplateId.REFUSED: {EscalationLevel.NONE},
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Template(_Frozen):
    """One text, and what stands in its slots where nothing better is given."""

    text: str
    slots: Mapping[str, str] = Field(default_factory=dict[str, str])
    source: Annotated[str, Field(min_length=3)]
    tag: Literal["V", "S", "K", "H"]


class ByCountry(_Frozen):
    """Words that differ by country, by ISO code."""

    source: str
    tag: Literal["V", "S", "K", "H"]
    by_country: Mapping[Annotated[str, Field(pattern="^[A-Z]{2}$")], str]


class TemplateBook(_Frozen):
    """All of `rules/templates.yaml`."""

    words_max: int
    slots: Mapping[str, str]
    emergency_numbers: ByCountry
    crisis_lines: ByCountry
    templates: Mapping[str, Template]

    @model_validator(mode="after")
    def _every_text_stands_alone(self) -> Self:
        for key, template in self.templates.items():
            values = {**self.slots, **template.slots}
            if missing := _slots_of(template.text) - set(values):
                raise ValueError(f"{key} has no default for {sorted(missing)}")
            if len(template.text.format_map(values).split()) > self.words_max:
                raise ValueError(f"{key} has more than {self.words_max} words")
            if key.startswith(SUPPORT_PREFIX) and _has_digit(template.text.format_map(values)):
                raise ValueError(f"{key} has digits, and support takes none")
        if missing := set(HANDOFF_KEYS.values()) - set(self.templates):
            raise ValueError(f"texts that stand in place of a plan are missing: {sorted(missing)}")
        return self


def _slots_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _has_digit(text: str) -> bool:
    return re.search(r"\d", text) is not None


def parse_templates(document: Any) -> TemplateBook:
    """The texts of a parsed document; RuleBookError names the field that breaks it."""
    try:
        return TemplateBook.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RuleBookError(f"rules/templates.yaml breaks at {place}: {first['msg']}") from error


@functools.cache
def load_templates() -> TemplateBook:
    """The texts as shipped."""
    return parse_templates(read_rules("templates.yaml"))


def render(key: str, country: str = "", **slots: str) -> str:
    """A text with its slots filled; `country` is an ISO code, empty where it is not known.

    Raises:
        UnknownName: there is no such text.
        BadInput: a slot does not belong to the text, makes it too long, or brings digits into
            a text of support.
    """
    book = load_templates()
    template = book.templates.get(key)
    if template is None:
        raise UnknownName(f"there is no text {key!r}: take one of rules/templates.yaml")
    named = _slots_of(template.text)
    if unknown := set(slots) - named:
        raise BadInput(f"the text {key} has no slots {sorted(unknown)}: it has {sorted(named)}")
    text = template.text.format_map(
        {**book.slots, **_of_country(book, country), **template.slots, **slots}
    )
    if len(text.split()) > book.words_max:
        raise BadInput(f"the text {key} grows beyond {book.words_max} words: shorten its slots")
    if key.startswith(SUPPORT_PREFIX) and _has_digit(text):
        raise BadInput(f"the text {key} may hold no digits: take them out of its slots")
    return text


def _of_country(book: TemplateBook, country: str) -> dict[str, str]:
    """The emergency number and the crisis line of a country, where they are known."""
    number = book.emergency_numbers.by_country.get(country)
    line = book.crisis_lines.by_country.get(country)
    known = {"num": f"your local emergency number ({number})" if number else None}
    known["crisis_line"] = line
    return {name: words for name, words in known.items() if words is not None}


def text_for(found: Triage, country: str = "") -> str | None:
    """What a person is told after triage, or None where nothing stands in the way."""
    if found.needs_clarifying and found.level is EscalationLevel.NONE:
        return render("e0.clarify", country)
    if found.template is None:
        return None
    return render(found.template, country, **_slots_for(found))


def _slots_for(found: Triage) -> dict[str, str]:
    """The closed words of a category for the slots of its text."""
    if found.category is None or found.template is None:
        return {}
    category = load_lexicon().file.categories[found.category]
    words = {"symptom": category.symptom, "area": category.area, "activity": category.activity}
    named = _slots_of(load_templates().templates[found.template].text)
    return {name: text for name, text in words.items() if text and name in named}


def handoff_text(
    template: TemplateId, request: PlanRequest | None = None, country: str = ""
) -> str:
    """What stands in place of a plan: the text that fits the note, else the general one."""
    general = render(HANDOFF_KEYS[template], country)
    if request is None or not request.note:
        return general
    if screen(request.profile).state.rank >= ScreeningState.BLOCKED.rank and (
        template is TemplateId.SEE_CLINICIAN
    ):
        return general
    found = triage(request.note)
    if found.level not in _LEVELS[template]:
        return general
    return text_for(found, country) or general
