"""Texts as sets of word n-grams, each a 64-bit number that is the same on every machine.

At ten million n-grams two different ones share a number about once in a million releases.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# JSON's own marks, and those around a note, are no words.
_WORD = re.compile(r"[^\s,;:\[\]{}\"<>]+")
# An odd constant (2**64 over the golden ratio): positions weigh differently, nothing is lost.
_STEP = 0x9E3779B97F4A7C15
_WRAP = 1 << 64


def words_of(text: str) -> list[str]:
    """The words of a prompt, without the marks between them."""
    return _WORD.findall(text)


def word_grams(texts: Sequence[str], size: int) -> "list[NDArray[np.uint64]]":
    """The distinct n-grams of each text, sorted; a shorter text is one n-gram by itself."""
    codes: dict[str, int] = {}
    return [_grams([_code(codes, word) for word in words_of(text)], size) for text in texts]


def number_of(text: str) -> int:
    """A text as a 64-bit number."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _code(codes: dict[str, int], word: str) -> int:
    if word not in codes:
        codes[word] = number_of(word)
    return codes[word]


def _grams(words: list[int], size: int) -> "NDArray[np.uint64]":
    padded = np.array(words + [0] * (size - len(words)), dtype=np.uint64)
    count = len(padded) - size + 1
    total = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        weight = np.uint64(pow(_STEP, place, _WRAP))
        total += padded[place : place + count] * weight
    return np.unique(total)
