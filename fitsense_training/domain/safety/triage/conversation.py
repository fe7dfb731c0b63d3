"""Triage over several turns: a flag stays until the questions that settle it are answered.

Feeling fine again settles nothing by itself, and changing the subject settles nothing at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fitsense_training.domain.safety.triage.entries import sentence_of
from fitsense_training.domain.safety.triage.lexicon import Answering, Lexicon, load_lexicon
from fitsense_training.domain.safety.triage.normalise import Words, words_of
from fitsense_training.domain.safety.triage.patterns import Pattern
from fitsense_training.domain.safety.triage.triage import Triage, triage
from fitsense_training.domain.vocabulary import Condition, EscalationLevel


@dataclass(frozen=True)
class OpenFlag:
    """A flag that stands, and which of its questions have been answered."""

    category: str
    level: EscalationLevel
    answered: frozenset[str] = frozenset()

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The ids of the questions that are left, in order."""
        wanted = load_lexicon().file.questions_of(self.category)
        return tuple(question for question in wanted if question not in self.answered)


@dataclass(frozen=True)
class ConversationState:
    """What a conversation has told so far; begin with an empty one."""

    flags: tuple[OpenFlag, ...] = ()
    told_conditions: tuple[Condition, ...] = ()
    tells_minor: bool = False

    @property
    def level(self) -> EscalationLevel:
        """The gravest level that stands."""
        return self.flags[0].level if self.flags else EscalationLevel.NONE

    @property
    def category(self) -> str | None:
        """The category of the gravest flag."""
        return self.flags[0].category if self.flags else None

    @property
    def template(self) -> str | None:
        """The text that answers the gravest flag."""
        category = self.category
        return load_lexicon().file.categories[category].template if category else None

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The questions to ask about the gravest flag, as sentences."""
        if not self.flags:
            return ()
        questions = load_lexicon().file.answers.questions
        return tuple(questions[name].ask for name in self.flags[0].open_questions)

    def after(self, text: str) -> "ConversationState":
        """The state once this turn of the person is heard."""
        lexicon = load_lexicon()
        found = triage(text)
        raised = dict(_raised(found))
        answered = self._answered(words_of(text, lexicon.spelling), lexicon)
        kept = (
            replace(flag, answered=flag.answered | answered)
            for flag in self.flags
            if flag.category not in raised
        )
        flags = [flag for flag in kept if flag.open_questions]
        for category, level in raised.items():
            before = (flag.level for flag in self.flags if flag.category == category)
            gravest = max((level, *before), key=lambda at: at.rank)
            flags.append(OpenFlag(category, gravest))
        flags.sort(key=lambda flag: (-flag.level.rank, flag.category))
        return ConversationState(
            flags=tuple(flags),
            told_conditions=tuple(sorted({*self.told_conditions, *found.told_conditions})),
            tells_minor=self.tells_minor or found.tells_minor,
        )

    def _answered(self, words: Words, lexicon: Lexicon) -> frozenset[str]:
        answers = {
            name
            for name, answering in lexicon.answers.items()
            if _is_answered(answering, words, lexicon)
        }
        is_yes = bool(words.tokens) and words.tokens[0] in lexicon.file.answers.yes
        if is_yes and self.flags and self.flags[0].open_questions:
            answers.add(self.flags[0].open_questions[0])
        return frozenset(answers)


def _raised(found: Triage) -> Iterator[tuple[str, EscalationLevel]]:
    """The categories a turn raises, each with the gravest level it reached."""
    for category in found.categories:
        reached = (match.level for match in found.matches if match.category == category)
        yield category, max(reached, key=lambda level: level.rank)


def _is_answered(answering: Answering, words: Words, lexicon: Lexicon) -> bool:
    return any(_stands(pattern, answering.unless, words, lexicon) for pattern in answering.patterns)


def _stands(pattern: Pattern, unless: tuple[Pattern, ...], words: Words, lexicon: Lexicon) -> bool:
    """Whether an answer is given somewhere, and neither denied nor taken back there."""
    window = lexicon.file.scope.window
    for match in pattern.regex.finditer(words.text):
        start, end = words.place(match.start()), words.place(match.end() - 1) + 1
        begin, finish = sentence_of(words, start, end)
        taken_back = any(other.regex.search(words.part(begin, finish)) for other in unless)
        # Stricter than for flags: a `not` anywhere near leaves the question open.
        near = {*words.tokens[max(start - window, begin) : start], *words.tokens[start + 1 : end]}
        if not taken_back and not near & lexicon.file.scope.negators:
            return True
    return False
