"""Entries of the lexicon and the topics: patterns with bounds, look-alikes and a source.

An entry is data; `Finder` looks for many of them at once, fast enough to read every note.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.safety.triage.normalise import STOPS, Words
from fitsense_training.domain.safety.triage.patterns import (
    MASS_KG,
    TIME_WEEKS,
    Lists,
    Pattern,
    compile_pattern,
    number_of,
)

Bounds = tuple[float, float]
ScopeName = Literal["negated", "third_person", "past", "hypothetical"]


class Frozen(BaseModel):
    """A value of the rules files."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """A value that says where it comes from and how well it was read."""

    source: Annotated[str, Field(min_length=3)]
    tag: Literal["V", "S", "K", "H"]


class Entry(Sourced):
    """What to look for, what undoes it, and one text for each."""

    id: str
    near: tuple[str, str, int] | None = None
    patterns: tuple[str, ...] = ()
    ranges: tuple[Bounds, ...] = ()
    second_ranges: tuple[Bounds, ...] = ()
    unless: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    ignores: frozenset[ScopeName] = frozenset()
    ask: bool = Field(default=False, description="A look-alike still asks a question.")
    example: str
    look_alike: str

    def written(self) -> Iterator[str]:
        """The patterns, `near` in both orders."""
        yield from self.patterns
        if self.near is not None:
            one, other, gap = self.near
            yield f"{one} ~{gap} {other}"
            yield f"{other} ~{gap} {one}"

    def holds(self, found: re.Match[str]) -> bool:
        """Whether the numbers of a match lie where the entry wants them; yes where it has none."""
        numbers = found.groupdict()
        if not self.ranges or numbers.get("n1") is None:
            return True
        first = _is_within(number_of(numbers["n1"]), self.ranges)
        second = numbers.get("n2")
        return first or (second is not None and _is_within(number_of(second), self.second_ranges))


def _is_within(number: float, ranges: Sequence[Bounds]) -> bool:
    return any(low <= number < high for low, high in ranges)


def kg_per_week(found: re.Match[str]) -> float:
    """The speed of a change of weight that a match tells of: `10 kg in two weeks` is 5."""
    numbers = found.groupdict()
    amount = number_of(numbers["n1"]) * MASS_KG[numbers["mass"]]
    count = number_of(numbers["n2"]) if numbers.get("n2") else 1.0
    weeks = count * TIME_WEEKS[numbers["time"]] if numbers.get("time") else 1.0
    return amount / weeks


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Hit(Generic[E]):
    """An entry found in a text, the words it covers, and what they say."""

    entry: E
    start: int
    end: int
    found: re.Match[str]


@dataclass(frozen=True)
class _Compiled(Generic[E]):
    entry: E
    pattern: Pattern


class Finder(Generic[E]):
    """Finds every entry in normalised words. Patterns are only tried where their words are."""

    def __init__(self, entries: Sequence[E], lists: Lists) -> None:
        """Compile every pattern once."""
        self._compiled: list[_Compiled[E]] = []
        self._needs: list[int] = []
        self._whole: dict[str, dict[int, int]] = {}
        self._begun: dict[str, list[tuple[str, int, int]]] = {}
        self._unless: dict[str, tuple[Pattern, ...]] = {}
        self._keep: dict[str, tuple[Pattern, ...]] = {}
        for entry in entries:
            self._unless[entry.id] = tuple(compile_pattern(t, lists) for t in entry.unless)
            self._keep[entry.id] = tuple(compile_pattern(t, lists) for t in entry.keep)
            for text in entry.written():
                self._add(entry, compile_pattern(text, lists))
        self._wanted = functools.lru_cache(maxsize=16_384)(self._look_up)

    def _add(self, entry: E, pattern: Pattern) -> None:
        number = len(self._compiled)
        self._compiled.append(_Compiled(entry, pattern))
        self._needs.append((1 << len(pattern.needs)) - 1)
        for bit, words in enumerate(pattern.needs):
            for word in words:
                if word.endswith("*"):
                    self._begun.setdefault(word[:2], []).append((word[:-1], number, 1 << bit))
                else:
                    held = self._whole.setdefault(word, {})
                    held[number] = held.get(number, 0) | 1 << bit

    def _look_up(self, token: str) -> tuple[tuple[int, int], ...]:
        """Which patterns a word is needed by, and as which of the needed words."""
        needed = dict(self._whole.get(token, {}))
        for begin, number, bit in self._begun.get(token[:2], ()):
            if token.startswith(begin):
                needed[number] = needed.get(number, 0) | bit
        return tuple(needed.items())

    def hits(self, words: Words) -> Iterator[Hit[E]]:
        """Every place at which an entry is found; look-alikes are not yet told apart."""
        seen: dict[int, int] = {}
        get = seen.get
        for token in set(words.tokens):
            for number, bits in self._wanted(token):
                seen[number] = get(number, 0) | bits
        needs = self._needs
        for number in sorted(n for n, bits in seen.items() if bits == needs[n]):
            yield from self._matches(self._compiled[number], words)

    def hits_without_index(self, words: Words) -> Iterator[Hit[E]]:
        """The same hits, by trying every pattern: what the index is checked against."""
        for compiled in self._compiled:
            yield from self._matches(compiled, words)

    def _matches(self, compiled: _Compiled[E], words: Words) -> Iterator[Hit[E]]:
        for found in compiled.pattern.regex.finditer(words.text):
            if compiled.entry.holds(found):
                start = words.place(found.start())
                yield Hit(compiled.entry, start, words.place(found.end() - 1) + 1, found)

    def is_look_alike(self, words: Words, hit: Hit[E]) -> bool:
        """Whether its sentence says that a hit is something harmless."""
        entry = hit.entry
        if not entry.unless:
            return False
        sentence = words.part(*sentence_of(words, hit.start, hit.end))
        if not any(pattern.regex.search(sentence) for pattern in self._unless[entry.id]):
            return False
        return not any(pattern.regex.search(sentence) for pattern in self._keep[entry.id])


def sentence_of(words: Words, start: int, end: int) -> tuple[int, int]:
    """The places between the stops around some words."""
    while start > 0 and words.tokens[start - 1] not in STOPS:
        start -= 1
    while end < len(words.tokens) and words.tokens[end] not in STOPS:
        end += 1
    return start, end
