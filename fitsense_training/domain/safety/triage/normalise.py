"""What people type, made plain: one spelling of a word, one space, no tricks of the eye.

Case, width, accents, look-alike letters, invisible characters, spaced-out or leet letters and slips
of the finger all end up as the same words, so that a pattern is written once.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

STOPS = frozenset({".", "?"})

# Letters of other alphabets that look like ours; marks and widths are undone by Unicode itself.
# Cyrillic, then Greek, then single letters of Turkish, Polish, Danish and Croatian.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0432\u0441\u0435\u043d\u0456\u0458\u043a\u043c\u043e\u0440\u0455\u0442\u0443\u0445"
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9"
    "\u0131\u0142\u00f8\u0111",
    "abcehijkmopstyxabenikvoptuxwilod",
)
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Co", "Cs"})
_LEET = str.maketrans("013457@$!|", "oieastasil")
_APOSTROPHES = re.compile("['`´‘’ʼ]")  # noqa: RUF001
_DIGIT = re.compile(r"\d")
_DIGIT_GROUPS = re.compile(r",(?<=\d,)(?=\d{3}\b)")
_DECIMAL_COMMA = re.compile(r",(?<=\d,)(?=\d)")
_OVER = re.compile(r"\b(\d{2,3}) ?over ?(?=\d{2,3}\b)")
_OUT_OF = re.compile(r"\b(\d{1,2}(?:\.\d)?) ?out of ?(?=10\b|ten\b)")
_LESS_THAN = re.compile(r"<(?= ?\d)")
_BROKEN_LINE = re.compile(r"\n\s*\n|\n\s*[-*•]")
_DOT_INSIDE = re.compile(r"(?<=[a-z])\.(?=[a-z])")
_SPELLED = re.compile(r"(?<![a-z0-9])[a-z](?:[ .\-_*|/][a-z]){2,}(?![a-z0-9])")
_TOKEN = re.compile(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?|[a-z](?:[a-z0-9@$!|]*[a-z0-9])?|[.?!;,:]")
_MARKS = {".": ".", "?": "?", "!": ".", ";": ".", ",": ",", ":": ","}
_THRICE = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True)
class Words:
    """Normalised words; `text` has one space around each, and `.` or `?` ends a sentence."""

    tokens: tuple[str, ...]

    @functools.cached_property
    def text(self) -> str:
        """The words with a space before, between and after them."""
        return self.part(0, len(self.tokens))

    @property
    def has_number(self) -> bool:
        """Whether a number stands in it, in digits."""
        return any(token[0].isdigit() for token in self.tokens)

    def part(self, start: int, end: int) -> str:
        """The words from one place up to another, spaced like `text`."""
        return f" {' '.join(self.tokens[start:end])} " if end > start else " "

    def place(self, offset: int) -> int:
        """The place of the word that begins right after this offset of `text`."""
        return self.text.count(" ", 0, offset + 1) - 1


class Spelling:
    """What a word may be read as. Pure once built; results are remembered."""

    def __init__(
        self,
        known: frozenset[str],
        mend: frozenset[str],
        not_typos: frozenset[str],
        rewrites: Mapping[str, str],
        compounds: tuple[str, ...],
    ) -> None:
        """Build what `read` looks up.

        `known` words are left alone, and so is what begins with one that ends in `*`; `mend`
        words are read through one slip of the finger.
        """
        self._known = frozenset(w for w in known if w.isalpha()) | mend | _SMALL_WORDS
        self._begins = tuple(w.rstrip("*") for w in known if w.endswith("*"))
        self._left_alone = not_typos
        self._mend: dict[str, list[str]] = {}
        for word in sorted(mend):
            self._mend.setdefault(word[0], []).append(word)
        self._rewrites = {key: tuple(value.split()) for key, value in rewrites.items()}
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for phrase in sorted((*rewrites, *compounds), key=len, reverse=True):
            parts = tuple(phrase.split())
            if len(parts) > 1:
                read_as = self._rewrites.get(phrase, ("".join(parts),))
                self._phrases.setdefault(parts[0], []).append((parts, read_as))
        self.read = functools.lru_cache(maxsize=16_384)(self._read)

    def _read(self, token: str) -> tuple[str, ...]:
        """The words a single token stands for."""
        if token in self._rewrites:
            return self._rewrites[token]
        if token in self._known or len(token) < 3:
            return (token,)
        for spelled in _spellings(token):
            if spelled in self._known:
                return (spelled,)
            if spelled in self._rewrites:
                return self._rewrites[spelled]
        return (self._mended(_THRICE.sub(r"\1\1", token)),)

    def _mended(self, token: str) -> str:
        if token in self._left_alone or len(token) < 4 or token.startswith(self._begins):
            return token
        close = (word for word in self._mend.get(token[0], ()) if _is_one_slip(token, word))
        return next(close, token)

    def joined(self, letters: str) -> str:
        """Letters that were spelled out one by one, as the words they make."""
        if letters in self._known or len(letters) == 3:
            return letters if letters in self._known else " ".join(letters)
        return " ".join(self._split(letters)) or letters

    def _split(self, letters: str) -> list[str]:
        """Known words that make up all the letters, long ones first; empty when there are none."""
        if not letters:
            return []
        for size in range(len(letters), 0, -1):
            if letters[:size] in self._known:
                rest = self._split(letters[size:])
                if rest or size == len(letters):
                    return [letters[:size], *rest]
        return []

    def phrased(self, tokens: list[str]) -> Iterator[str]:
        """The tokens with compounds joined and phrases of several words rewritten."""
        skip = 0
        for place, token in enumerate(tokens):
            if skip:
                skip -= 1
                continue
            for parts, read_as in self._phrases.get(token, ()):
                if tuple(tokens[place : place + len(parts)]) == parts:
                    yield from read_as
                    skip = len(parts) - 1
                    break
            else:
                yield token


_SMALL_WORDS = frozenset(
    {"i", "a", "my", "me", "the", "in", "is", "to", "and", "of", "on", "at", "it", "am", "im"}
    | {"have", "want", "right", "now", "since", "dont", "not", "no"}
)


def fold(text: str) -> str:
    """Lower case, one width, no accents, no invisible characters; punctuation stays."""
    if text.isascii():
        return text.lower()
    return _visible(text).translate(_LOOK_ALIKE)


def _visible(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE)


def words_of(text: str, spelling: Spelling) -> Words:
    """The words of a text."""
    plain = _APOSTROPHES.sub("", fold(text))
    if "\n" in plain:
        plain = _BROKEN_LINE.sub(" . ", plain)
    plain = " ".join(plain.split())
    if _DIGIT.search(plain):
        plain = _numbers_joined(plain)
    plain = plain.replace("&", " and ").replace("%", " percent ")
    plain = _SPELLED.sub(lambda found: spelling.joined(re.sub(r"[^a-z]", "", found[0])), plain)
    plain = _DOT_INSIDE.sub(" ", plain)
    read = [word for token in _tokens(plain) for word in spelling.read(token)]
    return Words(tuple(spelling.phrased(read)))


def _numbers_joined(plain: str) -> str:
    """Numbers as one token each: `1,200` as 1200, `7 out of 10` as 7/10."""
    plain = _DECIMAL_COMMA.sub(".", _DIGIT_GROUPS.sub("", plain))
    if "over" in plain:
        plain = _OVER.sub(r"\1/", plain)
    if "out of" in plain:
        plain = _OUT_OF.sub(r"\1/", plain).replace("/ten", "/10")
    return _LESS_THAN.sub(" under ", plain)


def _tokens(plain: str) -> Iterator[str]:
    """Words, numbers and marks; a row of marks is one, a stop before anything else."""
    was_mark = True
    for token in _TOKEN.findall(plain):
        is_mark = token in _MARKS
        if not is_mark:
            yield token
        elif not was_mark:
            yield _MARKS[token]
        was_mark = is_mark


def is_foreign(text: str) -> bool:
    """Whether most letters are of another script, so that nothing here can read it."""
    if text.isascii():
        return False
    letters = [c for c in _visible(text) if c.isalpha()]
    return len(letters) >= 8 and sum(c.isascii() for c in letters) * 2 < len(letters)


def _spellings(token: str) -> Iterator[str]:
    """Other readings of a token: leet letters undone, drawn-out letters shortened."""
    plain = token if token.isalpha() or token[0].isdigit() else token.translate(_LEET)
    if plain != token:
        yield plain
    if _THRICE.search(plain):
        yield _THRICE.sub(r"\1", plain)
        yield _THRICE.sub(r"\1\1", plain)


def _is_one_slip(token: str, word: str) -> bool:
    """Whether one letter is wrong, missing, too many, or two neighbours are swapped."""
    if abs(len(token) - len(word)) > 1 or token == word:
        return False
    start = 0
    while start < min(len(token), len(word)) and token[start] == word[start]:
        start += 1
    left, right = token[start:], word[start:]
    if len(left) == len(right):
        swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
        return left[1:] == right[1:] or swapped
    return left[1:] == right if len(left) > len(right) else left == right[1:]
