"""Intervals for shares, and tests for pairs: Wilson to show, Clopper-Pearson to decide.

All from the binomial in plain floats, so the service can import it; never the Wald interval,
which calls 0 of 50 a certainty.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from fitsense_training.domain.errors import BadInput

CONFIDENCE = 0.95
_BISECTIONS = 60


@dataclass(frozen=True)
class Interval:
    """A closed interval of shares or of differences of shares."""

    low: float
    high: float


@dataclass(frozen=True)
class PairedDifference:
    """How one system differs from another on the same `n` cases: share of wins less losses."""

    n: int
    count_gained: int
    count_lost: int
    difference: float
    low: float
    high: float
    p_value: float


def wilson(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of a share; (0, 1) when there are no cases."""
    _check(count, n)
    if n == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = count / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == n else (centre + spread) / scale
    return Interval(max(0.0, low), min(1.0, high))


def clopper_pearson(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact two-sided interval of a share; (0, 1) when there are no cases."""
    _check(count, n)
    if n == 0:
        return Interval(0.0, 1.0)
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _root(lambda p: 1 - _at_most(count - 1, n, p) < tail)
    high = 1.0 if count == n else _root(lambda p: _at_most(count, n, p) > tail)
    return Interval(low, high)


def mcnemar_p(count_gained: int, count_lost: int) -> float:
    """Exact two-sided p that gains and losses among the pairs that differ are a fair coin's."""
    n = count_gained + count_lost
    if n == 0:
        return 1.0
    return min(1.0, 2 * _at_most(min(count_gained, count_lost), n, 0.5))


def paired_difference(
    ours: list[bool], theirs: list[bool], confidence: float = CONFIDENCE
) -> PairedDifference:
    """Ours less theirs on the same cases, with the Agresti-Min interval.

    Half a case is added to each cell of the table, so that no difference at all in a few cases
    is not taken for a proof of equality.
    """
    if len(ours) != len(theirs):
        raise BadInput("paired systems must have been scored on the same cases")
    n = len(ours)
    gained = sum(a and not b for a, b in zip(ours, theirs, strict=True))
    lost = sum(b and not a for a, b in zip(ours, theirs, strict=True))
    if n == 0:
        return PairedDifference(0, 0, 0, 0.0, -1.0, 1.0, 1.0)
    padded = n + 2
    centre = (gained - lost) / padded
    variance = ((gained + lost + 1) - (gained - lost) ** 2 / padded) / padded**2
    spread = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance)
    low, high = max(-1.0, centre - spread), min(1.0, centre + spread)
    return PairedDifference(
        n, gained, lost, (gained - lost) / n, low, high, mcnemar_p(gained, lost)
    )


def _check(count: int, n: int) -> None:
    if not 0 <= count <= n:
        raise BadInput(f"{count} of {n} is no share: the count lies between 0 and n")


def _at_most(count: int, n: int, share: float) -> float:
    """Probability of at most `count` successes in `n` trials."""
    if share <= 0 or count >= n:
        return 1.0
    if share >= 1:
        return 0.0
    log_share, log_rest = math.log(share), math.log1p(-share)
    terms = (
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        + k * log_share + (n - k) * log_rest
        for k in range(count + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _root(is_below: Callable[[float], bool]) -> float:
    """Where a condition that holds for small shares stops holding."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def holm(p_values: Sequence[float], level: float) -> list[bool]:
    """Which of several tests hold at a level that counts how many were made."""
    proven = [False] * len(p_values)
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(order):
        if p_values[index] > level / (len(p_values) - rank):
            break
        proven[index] = True
    return proven
