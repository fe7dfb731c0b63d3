"""Triage: what a person's own words call for, before anything else is done with them.

Recall first: where it is unsure between an emergency and less, the emergency stands and a question
goes with it. Nothing here is a diagnosis, and no clinician has reviewed it. Only the level and the
category may be logged, never the words.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fitsense_training.domain.safety.triage.entries import Entry, Finder, Hit, sentence_of
from fitsense_training.domain.safety.triage.lexicon import Flag, Lexicon, load_lexicon
from fitsense_training.domain.safety.triage.normalise import Words, fold, is_foreign, words_of
from fitsense_training.domain.safety.triage.scope import Scope
from fitsense_training.domain.safety.triage.second_reading import load_second_reading
from fitsense_training.domain.safety.triage.told import told_conditions, told_minor
from fitsense_training.domain.safety.triage.topics import (
    Fact,
    TopicFound,
    find_topic,
    load_topics,
)
from fitsense_training.domain.vocabulary import Condition, EscalationLevel, TopicPolicy

EDUCATION = "education.signs"
SECOND_READING = "second_reading"
_STORY = {Scope.PAST, Scope.THIRD_PERSON}
_SET_ASIDE = {Scope.NEGATED, Scope.LOOK_ALIKE, Scope.HYPOTHETICAL, *_STORY}
_IN_NUMBERS = "glucose_low"
_PREGNANCIES = {Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3}


@dataclass(frozen=True)
class Match:
    """One flag found in a text: what it would be, what its scope leaves of it, and where it stands.

    The places count words of the normalised text; the words themselves are not kept.
    """

    pattern: str
    category: str
    level: EscalationLevel
    scope: Scope
    start: int
    end: int
    is_unsure: bool = False


@dataclass(frozen=True)
class Triage:
    """What a text calls for."""

    level: EscalationLevel
    category: str | None
    pattern: str | None
    template: str | None
    topic: str | None
    policy: TopicPolicy
    asks_only_refused: bool
    is_injection: bool
    needs_clarifying: bool
    told_conditions: tuple[Condition, ...]
    tells_minor: bool
    matches: tuple[Match, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that stands, gravest first."""
        due = [match for match in self.matches if match.level is not EscalationLevel.NONE]
        due.sort(key=lambda match: -match.level.rank)
        return tuple(dict.fromkeys(match.category for match in due))


@functools.lru_cache(maxsize=1024)
def triage(text: str) -> Triage:
    """Triage a text in English; texts in another script ask for a clarification."""
    lexicon = load_lexicon()
    words = words_of(text, lexicon.spelling)
    matches = tuple(_read_twice(words, lexicon))
    due = max(matches, key=_gravity, default=None)
    level = due.level if due else EscalationLevel.NONE
    conditions = told_conditions(words, lexicon)
    is_minor = told_minor(words, lexicon)
    topic = find_topic(words, _facts(conditions, is_minor=is_minor), lexicon, load_topics())
    is_due = due is not None and level is not EscalationLevel.NONE
    return Triage(
        level=level,
        category=due.category if due and is_due else None,
        pattern=due.pattern if due and is_due else topic.pattern,
        template=_template(due if is_due else None, matches, topic, lexicon),
        topic=topic.topic,
        policy=topic.policy,
        asks_only_refused=topic.asks_only_refused and not is_due,
        is_injection=_is_injection(text, words, lexicon),
        needs_clarifying=_is_unsure(due, matches) or is_foreign(text),
        told_conditions=conditions,
        tells_minor=is_minor,
        matches=matches,
    )


def _gravity(match: Match) -> tuple[int, bool, int]:
    """The gravest first, then the surest, then the one that takes in most words."""
    return match.level.rank, not match.is_unsure, match.end - match.start


def _read_twice(words: Words, lexicon: Lexicon) -> Iterator[Match]:
    """What the patterns find; where they see no emergency, the second reading may still raise one.

    It is unsure by its nature, so a question goes with it. Where the patterns set a flag aside
    (denied, long ago, somebody else's, a look-alike, asked about), they have the word on its
    sentence, and so they have on blood sugar in numbers: the second reading knows no thresholds.
    """
    found = list(_flags(words, lexicon))
    yield from found
    if any(match.level is EscalationLevel.E0 for match in found):
        return
    rest = _left_to_read(words, found, lexicon)
    if not rest.tokens:
        return
    reading = load_second_reading().read(rest)
    if reading.is_emergency and not (reading.category == _IN_NUMBERS and rest.has_number):
        yield Match(
            pattern=SECOND_READING,
            category=reading.category,
            level=EscalationLevel.E0,
            scope=Scope.CURRENT,
            start=0,
            end=len(words.tokens),
            is_unsure=True,
        )


def _left_to_read(words: Words, found: Sequence[Match], lexicon: Lexicon) -> Words:
    """The text without the sentences of flags set aside, and without those that tell on of them.

    "My dad had a heart attack. He was grey." is one story; what follows it may be news.
    """
    tokens, others = words.tokens, lexicon.file.scope.others
    left_out: set[int] = set()
    for match in found:
        if match.scope not in _SET_ASIDE:
            continue
        start, end = sentence_of(words, match.start, match.end)
        while match.scope in _STORY and end + 1 < len(tokens) and tokens[end + 1] in others:
            end = sentence_of(words, end + 1, end + 2)[1]
        left_out.update(range(start, end))
    return Words(tuple(token for place, token in enumerate(tokens) if place not in left_out))


def _flags(words: Words, lexicon: Lexicon) -> Iterator[Match]:
    for hit in lexicon.flags.hits(words):
        entry, category = hit.entry, lexicon.file.categories[hit.entry.category]
        scope = _scope(hit, words, lexicon)
        level = _left(entry, category.level, scope)
        is_unsure = scope is Scope.THIRD_PERSON_NOW
        if scope is Scope.CURRENT:
            is_unsure = entry.clarify
        elif scope is Scope.LOOK_ALIKE:
            is_unsure = entry.ask
        yield Match(entry.id, entry.category, level, scope, hit.start, hit.end, is_unsure)


def _scope(hit: Hit[Flag], words: Words, lexicon: Lexicon) -> Scope:
    if lexicon.flags.is_look_alike(words, hit):
        return Scope.LOOK_ALIKE
    return lexicon.scopes.of(words, hit.start, hit.end, hit.entry.ignores)


def _left(entry: Flag, level: EscalationLevel, scope: Scope) -> EscalationLevel:
    """What the scope leaves of a level."""
    if scope is Scope.CURRENT:
        return level
    if scope is Scope.WITHIN_YEAR:
        return min(level, entry.within_year, key=lambda at: at.rank)
    # Somebody beside the person may need help now; what is less grave is theirs to tell.
    if scope is Scope.THIRD_PERSON_NOW and level is EscalationLevel.E0:
        return level
    return EscalationLevel.NONE


def _is_unsure(due: Match | None, matches: tuple[Match, ...]) -> bool:
    """Whether a question should go with the answer."""
    if due is None:
        return False
    if due.level is EscalationLevel.NONE:
        return any(match.is_unsure for match in matches)
    doubted = {Scope.NEGATED, Scope.LOOK_ALIKE}
    return due.is_unsure or any(
        match.category == due.category and match.scope in doubted for match in matches
    )


def _template(
    due: Match | None, matches: tuple[Match, ...], topic: TopicFound, lexicon: Lexicon
) -> str | None:
    if due is not None:
        return lexicon.file.categories[due.category].template
    if topic.policy in {TopicPolicy.REFUSE, TopicPolicy.REDIRECT}:
        return topic.template
    if any(match.scope in {Scope.HYPOTHETICAL, Scope.THIRD_PERSON} for match in matches):
        return EDUCATION
    return topic.template


def _facts(conditions: tuple[Condition, ...], *, is_minor: bool) -> tuple[Fact, ...]:
    facts: list[Fact] = ["minor"] if is_minor else []
    if _PREGNANCIES & set(conditions):
        facts.append("pregnancy")
    return tuple(facts)


def _is_injection(text: str, words: Words, lexicon: Lexicon) -> bool:
    return lexicon.looks_injected(fold(text)) or _is_found(lexicon.injections, words)


def _is_found(finder: Finder[Entry], words: Words) -> bool:
    return any(not finder.is_look_alike(words, hit) for hit in finder.hits(words))
