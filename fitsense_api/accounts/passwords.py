"""Passwords: argon2id with 19 MiB, two passes, one lane (OWASP), and few at once.

A hash takes tens of milliseconds and 19 MiB: without the bound a burst of log-ins would take the
memory of the machine. It runs in a thread, never on the event loop.
"""

import asyncio
import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_ROWS = "0123456789 9876543210 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz"
_FIRST_TRIED = {
    "password", "passwort", "letmein", "welcome", "iloveyou", "monkey", "dragon", "football",
    "baseball", "sunshine", "princess", "superman", "batman", "trustno", "changeme", "secret",
    "admin", "administrator", "login", "fitsense", "fitness", "workout",
}  # fmt: skip


def is_guessable(password: str, email: str) -> bool:
    """Whether a password is of those tried first: a word, a keyboard row, a repeat, the e-mail.

    Digits and signs around a word do not hide it. A short rule of our own, no breach list.
    """
    word = re.sub(r"[^a-z]", "", password.lower())
    is_row = any(part in row for row in _ROWS.split() for part in (password.lower(), word) if part)
    is_word = word in _FIRST_TRIED or word == re.sub(r"[^a-z]", "", email.lower().split("@")[0])
    return is_row or len(set(password)) <= 2 or (is_word and bool(word))


class Passwords:
    """Makes and checks hashes, `at_once` at a time."""

    def __init__(self, at_once: int) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._places = asyncio.Semaphore(at_once)
        # Checked where there is no such person, so that it takes as long as where there is one.
        self._nobodys = self._hasher.hash("nobody has this password")

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
