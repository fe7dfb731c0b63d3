"""What already stands in an answer that is being written: exercises, lines by number, and days.

No exercise stands twice in a session, no line in an answer, and no day comes twice or out of order.
A grammar cannot say the first two: the decoder masks what was written. Training teaches a student
to want none of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.text.marks import STAYS
from fitsense_training.domain.text.shorthand import NUMBER, NUMBER_SIGN
from fitsense_training.domain.vocabulary import Weekday

SESSION_OPENS, SESSION_ENDS = ",[[", "]]]"
LINES_BEGIN = (',[["', '"],["')  # what stands before every line of a session
_NUMBERED = re.compile(rf"{NUMBER}:$")
_LOOKS_BACK = len(f"{NUMBER_SIGN}mon10.:")  # no less than what a line begins with
_NUMBER_TOKEN = re.compile(NUMBER)
SESSIONS_END = '"a":"'
NO_DAY = -1
_DAY = re.compile(rf'\["{STAYS}?({"|".join(Weekday)})(?="|$)')


@dataclass(frozen=True)
class Unique:
    """Tokens that stand once: exercises in a session, numbers of lines in an answer."""

    exercises: frozenset[int]
    numbers: frozenset[int] = frozenset()


class SessionWatch:
    """Follows an answer token by token.

    `written` holds the exercise tokens of its session, `named` the numbers of the answer's lines.
    """

    def __init__(self, pieces: Sequence[str], unique: Unique) -> None:
        """Watch an answer of which nothing is written yet."""
        self._pieces, self._unique = pieces, unique
        self._end = ""
        self._is_open = self._begins = self._is_numbered = False
        self.written: set[int] = set()
        self.named: set[int] = set()

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        if token in self._unique.numbers:
            self.named.add(token)
        if token in self._unique.exercises:
            self.written.add(token)
            self._end = ""
            self._begins = self._is_numbered = False
            return
        text = self._end + self._pieces[token]
        opens, ends = text.rfind(SESSION_OPENS), text.rfind(SESSION_ENDS)
        if opens > ends:
            self.written.clear()
        if opens != ends:
            self._is_open = opens > ends
        self._end = text[-_LOOKS_BACK:]
        self._begins = self._is_open and text.endswith(LINES_BEGIN)
        self._is_numbered = self._is_open and _NUMBERED.search(text) is not None

    def is_repeat(self, token: int) -> bool:
        """Whether a token would name an exercise or a line again; here each is one token.

        Where one is due, behind a line's number or without one, a token that only begins to spell
        it is none either: nobody would see which one comes of it.
        """
        if token in self._unique.exercises:
            return token in self.written
        if token in self._unique.numbers:
            return token in self.named
        return self._is_numbered or (
            self._begins and not self._pieces[token].startswith(NUMBER_SIGN)
        )


def unique_tokens(pieces: Sequence[str]) -> Unique:
    """The tokens that spell an exercise's name or the number of a line."""
    names = {exercise.id for exercise in load_catalogue()}
    return Unique(
        exercises=frozenset(token for token, piece in enumerate(pieces) if piece in names),
        numbers=frozenset(
            token for token, piece in enumerate(pieces) if _NUMBER_TOKEN.fullmatch(piece)
        ),
    )


def would_repeat(
    answer: Iterable[int], pieces: Sequence[str], unique: Unique
) -> Iterator[tuple[int, int]]:
    """(place in the answer, token) of whatever would stand twice, where an exercise or line is due.

    Of a line that is named by its number nobody sees here which exercise it has.
    """
    watch = SessionWatch(pieces, unique)
    for place, token in enumerate(answer):
        if token in unique.exercises or token in unique.numbers:
            yield from ((place, again) for again in sorted(watch.written | watch.named))
        watch.see(token)


def weekday_orders(pieces: Sequence[str]) -> tuple[int, ...]:
    """For every token the day that it opens, 0 for Monday to 6, or `NO_DAY`."""
    found = (_DAY.search(piece) for piece in pieces)
    return tuple(Weekday(match[1]).order if match else NO_DAY for match in found)


def days_written(
    answer: Iterable[int], pieces: Sequence[str], orders: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """(place in the answer, last day that stands) wherever a day, or the end of them, is due."""
    last = NO_DAY
    for place, token in enumerate(answer):
        if last != NO_DAY and (orders[token] != NO_DAY or SESSIONS_END in pieces[token]):
            yield place, last
        if orders[token] != NO_DAY:
            last = orders[token]
