"""The roll of a cohort: who may stand in a table, called up part by part so that memory stays flat.

A table names a person (or a query) in one part only, and nobody who is not on the roll.
"""

from collections.abc import Collection, Iterable


class Roll:
    """Names that are expected, each in one part."""

    def __init__(self, names: Iterable[str]) -> None:
        """Expect these names."""
        self._known = frozenset(names)
        self._waiting = set(self._known)

    def strangers(self, names: Collection[str]) -> list[str]:
        """Which of a part's names are not on the roll."""
        return sorted(set(names) - self._known)

    def call(self, names: Collection[str]) -> list[str]:
        """Cross a part's names off; those that an earlier part had already are given back."""
        found = set(names) & self._known
        again = sorted(found - self._waiting)
        self._waiting -= found
        return again

    @property
    def absent(self) -> list[str]:
        """Who has not been called up so far."""
        return sorted(self._waiting)
