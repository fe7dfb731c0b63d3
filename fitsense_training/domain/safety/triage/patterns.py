"""The little language of the lexicon, turned into regular expressions over normalised words.

`rules/lexicon.yaml` opens with a description of it. Alternatives reach from gap to gap: in
`heart ~4 skip*|out of rhythm` the second half is one word or three.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fitsense_training.domain.errors import RuleBookError

_ONE_TO_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TEENS = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen")
NUMBER_WORDS = {
    **{word: float(n) for n, word in enumerate((*_ONE_TO_TEN, *_TEENS), start=1)},
    "nineteen": 19.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "half": 0.5,
}
KG = {"kg": 1.0, "kgs": 1.0, "kilo": 1.0, "kilos": 1.0, "kilograms": 1.0, "kilogram": 1.0}
MASS_KG = KG | dict.fromkeys(("lb", "lbs", "pound", "pounds"), 0.4536) | {"stone": 6.35}
TIME_WEEKS = {
    "day": 1 / 7,
    "days": 1 / 7,
    "week": 1.0,
    "weeks": 1.0,
    "month": 4.35,
    "months": 4.35,
    "year": 52.0,
    "years": 52.0,
}
# What a number counts where it is no reading of blood sugar.
COUNTED = (
    *MASS_KG,
    *TIME_WEEKS,
    *("minute", "minutes", "min", "mins", "hour", "hours", "hr", "hrs", "h"),
    *("g", "gram", "grams", "percent", "spoons", "cubes"),
    *("x", "times", "sets", "reps", "sessions", "km", "miles"),
)
Lists = Mapping[str, Sequence[str]]

_NUMBER = r"\d+(?:\.\d+)?|" + "|".join(NUMBER_WORDS)
_BARE = rf"(?! (?:{'|'.join(COUNTED)}) )"
_NEEDS_MAX = 2
_GAP = re.compile(r"\s*~(\d+)\s*")
_ENDS = {"^": r"(?:^|(?<= [.?]))", "$": r"(?= $)"}
_PARTS = {
    "{mass}": "(?P<mass>" + "|".join(MASS_KG) + ")",
    "{time}": "(?P<time>" + "|".join(TIME_WEEKS) + ")",
    "{year}": r"(?:19|20)\d\d",
}


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern, and words without which it cannot be found: one of each set.

    A needed word that ends in `*` stands for all words it begins.
    """

    text: str
    regex: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


def compile_pattern(text: str, lists: Lists) -> Pattern:
    """The pattern; RuleBookError names what cannot be read."""
    pieces = _GAP.split(text.strip())
    segments, gaps = pieces[::2], pieces[1::2]
    count = 0
    written: list[str] = []
    needs: list[frozenset[str]] = []
    for number, segment in enumerate(segments):
        if number:
            written.append(rf"(?: [^ .?]\S*){{0,{gaps[number - 1]}}}?")
        options = list(_options(segment, lists))
        if "" in options:
            raise RuleBookError(f"the pattern {text!r} has an empty alternative: mend the lexicon")
        regex, count = _either(options, count)
        written.append(regex)
        if all(_anchor(option) for option in options):
            needs.append(frozenset(_anchor(option) for option in options))
    if not needs:
        raise RuleBookError(f"the pattern {text!r} has no word to look for: add one")
    # Long words are rare words: two sets of them keep nearly every pattern from being tried.
    needs.sort(key=lambda words: (-min(map(len, words)), len(words)))
    return Pattern(text, re.compile("".join(written) + "(?= )"), tuple(needs[:_NEEDS_MAX]))


def literal_words(text: str, lists: Lists) -> Iterator[str]:
    """Every word a pattern names; one that ends in `*` is a beginning."""
    for segment in _GAP.split(text.strip())[::2]:
        for option in _options(segment, lists):
            yield from (word for word in option.split() if word.rstrip("*").isalpha())


def number_of(token: str) -> float:
    """The value of a number in digits or as a word."""
    return NUMBER_WORDS[token] if token in NUMBER_WORDS else float(token)


def _options(segment: str, lists: Lists) -> Iterator[str]:
    for option in segment.split("|"):
        match = re.search(r"<(\w+)>", option)
        if match is None:
            yield option.strip()
        elif match[1] not in lists:
            raise RuleBookError(f"the lexicon has no word list <{match[1]}>: add it to `words`")
        else:
            # A list may stand inside a longer alternative: `i <faint>`.
            for word in lists[match[1]]:
                yield from _options(option.replace(match[0], word, 1), lists)


def _either(options: list[str], count: int) -> tuple[str, int]:
    """Any of the options, each with a space before its words, and how many numbers are named."""
    written: list[str] = []
    for option in options:
        regex = ""
        for word in option.split():
            if word in {"#", "#bare", "#/#"}:
                count += 1
                regex += rf" (?P<n{count}>{_NUMBER})"
                if word == "#bare":
                    regex += _BARE
                if word == "#/#":
                    count += 1
                    regex = regex.replace(_NUMBER, r"\d+(?:\.\d+)?") + rf"/(?P<n{count}>\d+)"
            elif word in _ENDS:
                regex += _ENDS[word]
            else:
                regex += " " + _PARTS.get(word, re.escape(word).replace(r"\*", r"\w*"))
        written.append(regex)
    return (written[0] if len(written) == 1 else f"(?:{'|'.join(written)})"), count


def _anchor(option: str) -> str:
    """The most telling word of an alternative, or nothing where it has only numbers."""
    words = [word for word in option.split() if re.fullmatch(r"[a-z][a-z0-9]*\*?", word)]
    return max(words, key=len, default="")
