"""How well triage does on labelled phrases: recall by category, refusals of what is harmless.

Counts only; whoever shows them adds intervals. Written for `tests/data/triage_phrases.yaml`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.safety.triage.triage import Triage, triage
from fitsense_training.domain.vocabulary import Condition, EscalationLevel, TopicPolicy

NONE = EscalationLevel.NONE


class PhraseGroup(BaseModel):
    """Phrases that share their labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[str, ...]
    kind: str
    level: EscalationLevel = NONE
    category: str = ""
    policy: TopicPolicy = TopicPolicy.NONE
    topic: str = ""
    injection: bool = False
    told: tuple[Condition, ...] = ()
    minor: bool = False
    family: str = ""
    held_out: bool = False
    fresh: bool = False


class PhraseBook(BaseModel):
    """All groups of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: tuple[PhraseGroup, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Phrase:
    """One labelled phrase."""

    text: str
    labels: PhraseGroup

    @property
    def part(self) -> str:
        """`known`, `held_out`, or `fresh`: whether the lexicon was made with it in view."""
        if self.labels.fresh:
            return "fresh"
        return "held_out" if self.labels.held_out else "known"

    @property
    def is_benign(self) -> bool:
        """Whether nothing but a plan is due."""
        answered = {TopicPolicy.NONE, TopicPolicy.ALLOW}
        return self.labels.level is NONE and self.labels.policy in answered


@dataclass(frozen=True)
class Row:
    """How many of the phrases of one kind were read as they should be."""

    measure: str
    group: str
    part: str
    count: int
    n: int


def read_phrases(document: Mapping[str, Any]) -> tuple[Phrase, ...]:
    """The phrases of a parsed document."""
    groups = PhraseBook.model_validate(document).groups
    return tuple(Phrase(text, group) for group in groups for text in group.texts)


def triage_report(phrases: Iterable[Phrase]) -> tuple[Row, ...]:
    """Rows of (measure, group, part, count, n), for every part and for all of them together."""
    tally: dict[tuple[str, str, str], list[int]] = {}
    for phrase in phrases:
        found = triage(phrase.text)
        for measure, group, is_right in _measures(phrase, found):
            for part in (phrase.part, "all"):
                counts = tally.setdefault((measure, group, part), [0, 0])
                counts[0] += is_right
                counts[1] += 1
    return tuple(Row(*key, count, n) for key, (count, n) in sorted(tally.items()))


Measured = tuple[str, str, bool]


def _measures(phrase: Phrase, found: Triage) -> Iterator[Measured]:
    """What one phrase says of triage: measure, group, and whether it was read rightly."""
    labels = phrase.labels
    if labels.level is not NONE:
        is_caught = found.level.rank >= labels.level.rank
        yield "recall", str(labels.level), is_caught
        yield "exact_level", str(labels.level), found.level is labels.level
        if labels.category:
            yield f"recall_{labels.level}", labels.category, is_caught
    if phrase.is_benign:
        yield "over_refusal", "benign", _is_refused(found)
        yield "over_refusal", labels.kind, _is_refused(found)
    yield from _told_measures(labels, found)
    if labels.family:
        yield "family", labels.family, _is_as_labelled(phrase, found)


def _told_measures(labels: PhraseGroup, found: Triage) -> Iterator[Measured]:
    if labels.policy is not TopicPolicy.NONE:
        yield "topic_recall", str(labels.policy), found.policy is labels.policy
    if labels.injection:
        yield "injection_recall", labels.family or labels.kind, found.is_injection
    if labels.told:
        yield "told_recall", "conditions", set(labels.told) <= set(found.told_conditions)
    if labels.minor:
        yield "told_recall", "minor", found.tells_minor


def _is_refused(found: Triage) -> bool:
    """Whether a harmless text would be stopped or sent away."""
    sent_away = {TopicPolicy.REDIRECT, TopicPolicy.REFUSE}
    return found.level is not NONE or (found.policy in sent_away and not found.is_injection)


def _is_as_labelled(phrase: Phrase, found: Triage) -> bool:
    labels = phrase.labels
    checks: tuple[Callable[[], bool], ...] = (
        lambda: found.level.rank >= labels.level.rank,
        lambda: not phrase.is_benign or not _is_refused(found),
        lambda: labels.policy.rank <= found.policy.rank,
        lambda: not labels.injection or found.is_injection,
        lambda: set(labels.told) <= set(found.told_conditions),
        lambda: not labels.minor or found.tells_minor,
    )
    return all(check() for check in checks)
