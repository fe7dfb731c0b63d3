"""The tokens of a student as bytes, searched by what a grammar lets follow.

A grammar is asked about text, one piece after another, instead of for a mask over all tokens: that
mask has to be prepared for every place of the grammar, and nearly every request has one of its
own. Which tokens may stand next is the same.
"""

import functools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xgrammar

BYTE_MAX = 255
BEGINS = 3  # bytes by which tokens are looked up, before their whole


class Vocabulary:
    """What every token spells; one that spells nothing never follows."""

    def __init__(self, spelled: Sequence[bytes]) -> None:
        """Take the bytes of every token by id."""
        self.spelled = spelled
        self._longest = max(map(len, spelled), default=0)
        self._firsts = sorted({piece[:1] for piece in spelled if piece})
        lengths: dict[bytes, set[int]] = {}
        for piece in spelled:
            lengths.setdefault(piece[:BEGINS], set()).add(len(piece))
        self._lengths = {begins: sorted(found)[::-1] for begins, found in lengths.items()}
        self.beyond = functools.lru_cache(maxsize=4096)(self._beyond)

    @functools.cached_property
    def _ids(self) -> dict[bytes, int]:
        return {piece: i for i, piece in reversed([*enumerate(self.spelled)]) if piece}

    @functools.cached_property
    def _sorted(self) -> list[tuple[bytes, int]]:
        return sorted((piece, token) for token, piece in enumerate(self.spelled) if piece)

    def longest_in(self, text: bytes) -> int | None:
        """The longest token that begins a text."""
        for begins in range(min(BEGINS, len(text)), 0, -1):
            for length in self._lengths.get(text[:begins], ()):
                if begins in (BEGINS, length) and length <= len(text):
                    token = self._ids.get(text[:length])
                    if token is not None:
                        return token
        return None

    def _beyond(self, text: bytes) -> tuple[bytes, ...]:
        """What the tokens spell that begin with a text and go on after it."""
        if len(text) >= self._longest:
            return ()
        start = bisect_left(self._sorted, (text, len(self.spelled)))
        last = text + bytes((BYTE_MAX,)) * self._longest
        stop = bisect_left(self._sorted, (last, -1), start)
        return tuple(piece for piece, _ in self._sorted[start:stop])

    def must_end(self, matcher: "xgrammar.GrammarMatcher") -> bool:
        """Whether what was written is whole and nothing may follow."""
        return matcher.is_completed() and not any(may_follow(matcher, x) for x in self._firsts)

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


def may_follow(matcher: "xgrammar.GrammarMatcher", text: str | bytes) -> bool:
    """Whether a text may stand next; the matcher stays where it is."""
    if not matcher.accept_string(text):
        return False
    matcher.rollback(1)
    return True
