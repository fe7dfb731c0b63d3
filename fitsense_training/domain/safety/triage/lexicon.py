"""`rules/lexicon.yaml` as typed, frozen values, and what is compiled from them once."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.triage.entries import Entry, Finder, Frozen, Sourced
from fitsense_training.domain.safety.triage.normalise import Spelling
from fitsense_training.domain.safety.triage.patterns import (
    Pattern,
    compile_pattern,
    literal_words,
)
from fitsense_training.domain.safety.triage.scope import Scopes, ScopeWords, phrases_of
from fitsense_training.domain.vocabulary import Condition, EscalationLevel


class Category(Sourced):
    """A kind of red flag: how grave, which text answers it, and what the text may name."""

    level: EscalationLevel
    template: str
    symptom: str
    area: str = ""
    activity: str = ""


class Flag(Entry):
    """A red flag."""

    category: str
    clarify: bool = Field(default=False, description="Unsure, so a question goes with it.")
    within_year: EscalationLevel = EscalationLevel.E2


class Told(Entry):
    """A condition that a text tells of."""

    condition: Condition


class Question(Frozen):
    """A question that settles a flag, and what answers it."""

    ask: str
    patterns: Annotated[tuple[str, ...], Field(min_length=1)]
    unless: tuple[str, ...] = ()


class Answers(Sourced):
    """Which questions settle which flag."""

    questions: Mapping[str, Question]
    of_level: Mapping[EscalationLevel, tuple[str, ...]]
    of_category: Mapping[str, tuple[str, ...]]
    yes: frozenset[str]


class LexiconFile(Frozen):
    """All of `rules/lexicon.yaml`."""

    words: Mapping[str, tuple[str, ...]]
    compounds: tuple[str, ...]
    mend: frozenset[str]
    not_typos: frozenset[str]
    rewrites: Mapping[str, str]
    categories: Mapping[str, Category]
    entries: tuple[Flag, ...]
    scope: ScopeWords
    injections: tuple[Entry, ...]
    injection_marks: tuple[str, ...]
    told: tuple[Told, ...]
    minor: tuple[Entry, ...]
    answers: Answers

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        ids = [e.id for e in (*self.entries, *self.injections, *self.told, *self.minor)]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"ids used twice: {sorted(twice)}")
        if unknown := {e.category for e in self.entries} - set(self.categories):
            raise ValueError(f"unknown categories: {sorted(unknown)}")
        if unused := set(self.categories) - {e.category for e in self.entries}:
            raise ValueError(f"categories without an entry: {sorted(unused)}")
        asked = {q for group in self.answers.of_level.values() for q in group}
        asked |= {q for group in self.answers.of_category.values() for q in group}
        if unknown := asked - set(self.answers.questions):
            raise ValueError(f"unknown questions: {sorted(unknown)}")
        return self

    def questions_of(self, category: str) -> tuple[str, ...]:
        """The questions that settle a flag of a category."""
        level = self.categories[category].level
        return self.answers.of_category.get(category, self.answers.of_level[level])


@dataclass(frozen=True)
class Answering:
    """The compiled patterns that answer a question, and those that take an answer back."""

    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True)
class Lexicon:
    """The file, and its patterns ready to be looked for."""

    file: LexiconFile
    spelling: Spelling
    scopes: Scopes
    flags: Finder[Flag]
    injections: Finder[Entry]
    told: Finder[Told]
    minor: Finder[Entry]
    injection_marks: tuple[re.Pattern[str], ...]
    answers: Mapping[str, Answering]

    def looks_injected(self, folded: str) -> bool:
        """Whether a folded text carries the marks of a frame."""
        return any(mark.search(folded) for mark in self.injection_marks)


def parse_lexicon(document: Any, more_words: frozenset[str] = frozenset()) -> Lexicon:
    """The lexicon of a parsed document; RuleBookError names the field that breaks it.

    `more_words` are words of other rules that spelling must leave alone.
    """
    try:
        file = LexiconFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RuleBookError(f"rules/lexicon.yaml breaks at {place}: {first['msg']}") from error
    known = frozenset(_known_words(file)) | more_words
    return Lexicon(
        file=file,
        spelling=Spelling(known, file.mend, file.not_typos, file.rewrites, file.compounds),
        scopes=Scopes(file.scope, file.words),
        flags=Finder(file.entries, file.words),
        injections=Finder(file.injections, file.words),
        told=Finder(file.told, file.words),
        minor=Finder(file.minor, file.words),
        injection_marks=tuple(re.compile(mark, re.MULTILINE) for mark in file.injection_marks),
        answers={
            name: Answering(
                tuple(compile_pattern(text, file.words) for text in question.patterns),
                tuple(compile_pattern(text, file.words) for text in question.unless),
            )
            for name, question in file.answers.questions.items()
        },
    )


def _known_words(file: LexiconFile) -> Iterator[str]:
    for entry in (*file.entries, *file.injections, *file.told, *file.minor):
        for text in (*entry.written(), *entry.unless, *entry.keep):
            yield from literal_words(text, file.words)
    for text in phrases_of(file.scope):
        yield from literal_words(text, file.words)
    for question in file.answers.questions.values():
        for text in question.patterns:
            yield from literal_words(text, file.words)
    for words in (file.scope.negators, file.scope.kin, file.scope.first_person, file.scope.others):
        yield from words
    for compound in file.compounds:
        yield from compound.split()


@functools.cache
def load_lexicon() -> Lexicon:
    """The lexicon as shipped."""
    topics = read_rules("topics.yaml")
    lists: dict[str, list[str]] = topics["words"]
    texts = [
        text
        for entry in topics["entries"]
        for text in (*entry.get("patterns", ()), *map(str, entry.get("near", ())[:2]))
    ]
    words = frozenset(word for text in texts for word in literal_words(text, lists))
    return parse_lexicon(read_rules("lexicon.yaml"), words)
