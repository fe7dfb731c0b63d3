"""Dice: one person's share of a table of random numbers, used up from left to right."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from fitsense_assets.lib.cohort.chance import Floats

T = TypeVar("T")


def picked(options: Sequence[T], share: float) -> T:
    """The option at this share of the way, in [0, 1)."""
    return options[int(share * len(options))]


class Dice:
    """Draws for one person; how many one question uses never moves another person's."""

    def __init__(self, numbers: Floats) -> None:
        """Draw from these numbers in [0, 1), again from the first when all are used."""
        self._numbers: list[float] = numbers.tolist()
        self._next = 0

    def share(self) -> float:
        """The next number in [0, 1)."""
        number = self._numbers[self._next % len(self._numbers)]
        self._next += 1
        return number

    def happens(self, share: float) -> bool:
        """Whether something of this chance happens."""
        return self.share() < share

    def one_of(self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return picked(options, self.share())

    def by_weight(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by weight."""
        left = self.share() * sum(weights.values())
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        *_, last = weights  # the last one takes what rounding leaves over
        return last
