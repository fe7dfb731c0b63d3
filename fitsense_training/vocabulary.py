"""The tokens of a student as bytes, searched by what a grammar lets follow.

A grammar is asked about text, one piece after another, instead of for a mask over all tokens: that
mask has to be prepared for every place of the grammar, and nearly every request has one of its
own. Which tokens may stand next is the same.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xgrammar


class Vocabulary:
    """What every token spells; one that spells nothing never follows."""

    def __init__(self, spelled: Sequence[bytes]) -> None:
        """Take the bytes of every token by id."""
        self.spelled = spelled
        self._longest = max(map(len, spelled), default=0)
        self._lengths: dict[int, list[int]] = {}
        for piece in spelled:
            if piece:
                self._lengths.setdefault(piece[0], []).append(len(piece))
        self._lengths = {
            first: sorted(set(lengths), reverse=True) for first, lengths in self._lengths.items()
        }

    @cached_property
    def _ids(self) -> dict[bytes, int]:
        return {piece: i for i, piece in reversed([*enumerate(self.spelled)]) if piece}

    @cached_property
    def _sorted(self) -> list[tuple[bytes, int]]:
        return sorted((piece, token) for token, piece in enumerate(self.spelled) if piece)

    def longest_in(self, text: bytes) -> int | None:
        """The longest token that begins a text."""
        for length in self._lengths.get(text[0], ()):
            token = self._ids.get(text[:length])
            if token is not None and length <= len(text):
                return token
        return None

    def beyond(self, text: bytes) -> Iterator[bytes]:
        """What the tokens spell that begin with a text and go on after it."""
        if len(text) >= self._longest:
            return
        place = bisect_left(self._sorted, (text, len(self.spelled)))
        while place < len(self._sorted) and self._sorted[place][0].startswith(text):
            yield self._sorted[place][0]
            place += 1

    def allowed(self, matcher: "xgrammar.GrammarMatcher") -> list[int]:
        """The tokens that may follow; the matcher stays where it is."""
        return list(self._search(matcher, b"", 0, len(self._sorted)))

    def _search(
        self, matcher: "xgrammar.GrammarMatcher", prefix: bytes, start: int, end: int
    ) -> Iterator[int]:
        """Those between two places, all of which begin with a prefix that was accepted."""
        while start < end and self._sorted[start][0] == prefix:
            yield self._sorted[start][1]
            start += 1
        while start < end:
            longer = self._sorted[start][0][: len(prefix) + 1]
            after = longer[:-1] + bytes((longer[-1] + 1,)) if longer[-1] < BYTE_MAX else None
            stop = end if after is None else bisect_left(self._sorted, (after, -1), start, end)
            if stop == start + 1:
                longer = self._sorted[start][0]
            if matcher.accept_string(longer[len(prefix) :]):
                yield from self._search(matcher, longer, start, stop)
                matcher.rollback(1)
            start = stop


BYTE_MAX = 255


def may_follow(matcher: "xgrammar.GrammarMatcher", text: str | bytes) -> bool:
    """Whether a text may stand next; the matcher stays where it is."""
    if not matcher.accept_string(text):
        return False
    matcher.rollback(1)
    return True
