"""Texts as word n-grams, each a 64-bit number that is the same on every machine.

All texts are cut at once: every word is looked up once, and the n-grams of ten million words are
a few passes over one array. At ten million n-grams two different ones share a number about once in
a million releases.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

# JSON's own marks, and those around a note, are no words.
WORD = r"[^\s,;:\[\]{}\"<>]+"
# So many texts are cut at once: what a pass holds in memory stays under some 200 MB.
CHUNK = 20_000
# An odd constant (2**64 over the golden ratio): positions weigh differently, nothing is lost.
_STEP = 0x9E3779B97F4A7C15
_WRAP = 1 << 64


@dataclass(frozen=True)
class Grams:
    """The n-grams of many texts in one row: those of text i lie from `starts[i]` to the next.

    A repeated n-gram stands as often as it is said.
    """

    values: "NDArray[np.uint64]"
    starts: "NDArray[np.int64]"

    @property
    def counts(self) -> "NDArray[np.int64]":
        """How many n-grams each text has, repeats counted."""
        return np.diff(self.starts)

    def of(self, text: int) -> "NDArray[np.uint64]":
        """The distinct n-grams of one text, sorted."""
        return np.unique(self.values[self.starts[text] : self.starts[text + 1]])

    def marked(self, marks: "NDArray[np.uint64]") -> "Grams":
        """The same with a mark on each text: texts with different marks share no n-gram."""
        return Grams(self.values ^ np.repeat(marks, self.counts), self.starts)


def word_grams(texts: pl.Series, size: int) -> Grams:
    """The n-grams of each text; a text of fewer words is one n-gram by itself."""
    chunks = [texts.slice(at, CHUNK) for at in range(0, len(texts), CHUNK)]
    parts = [_grams(chunk, size) for chunk in chunks]
    values = [values for values, _ in parts] or [np.zeros(0, np.uint64)]
    counts = [counts for _, counts in parts] or [np.zeros(0, np.int64)]
    return Grams(np.concatenate(values), _starts(np.concatenate(counts)))


def number_of(text: str) -> int:
    """A text as a 64-bit number."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _grams(texts: pl.Series, size: int) -> "tuple[NDArray[np.uint64], NDArray[np.int64]]":
    """The n-grams of a chunk, and how many each text has."""
    words = texts.str.extract_all(WORD)
    spoken = words.list.len().to_numpy().astype(np.int64)
    # Short texts are filled up with zeros, which no word is.
    filled = np.maximum(spoken, size)
    codes = np.zeros(int(filled.sum()), np.uint64)
    codes[_places(spoken, _starts(filled)[:-1])] = _codes(words.explode())
    counts = filled - (size - 1)
    total = np.zeros(max(0, len(codes) - size + 1), np.uint64)
    for place in range(size):
        total += codes[place : place + len(total)] * np.uint64(pow(_STEP, place, _WRAP))
    # Of all windows over the chunk, those that cross from one text into the next are no n-grams.
    return total[_places(counts, _starts(filled)[:-1])], counts


def _codes(words: pl.Series) -> "NDArray[np.uint64]":
    """The number of each word; each distinct word is hashed once."""
    known = words.unique().drop_nulls().sort()
    numbers = np.array([number_of(word) for word in known], dtype=np.uint64)
    places = words.drop_nulls().cast(pl.Enum(known)).to_physical().to_numpy()
    return numbers[places]


def _starts(counts: "NDArray[np.int64]") -> "NDArray[np.int64]":
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))


def _places(counts: "NDArray[np.int64]", starts: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """From each start as many places as its count says, one after the other."""
    before = np.repeat(starts - _starts(counts)[:-1], counts)
    return before + np.arange(len(before), dtype=np.int64)
