"""Two shares side by side: the interval of their difference, and how likely chance alone is."""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from fitsense_training.intervals import wilson


def newcombe(ours: tuple[int, int], theirs: tuple[int, int]) -> tuple[float, float]:
    """The interval of a difference of two independent shares, from their Wilson intervals.

    Each side is (count, n). Without cases on a side it is (-1, 1).
    """
    if not ours[1] or not theirs[1]:
        return -1.0, 1.0
    a, b = ours[0] / ours[1], theirs[0] / theirs[1]
    own, other = wilson(*ours), wilson(*theirs)
    return (
        a - b - math.hypot(a - own.low, other.high - b),
        a - b + math.hypot(own.high - a, b - other.low),
    )


def fisher_p(ours: tuple[int, int], theirs: tuple[int, int]) -> float:
    """Fisher's exact two-sided p that both sides, each (count, n), have the same share."""
    (count, n), (rest_count, rest_n) = ours, theirs
    if 2 * (count + rest_count) > n + rest_n:
        # The p of the failures is the same, and there are fewer ways to deal them.
        count, rest_count = n - count, rest_n - rest_count
    logs, whole = _log_factorials(n + rest_n), count + rest_count
    cases = np.arange(max(0, whole - rest_n), min(whole, n) + 1)
    # How likely each split of the successes is, up to what is the same for all.
    chances = -logs[cases] - logs[n - cases] - logs[whole - cases] - logs[rest_n - whole + cases]
    chances = np.exp(chances - chances.max())
    is_as_rare = chances <= chances[count - cases[0]] * (1 + 1e-7)
    return float(min(1.0, chances[is_as_rare].sum() / chances.sum()))


@lru_cache(maxsize=4)
def _log_factorials(most: int) -> npt.NDArray[np.float64]:
    return np.concatenate([np.zeros(1), np.cumsum(np.log(np.arange(1, most + 1)))])


def normal_p(value: float, deviation: float) -> float:
    """The two-sided p of a value whose standard error is known; 1 where nothing varies."""
    return 2 * NormalDist().cdf(-abs(value) / deviation) if deviation > 0 else 1.0
