"""Passwords: which nobody may take, and argon2id with 19 MiB, two passes, one lane (OWASP).

A hash takes tens of milliseconds and 19 MiB: without a bound on how many at once, a burst of
log-ins would take the memory of the machine. It runs in a thread, never on the event loop.
"""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from fitsense_api.accounts.first_tried import FIRST_TRIED, WALKS
from fitsense_training.domain.errors import BadInput

_SWAPS: Final = str.maketrans("@401!|35$7+", "aaoiiiesstt")
_LETTERS: Final = re.compile(r"[^a-z]")
_RUNS: Final = re.compile(r"[a-z]+|[0-9]+")
_DATE: Final = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
)
_UNIT_CHARS_MAX: Final = 4


def is_guessable(password: str, email: str = "") -> bool:
    """Whether a password is of those tried first.

    A word everybody takes or the name of the e-mail, whatever digits and signs stand around it or
    in place of its letters; a walk over the keyboard, a date, or a few characters over and over.
    """
    text = password.lower()
    own = {_LETTERS.sub("", part) for part in (email.lower().split("@")[0],)} - {""}
    return _is_pattern(text) or any(word in FIRST_TRIED | own for word in _words(text))


def _words(text: str) -> set[str]:
    """What is left of a password without its ornaments: as it is, and with swaps undone."""
    plain, swapped = _LETTERS.sub("", text), _LETTERS.sub("", text.translate(_SWAPS))
    trimmed = _LETTERS.sub("", text.strip("0123456789!?.,*#_- ").translate(_SWAPS))
    words = {plain, swapped, trimmed, plain[::-1]}
    return {
        word[: len(word) // times] for word in words for times in (1, 2) if _repeats(word, times)
    }


def _repeats(word: str, times: int) -> bool:
    return bool(word) and word[: len(word) // times] * times == word


def _is_pattern(text: str) -> bool:
    runs = _RUNS.findall(text)
    walked = sum(len(run) for run in runs if _is_walk(run))
    others = [run for run in runs if not _is_walk(run)]
    is_walk = _is_walk(text) or (walked * 2 > len(text) and all(len(run) <= 2 for run in others))
    is_date = bool(_DATE.fullmatch(text))
    units = range(1, _UNIT_CHARS_MAX + 1)
    is_repeat = any((text[:size] * len(text)).startswith(text) for size in units)
    return is_walk or is_date or is_repeat or len(set(text)) <= 2


def _is_walk(text: str) -> bool:
    return len(text) >= 3 and any(text in walk for walk in WALKS)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            yield line.rstrip("\r\n").lower()


class Passwords:
    """Makes and checks hashes, `at_once` at a time."""

    def __init__(self, at_once: int, leaked: Path | None = None) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._places = asyncio.Semaphore(at_once)
        # Checked where there is no such person, so that it takes as long as where there is one.
        self._nobodys = self._hasher.hash("nobody has this password")
        self._leaked = frozenset(_lines(leaked)) if leaked else frozenset[str]()

    def refuse_leaked(self, password: str) -> None:
        """Raise BadInput where the password stands in the list of the settings."""
        if password.lower() in self._leaked:
            raise BadInput("this password stands in a list of leaked ones: take another")

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password: str, known: str | None) -> bool:
        """Whether the password has this hash; never where there is none."""
        async with self._places:
            is_same = await asyncio.to_thread(self._verify, known or self._nobodys, password)
        return is_same and known is not None

    def is_outdated(self, known: str) -> bool:
        """Whether the hash was made with other costs than ours."""
        return self._hasher.check_needs_rehash(known)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
