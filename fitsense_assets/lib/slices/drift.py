"""How far a distribution has moved from one release to the next, beside what chance alone does.

Two samples of one population differ as well. So each figure stands next to a baseline: the rows
of both releases are shuffled and dealt again into parts of the same sizes, many times, with a
fixed seed, and the figure of each deal is taken. A person asks several times about the same body,
so what is dealt are people, not their queries.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from fitsense_training.domain.errors import BadInput

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
DEALS = 400
BASELINE_SHARE = 0.95
# Half a row is added to each bin, so that an empty one does not make the figure infinite.
SMOOTHING = 0.5
_HISTOGRAM = ("population", "dimension", "slice_value", "variable")


@dataclass(frozen=True)
class Shift:
    """One variable of one population, or of a slice of it, in two releases.

    `psi` is the population stability index, `js` the Jensen-Shannon divergence in bits (0 to 1).
    A baseline is what 95 % of the deals stay below, `psi_chance` their mean; `p_value` says how
    often chance alone gives a `psi` this large, counted in the deals. `tail_p` says the same where
    no deal comes near, by the gamma distribution that has the deals' mean and variance.
    `rows_a_person` is how many rows hang together.
    """

    population: str
    variable: str
    count_before: int
    count_after: int
    psi: float
    psi_baseline: float
    js: float
    js_baseline: float
    p_value: float
    rows_a_person: float = 1.0
    slice_name: str = "all"
    psi_chance: float = 0.0
    tail_p: float = 1.0

    @property
    def count_people(self) -> int:
        """About how many people the smaller side speaks of."""
        return round(min(self.count_before, self.count_after) / self.rows_a_person)


def psi(before: Counts, after: Counts) -> Values:
    """The population stability index of counts over the same bins, along the last axis.

    By custom below 0.1 is stable, and above 0.25 is another population.
    """
    p, q = _shares(before), _shares(after)
    return np.sum((q - p) * np.log(q / p), axis=-1)


def jensen_shannon(before: Counts, after: Counts) -> Values:
    """The Jensen-Shannon divergence in bits, along the last axis: 0 equal, 1 nothing in common."""
    p, q = _plain_shares(before), _plain_shares(after)
    middle = (p + q) / 2
    return (_divergence(p, middle) + _divergence(q, middle)) / 2


@dataclass(frozen=True)
class Bins:
    """The rows of one variable in the same bins, in two releases."""

    population: str
    variable: str
    before: Counts
    after: Counts
    rows_a_person: float = 1.0
    slice_name: str = "all"

    @property
    def count_people(self) -> int:
        """About how many people the smaller side speaks of."""
        return round(min(int(self.before.sum()), int(self.after.sum())) / self.rows_a_person)


def shift_of(bins: Bins, seed: int) -> Shift:
    """The shift of one variable, beside what dealing the people again gives."""
    before, after = bins.before, bins.after
    if not before.sum() or not after.sum():
        raise BadInput(f"{bins.variable} of {bins.population} has no rows in one of the releases")
    found, dealt_psi, dealt_js = float(psi(before, after)), *_dealt(bins, seed)
    return Shift(
        population=bins.population,
        variable=bins.variable,
        count_before=int(before.sum()),
        count_after=int(after.sum()),
        psi=round(found, 6),
        psi_baseline=round(float(np.quantile(dealt_psi, BASELINE_SHARE)), 6),
        js=round(float(jensen_shannon(before, after)), 6),
        js_baseline=round(float(np.quantile(dealt_js, BASELINE_SHARE)), 6),
        # The release itself counts as one deal, so that no p is 0.
        p_value=round((1 + int(np.sum(dealt_psi >= found))) / (1 + DEALS), 6),
        rows_a_person=bins.rows_a_person,
        slice_name=bins.slice_name,
        psi_chance=round(float(np.mean(dealt_psi)), 6),
        tail_p=_tail(dealt_psi, found),
    )


def _tail(dealt: Values, found: float) -> float:
    from scipy.special import gammaincc

    mean, variance = float(np.mean(dealt)), float(np.var(dealt))
    if not variance:
        return 1.0
    return float(f"{gammaincc(mean**2 / variance, found * mean / variance):.3g}")


def _dealt(bins: Bins, seed: int) -> tuple[Values, Values]:
    """Both figures of every deal."""
    name = f"{bins.population} {bins.variable}"
    name = name if bins.slice_name == "all" else f"{name} {bins.slice_name}"
    rng = np.random.default_rng([seed, _number(name)])
    # Rounded up, so that a bin that is there stays there.
    people = [
        np.ceil(side / bins.rows_a_person).astype(np.int64) for side in (bins.before, bins.after)
    ]
    pooled = people[0] + people[1]
    size = int(people[1].sum())
    after = rng.multivariate_hypergeometric(pooled, size, DEALS, method="marginals")
    return psi(pooled - after, after), jensen_shannon(pooled - after, after)


def shifts(before: pl.DataFrame, after: pl.DataFrame, seed: int, minimum_n: int = 1) -> list[Shift]:
    """Every variable that both releases have, from their `slice_distributions`.

    Slices of fewer than `minimum_n` people in one of them are left out.
    """
    return [
        shift_of(bins, seed)
        for bins in _paired(_with_slices(before), _with_slices(after))
        if bins.slice_name == "all" or bins.count_people >= minimum_n
    ]


def rows_a_person(distributions: pl.DataFrame) -> float:
    """How often a person of a release asks; at least 1."""
    whole = _with_slices(distributions).filter(pl.col("dimension") == "all")
    totals = whole.group_by("population", "variable").agg(pl.col("count_rows").sum())
    rows = dict(totals.group_by("population").agg(pl.col("count_rows").max()).iter_rows())
    people, asked = rows.get("people", 0), rows.get("asked", 0)
    return max(1.0, asked / people) if people else 1.0


def _paired(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[Bins]:
    keys = [*_HISTOGRAM, "bin_label"]
    both = (
        before.select(*keys, before="count_rows")
        .join(after.select(*keys, after="count_rows"), on=keys, how="full", coalesce=True)
        .fill_null(0)
        .sort(keys)
    )
    often = max(rows_a_person(before), rows_a_person(after))
    for key, rows in both.group_by(_HISTOGRAM, maintain_order=True):
        population, dimension, value, variable = (str(part) for part in key)
        old, new = rows["before"].to_numpy(), rows["after"].to_numpy()
        if old.sum() and new.sum():
            size = 1.0 if population == "people" else often
            slice_name = "all" if dimension == "all" else f"{dimension}={value}"
            yield Bins(population, variable, old, new, size, slice_name)


def _with_slices(distributions: pl.DataFrame) -> pl.DataFrame:
    """Distributions of releases from before they were sliced speak of everybody."""
    missing = [name for name in ("dimension", "slice_value") if name not in distributions.columns]
    return distributions.with_columns(pl.lit("all").alias(name) for name in missing)


def _shares(counts: Counts) -> Values:
    padded = counts + SMOOTHING
    return padded / padded.sum(axis=-1, keepdims=True)


def _plain_shares(counts: Counts) -> Values:
    return counts / counts.sum(axis=-1, keepdims=True)


def _divergence(p: Values, q: Values) -> Values:
    """The Kullback-Leibler divergence in bits; bins that p lacks add nothing."""
    ratio = np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0)
    return np.sum(p * np.log(ratio), axis=-1) / math.log(2)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
