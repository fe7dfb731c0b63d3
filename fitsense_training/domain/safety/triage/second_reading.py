"""A second reading of a text: a small linear model, trained on labelled phrases, that only raises.

Patterns find what somebody thought of; this finds what is worded otherwise. It looks at the words,
their neighbours and how they begin, in one sentence and in two together, so that a request around a
cry for help does not drown it. Trained by `fitsense_training/learn_triage.py`; what it is worth on
phrases it never saw stands in RULES.md. No clinician has reviewed it.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field, model_validator

from fitsense_training.domain.rulebook import Sourced, read_typed
from fitsense_training.domain.safety.triage.normalise import STOPS, Words

FILE = "second_reading.yaml"
# What has fewer known features says little: it is weighed as if it had so many.
LEAST_KNOWN = 12
_STEM = 4
_NEIGHBOURS = 3
_SENTENCES = 2


class SecondReadingFile(Sourced):
    """All of `rules/second_reading.yaml`.

    `weights` has a line per feature: whole numbers, one for urgency and one per category in order,
    then the feature; a number times `scale` is a weight in log-odds.
    """

    learned_from: str
    threshold: float
    scale: float = Field(gt=0)
    bias: float
    categories: Mapping[str, float]
    weights: str

    @model_validator(mode="after")
    def _lines_are_whole(self) -> "SecondReadingFile":
        expected = len(self.categories) + 1
        for line in self.weights.splitlines():
            numbers = line.split(" ")[:expected]
            if len(line.split(" ")) <= expected or not all(_is_whole(each) for each in numbers):
                raise ValueError(f"a line of weights that is not {expected} numbers and a feature")
        return self


@dataclass(frozen=True)
class Reading:
    """How urgent a text reads, in log-odds above the threshold, and what it is most likely of."""

    urgency: float
    category: str

    @property
    def is_emergency(self) -> bool:
        """Whether it reads like an emergency."""
        return self.urgency > 0


class SecondReading:
    """The model, ready to read."""

    def __init__(self, file: SecondReadingFile) -> None:
        """Take the numbers apart once."""
        self._file = file
        self._categories = tuple(file.categories)
        split = (line.split(" ", len(file.categories) + 1) for line in file.weights.splitlines())
        self._weights = {parts[-1]: tuple(map(int, parts[:-1])) for parts in split}

    def read(self, words: Words) -> Reading:
        """The most urgent two sentences of a text."""
        return max((self._read(window) for window in windows_of(words)), key=_urgency)

    def _read(self, tokens: Sequence[str]) -> Reading:
        known = [self._weights[each] for each in features_of(tokens) if each in self._weights]
        share = self._file.scale / math.sqrt(max(LEAST_KNOWN, len(known)))
        urgency, *kinds = map(sum, zip(*known, strict=True)) if known else [0] * self._width
        scores = {
            name: self._file.categories[name] + share * kind
            for name, kind in zip(self._categories, kinds, strict=True)
        }
        return Reading(
            urgency=self._file.bias + share * urgency - self._file.threshold,
            category=max(scores, key=lambda name: scores[name]),
        )

    @property
    def _width(self) -> int:
        return len(self._categories) + 1


def features_of(tokens: Sequence[str]) -> frozenset[str]:
    """What the model sees of a few words: runs of one to three, and how long words begin."""
    plain = ["#" if token[0].isdigit() else token for token in tokens]
    runs = (
        " ".join(plain[start : start + size])
        for size in range(1, _NEIGHBOURS + 1)
        for start in range(len(plain) - size + 1)
    )
    return frozenset(runs) | {f"{token[:_STEM]}*" for token in plain if len(token) > _STEM}


def windows_of(words: Words) -> Iterator[tuple[str, ...]]:
    """Every two neighbouring sentences and every sentence alone, without the marks."""
    sentences = list(_sentences(words.tokens))
    for start in range(max(1, len(sentences) - _SENTENCES + 1)):
        yield tuple(word for each in sentences[start : start + _SENTENCES] for word in each)
    if len(sentences) > 1:
        yield from map(tuple, sentences)


def _sentences(tokens: Sequence[str]) -> Iterator[list[str]]:
    sentence: list[str] = []
    for token in (*tokens, "."):
        if token not in STOPS:
            sentence.append(token)
        elif sentence:
            yield sentence
            sentence = []


def _urgency(reading: Reading) -> float:
    return reading.urgency


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()


@functools.cache
def load_second_reading() -> SecondReading:
    """The model as shipped."""
    return SecondReading(read_typed(FILE, SecondReadingFile))
