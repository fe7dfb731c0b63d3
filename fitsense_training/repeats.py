"""Which exercises already stand in the session that is being written, and which days in the week.

No exercise stands twice in a session, and no day comes twice or out of order. A grammar cannot say
the first: the decoder masks what was written. Training teaches a student to want neither.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.text.marks import STAYS
from fitsense_training.domain.text.shorthand import NUMBER
from fitsense_training.domain.vocabulary import Weekday

SESSION_OPENS, SESSION_ENDS = ",[[", "]]]"
LINES_BEGIN = (',[["', '"],["')  # what stands before every line of a session
_NUMBERED = re.compile(rf"{NUMBER}\d+[ \u0120]$")  # a space as it is, or as tokens spell it
_LOOKS_BACK = max(map(len, LINES_BEGIN))
SESSIONS_END = '"a":"'
NO_DAY = -1
_DAY = re.compile(rf'\["{STAYS}?({"|".join(Weekday)})(?="|$)')


class SessionWatch:
    """Follows an answer token by token; `written` holds the exercise tokens of its session."""

    def __init__(self, pieces: Sequence[str], exercises: frozenset[int]) -> None:
        """Watch an answer of which nothing is written yet."""
        self._pieces, self._exercises = pieces, exercises
        self._end = ""
        self._is_open = self._begins = self._is_numbered = False
        self.written: set[int] = set()

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        if token in self._exercises:
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
        """Whether a token would name an exercise again; here an exercise is one token.

        Where one is due, behind a line's number or without one, a token that only begins to spell
        it is none either: nobody would see which one comes of it.
        """
        if token in self._exercises:
            return token in self.written
        return self._is_numbered or (self._begins and not self._pieces[token].startswith(NUMBER))


def exercise_tokens(pieces: Sequence[str]) -> frozenset[int]:
    """The tokens that spell an exercise's name."""
    names = {exercise.id for exercise in load_catalogue()}
    return frozenset(token for token, piece in enumerate(pieces) if piece in names)


def would_repeat(
    answer: Iterable[int], pieces: Sequence[str], exercises: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """(place in the answer, token) of every exercise that would repeat one, where one is due."""
    watch = SessionWatch(pieces, exercises)
    for place, token in enumerate(answer):
        if token in exercises:
            yield from ((place, written) for written in sorted(watch.written))
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
