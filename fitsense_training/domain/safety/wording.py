"""Rules on what people read (TXT01-06, SCH07): no diagnosis, no dose, no shaming, numbers agree.

They judge sentences, whoever wrote them. Patterns stand in `rules/wording.yaml`. No clinician has
reviewed these rules.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.sourced import Sourced
from fitsense_training.domain.vocabulary import Severity


class Forbidden(Sourced):
    """What no text may say, as patterns by kind."""

    diagnosis: tuple[str, ...]
    dose: tuple[str, ...]
    guarantee: tuple[str, ...]
    shaming: tuple[str, ...]


class PatternRule(Sourced):
    """One pattern."""

    pattern: str


class English(Sourced):
    """How English is told from other languages."""

    words: frozenset[str]
    share_min: float
    words_min: int
    latin_share_min: float


class Length(Sourced):
    """How long a text may be."""

    sentences_max: int
    words_max: int
    words_emergency_max: int


class WordingRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/wording.yaml`, typed."""

    forbidden: Forbidden
    numbers_of_weight: PatternRule
    call_to_action: PatternRule
    training: PatternRule
    other_people: PatternRule
    english: English
    length: Length


@functools.cache
def load_wording() -> WordingRules:
    """The rules of wording; RuleBookError names the field that breaks them."""
    return read_typed("wording.yaml", WordingRules)


class TextKind(StrEnum):
    """What a text is for: a plan's explanation, an emergency, or a supportive redirect (E3)."""

    PLAN = "plan"
    EMERGENCY = "emergency"
    SUPPORT = "support"


@dataclass(frozen=True)
class Text:
    """Sentences under review; `plan` is the plan they speak of, where there is one."""

    sentences: Sequence[str]
    kind: TextKind = TextKind.PLAN
    plan: WorkoutPlan | None = None
    language: str = "en"

    @property
    def lower(self) -> str:
        """All of it in lower case, with plain apostrophes."""
        return " ".join(self.sentences).lower().replace("\u2019", "'")


Said = Iterator[str]


def nothing_forbidden_is_said(text: Text) -> Said:
    """TXT01: no diagnosis, dose, guarantee, or shaming."""
    forbidden = load_wording().forbidden
    for kind in ("diagnosis", "dose", "guarantee", "shaming"):
        for pattern in getattr(forbidden, kind):
            if match := re.search(pattern, text.lower):
                yield f"{kind}: {match[0]!r}"


def no_numbers_where_they_harm(text: Text) -> Said:
    """TXT02: no number on food, weight or exercise with signs of an eating disorder."""
    if text.kind is not TextKind.SUPPORT:
        return
    if match := re.search(load_wording().numbers_of_weight.pattern, text.lower):
        yield f"names {match[0]!r}"


def an_emergency_calls_for_help(text: Text) -> Said:
    """TXT03: an emergency text says whom to call, and holds no training."""
    if text.kind is not TextKind.EMERGENCY:
        return
    rules = load_wording()
    if not re.search(rules.call_to_action.pattern, text.lower):
        yield "says nowhere whom to call"
    if match := re.search(rules.training.pattern, text.lower):
        yield f"holds training: {match[0]!r}"


def nobody_else_is_named(text: Text) -> Said:
    """TXT04: no address, id, or talk of other users."""
    if match := re.search(load_wording().other_people.pattern, text.lower):
        yield f"names {match[0]!r}"


def the_language_is_right(text: Text) -> Said:
    """TXT05: English where English was asked for; short texts and other languages are not judged.

    Other languages have no text of their own yet, so nothing is known about them.
    """
    rule = load_wording().english
    letters = [char for char in text.lower if char.isalpha()]
    words = re.findall(r"[a-z']+", text.lower)
    if text.language != "en" or not letters:
        return
    latin = sum(char.isascii() for char in letters) / len(letters)
    if latin < rule.latin_share_min:
        yield f"only {latin:.0%} of its letters are Latin"
    elif len(words) >= rule.words_min:
        share = sum(word in rule.words for word in words) / len(words)
        if share < rule.share_min:
            yield f"only {share:.0%} of its words are common English ones"


def it_is_short(text: Text) -> Said:
    """TXT06: at most five sentences for a plan, and 120 words for an escalation."""
    rule = load_wording().length
    if text.kind is TextKind.PLAN and len(text.sentences) > rule.sentences_max:
        yield f"{len(text.sentences)} sentences, at most {rule.sentences_max}"
    most = rule.words_max if text.kind is TextKind.PLAN else rule.words_emergency_max
    if (count := len(text.lower.split())) > most:
        yield f"{count} words, at most {most}"


_TOTALS = re.compile(
    r"(\d+) (sessions?|days? (?:a|per) week|minutes|min|sets|kcal|calories)\b(?! hard)"
)


def totals_agree_with_the_plan(text: Text) -> Said:
    """SCH07: sessions, minutes and sets named in prose are those of the plan; it has no kcal."""
    if text.plan is None:
        return
    allowed = _numbers_of(text.plan)
    for number, unit in _TOTALS.findall(text.lower):
        known = allowed.get(unit.split()[0].rstrip("s"), frozenset())
        if int(number) not in known:
            yield f"{number} {unit}, the plan has {', '.join(map(str, sorted(known))) or 'none'}"


def _numbers_of(plan: WorkoutPlan) -> dict[str, frozenset[int]]:
    minutes = {round(session_minutes(session)) for session in plan.sessions}
    minutes |= {session.warm_up_min for session in plan.sessions}
    minutes |= {round(item.dose_low / 60) for _, item in plan.items()}
    minutes |= {plan.aerobic_min_per_week, sum(round(session_minutes(s)) for s in plan.sessions)}
    sets = {item.sets for _, item in plan.items()}
    sets.add(sum(item.sets for _, item in plan.items()))
    count = frozenset({len(plan.sessions)})
    return {
        "session": count,
        "day": count,
        "minute": frozenset(minutes),
        "min": frozenset(minutes),
        "set": frozenset(sets),
    }


@dataclass(frozen=True)
class TextRule:
    """One rule on text: its id, how grave a breach is, what it asks for, who looks."""

    id: str
    severity: Severity
    sentence: str
    find: Callable[[Text], Said]


TEXT_RULES = (
    TextRule("TXT01", Severity.BLOCK, "No diagnosis, dose, guarantee or shaming.",
             nothing_forbidden_is_said),
    TextRule("TXT02", Severity.BLOCK, "No numbers where they feed an eating disorder.",
             no_numbers_where_they_harm),
    TextRule("TXT03", Severity.BLOCK, "An emergency text calls for help and trains nobody.",
             an_emergency_calls_for_help),
    TextRule("TXT04", Severity.BLOCK, "Nobody else's data is named.", nobody_else_is_named),
    TextRule("TXT05", Severity.BLOCK, "The language is the one asked for.", the_language_is_right),
    TextRule("TXT06", Severity.BLOCK, "Texts are short.", it_is_short),
    TextRule("SCH07", Severity.FIX, "Totals in prose are those of the plan.",
             totals_agree_with_the_plan),
)  # fmt: skip


def review_text(text: Text) -> tuple[Finding, ...]:
    """Every rule that a text breaks; empty when it may be shown."""
    return tuple(
        Finding(rule.id, rule.severity, "text", detail)
        for rule in TEXT_RULES
        for detail in rule.find(text)
    )
