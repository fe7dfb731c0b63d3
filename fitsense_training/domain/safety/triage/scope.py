"""Whom and when a flag is about: denied, somebody else, long ago, or only asked about.

Every rule here lowers a flag, so each is narrow and gives way where the text says that something
is happening now.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum

from fitsense_training.domain.safety.triage.entries import Sourced, sentence_of
from fitsense_training.domain.safety.triage.normalise import Words
from fitsense_training.domain.safety.triage.patterns import Pattern, compile_pattern

_STOP_WORDS = frozenset({".", "?"})


class Scope(StrEnum):
    """What the words around a flag make of it."""

    CURRENT = "current"
    LOOK_ALIKE = "look_alike"
    NEGATED = "negated"
    THIRD_PERSON = "third_person"
    THIRD_PERSON_NOW = "third_person_now"
    PAST = "past"
    WITHIN_YEAR = "within_year"
    HYPOTHETICAL = "hypothetical"


class ScopeWords(Sourced):
    """The words the rules go by, from `scope` in `rules/lexicon.yaml`."""

    window: int
    breaks: frozenset[str]
    breaks_of_negation: frozenset[str]
    renewals: frozenset[str]
    negators: frozenset[str]
    not_negating: Mapping[str, frozenset[str]]
    never_undone: tuple[str, ...]
    denied_after: tuple[str, ...]
    kin: frozenset[str]
    others: frozenset[str]
    first_person: frozenset[str]
    theirs_now: tuple[str, ...]
    has_now: frozenset[str]
    long_ago: tuple[str, ...]
    within_year: tuple[str, ...]
    present: tuple[str, ...]
    returned: tuple[str, ...]
    asked_about: tuple[str, ...]
    asked_right_before: tuple[str, ...]
    owned: tuple[str, ...]
    claimed: tuple[str, ...]


class Scopes:
    """The scope rules, compiled."""

    def __init__(self, words: ScopeWords, lists: Mapping[str, Sequence[str]]) -> None:
        """Compile the phrases once."""
        self._w = words
        self._never_undone = _all(words.never_undone, lists)
        self._denied_after = _all(words.denied_after, lists)
        self._theirs_now = _all(words.theirs_now, lists)
        self._long_ago = _all(words.long_ago, lists)
        self._within_year = _all(words.within_year, lists)
        self._present = _all(words.present, lists)
        self._returned = _all(words.returned, lists)
        self._asked_about = _all(words.asked_about, lists)
        self._asked_right_before = _all(words.asked_right_before, lists)
        self._owned = _all(words.owned, lists)
        self._claimed = _all(words.claimed, lists)

    def of(self, words: Words, start: int, end: int, ignores: Collection[str] = ()) -> Scope:
        """The scope of the words from `start` up to `end`."""
        if "negated" not in ignores and self.is_negated(words, start, end):
            return Scope.NEGATED
        if "third_person" not in ignores and self._is_about_others(words, start, end):
            is_now = self._is_theirs_now(words, start, end)
            return Scope.THIRD_PERSON_NOW if is_now else Scope.THIRD_PERSON
        if "hypothetical" not in ignores and self._is_asked_about(words, start, end):
            return Scope.HYPOTHETICAL
        return Scope.CURRENT if "past" in ignores else self._time(words, start, end)

    def is_negated(self, words: Words, start: int, end: int) -> bool:
        """Whether a negator stands up to five words before, in the same clause."""
        tokens = words.tokens
        found: list[int] = []
        for place in range(start - 1, max(start - 1 - self._w.window, -1), -1):
            if self._breaks_negation(tokens, place, start, end):
                break
            if self._negates(tokens, place):
                found.append(place)
        if found and tokens[found[0]] == "without" and len(found) > 1:
            return False
        sentence = words.part(start, sentence_of(words, start, end)[1])
        if found:
            return not (tokens[found[0]] == "never" and _any(self._never_undone, sentence))
        after = words.part(end, min(end + 6, len(tokens)))
        return any(pattern.regex.match(after) for pattern in self._denied_after)

    def _breaks_negation(self, tokens: Sequence[str], place: int, start: int, end: int) -> bool:
        word = tokens[place]
        if word != ",":
            return word in self._w.breaks or word in self._w.breaks_of_negation
        # "No dizziness, chest pain or nausea" is one list; any other comma ends the denial.
        rest = tokens[start : end + 6]
        return not {"or", "nor"} & set(rest)

    def _negates(self, tokens: Sequence[str], place: int) -> bool:
        word = tokens[place]
        if word not in self._w.negators:
            return False
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if word == "free":
            return following == "of"
        return following not in self._w.not_negating.get(word, frozenset())

    def _is_about_others(self, words: Words, start: int, end: int) -> bool:
        """Whether the nearest person before the flag is somebody else."""
        tokens, first = words.tokens, self._w.first_person
        if first & set(tokens[start:end]):
            return False
        begin, finish = sentence_of(words, start, end)
        for place in range(start - 1, begin - 1, -1):
            word = tokens[place]
            if word in self._w.kin:
                return True
            if word in first:
                return False
            if word in self._w.others:
                mine = [i for i in range(end, finish - 1) if tokens[i] == "my"]
                return not any(tokens[i + 1] not in self._w.kin for i in mine)
        return False

    def _is_theirs_now(self, words: Words, start: int, end: int) -> bool:
        begin, finish = sentence_of(words, start, end)
        if _any(self._theirs_now, words.part(begin, finish)):
            return True
        return bool(self._w.has_now & set(words.tokens[max(start - 2, begin) : end]))

    def _is_asked_about(self, words: Words, start: int, end: int) -> bool:
        begin, finish = self._clause(words, start, end)
        if _any(self._present, words.part(begin, finish)):
            return False
        # "What causes pain in my chest?" and "Can it cause chest pain? I have it now." tell of one.
        if _any(self._owned, words.part(start, end)):
            return False
        if _any(self._claimed, words.part(end, len(words.tokens))):
            return False
        if _any(self._asked_about, words.part(begin, start)):
            return True
        right_before = words.part(max(start - 4, begin), start)
        return any(found.regex.search(right_before) for found in self._asked_right_before)

    def _time(self, words: Words, start: int, end: int) -> Scope:
        begin, finish = self._clause(words, start, end)
        clause = words.part(begin, finish)
        rest = words.part(start, sentence_of(words, start, end)[1])
        if _any(self._present, clause) or _any(self._returned, rest):
            return Scope.CURRENT
        if _any(self._long_ago, clause):
            return Scope.PAST
        return Scope.WITHIN_YEAR if _any(self._within_year, clause) else Scope.CURRENT

    def _clause(self, words: Words, start: int, end: int) -> tuple[int, int]:
        """The part of the sentence up to a `but`, or to an `and` that begins anew."""
        tokens = words.tokens
        while start > 0 and not self._breaks_clause(tokens, start - 1):
            start -= 1
        while end < len(tokens) and not self._breaks_clause(tokens, end):
            end += 1
        return start, end

    def _breaks_clause(self, tokens: Sequence[str], place: int) -> bool:
        word = tokens[place]
        if word in {"and", ",", "then"}:
            following = tokens[place + 1] if place + 1 < len(tokens) else ""
            return following in self._w.renewals
        return word in _STOP_WORDS or word in self._w.breaks


def _all(texts: Sequence[str], lists: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    return tuple(compile_pattern(text, lists) for text in texts)


def _any(patterns: Sequence[Pattern], text: str) -> bool:
    return any(pattern.regex.search(text) for pattern in patterns)


def phrases_of(words: ScopeWords) -> Iterator[str]:
    """Every phrase the rules look for, so that their words are known when spelling is mended."""
    for group in (
        words.never_undone,
        words.denied_after,
        words.theirs_now,
        words.long_ago,
        words.within_year,
        words.present,
        words.returned,
        words.asked_about,
        words.asked_right_before,
        words.owned,
        words.claimed,
    ):
        yield from group
