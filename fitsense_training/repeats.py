"""Which exercises already stand in the session that is being written.

No exercise stands twice in a session. A grammar cannot say that: the decoder masks what was
written, and training teaches a student not to want it.
"""

from collections.abc import Iterable, Iterator, Sequence

from fitsense_training.domain.catalogue import load_catalogue

SESSION_OPENS = "[["


class SessionWatch:
    """Follows an answer token by token; `written` holds the exercise tokens of its session."""

    def __init__(self, pieces: Sequence[str], exercises: frozenset[int]) -> None:
        """Watch an answer of which nothing is written yet."""
        self._pieces, self._exercises = pieces, exercises
        self._last_char = ""
        self.written: set[int] = set()

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        if token in self._exercises:
            self.written.add(token)
        text = self._last_char + self._pieces[token]
        if SESSION_OPENS in text:
            self.written.clear()
        self._last_char = text[-1:]

    def repeats(self, allowed: object) -> set[int]:
        """The tokens that would name an exercise again."""
        del allowed  # an exercise is one token, so what was written says it all
        return self.written


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
