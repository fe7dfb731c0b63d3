"""Chance that repeats: named streams of one cohort, and whole columns drawn at once."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fitsense_assets.lib.cohort.spec import CohortSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Name = TypeVar("Name", bound=str)

_MIX_1, _MIX_2, _GOLDEN = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15


def stable_hash(*parts: object) -> int:
    """64 bits that are the same for the same words on every machine and version."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def short_hash(*parts: object) -> str:
    """Twelve letters and digits that are the same for the same words."""
    return f"{stable_hash(*parts):016x}"[:12]


def stream(spec: CohortSpec, *names: object) -> np.random.Generator:
    """The random stream of this name; streams of other names do not move when it is used."""
    return np.random.Generator(np.random.PCG64(stable_hash(spec.key, spec.config.seed, *names)))


def hashed_shares(salt: str, numbers: Ints) -> Floats:
    """A fixed number in [0, 1) for each (salt, number), whoever asks and in what order."""
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(stable_hash(salt))
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX_1)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX_2)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pick(rng: np.random.Generator, shares: Floats, count: int) -> Ints:
    """`count` positions drawn by one set of shares."""
    edges = np.cumsum(shares)
    return np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(shares) - 1)


def pick_each(rng: np.random.Generator, table: Floats, rows: Ints) -> Ints:
    """One position for each entry of `rows`, drawn by that row of the table of shares."""
    edges = np.cumsum(table, axis=1)[rows]
    found = (edges <= rng.random(len(rows))[:, None]).sum(axis=1)
    return np.minimum(found, table.shape[1] - 1)


def lean_each(
    rng: np.random.Generator, table: Floats, rows: Ints, deviations: Floats, lean: float
) -> Ints:
    """The same, where positions lean by a correlation on deviations of a normal distribution.

    The shares of a row stay, whatever they lean on.
    """
    own = rng.standard_normal(len(rows))
    stirred = lean * deviations + (1 - lean**2) ** 0.5 * own
    edges = np.vectorize(deviation_of, otypes=[np.float64])(np.cumsum(table, axis=1))[rows]
    return np.minimum((edges <= stirred[:, None]).sum(axis=1), table.shape[1] - 1)


def deviation_of(share: float) -> float:
    """The deviation that this share of a normal distribution is below."""
    if not 0 < share < 1:
        return math.copysign(math.inf, share - 0.5)
    return NormalDist().inv_cdf(share)


def rank_by_weight(rng: np.random.Generator, weights: Floats) -> Ints:
    """Per row, the positions in the order of a draw without replacement by weight."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=weights.shape)
    return np.argsort(-keys, axis=1, kind="stable")


def shares_of(shares: Mapping[Name, float], order: Sequence[Name]) -> Floats:
    """Shares as an array in the given order; what is not named gets none."""
    return np.array([shares.get(name, 0.0) for name in order])
