"""Bootstrap intervals of means, by whoever the rows belong to.

One person asks several times, and their rows rise and fall together: people are drawn again, not
rows. Percentiles of the drawn means are the interval. numpy is imported here, so the service is
not to import this module.
"""

from collections.abc import Sequence

import numpy as np

from fitsense_training.domain.errors import BadInput
from fitsense_training.intervals import CONFIDENCE, Interval

DRAWS = 1000


def bootstrap_mean(
    values: Sequence[float],
    owners: Sequence[str] | None = None,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The percentile interval of a mean; (0, 1) where there is no value.

    Raises:
        BadInput: values and owners are not of one length.
    """
    if not values:
        return Interval(0.0, 1.0)
    if owners is not None and len(owners) != len(values):
        raise BadInput("a bootstrap needs one owner for each value")
    totals, counts = _by_owner(values, owners)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(totals), np.full(len(totals), 1 / len(totals)), size=DRAWS)
    means = (drawn @ totals) / (drawn @ counts)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _by_owner(
    values: Sequence[float], owners: Sequence[str] | None
) -> "tuple[np.ndarray, np.ndarray]":
    """The sum and number of the values of each owner, in the order of first appearance."""
    if owners is None:
        return np.asarray(values, dtype=np.float64), np.ones(len(values))
    places = {owner: place for place, owner in enumerate(dict.fromkeys(owners))}
    index = np.array([places[owner] for owner in owners])
    totals = np.bincount(index, weights=np.asarray(values, dtype=np.float64))
    return totals, np.bincount(index).astype(np.float64)
