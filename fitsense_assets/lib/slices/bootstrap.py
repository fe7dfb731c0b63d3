"""Bootstrap intervals for slices, drawn by person, because one person's answers hang together.

Fairlearn's `MetricFrame` can bootstrap too, but it draws row by row, as if each answer came from
somebody else, and it computes every group anew in each deal (about 0.1 CPU-s a deal and dimension,
half an hour for all pairs). Here people are dealt into hands, the counts of each hand are added up
once, and a deal is one row of a matrix product. With one answer a person both agree; a test says
so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from fitsense_assets.lib.slices.measures import COUNTS, Keys, Measure, counts, weighted_counts

Values = npt.NDArray[np.float64]
Side = tuple[int, int]
DEALS = 400
# With fewer people each has a hand; with more, people who share one are drawn together, which
# leaves the variance what it is and the work bounded.
HANDS = 1_000
_PLACES = {name: place for place, name in enumerate(COUNTS)}


@dataclass(frozen=True)
class Fares:
    """How the groups of one set of slices fare: counts, weighted counts, and counts of each deal.

    `counts` and `weighted` are groups x columns, `dealt` is deals x groups x columns; `rest_dealt`
    is everybody of a deal less the group.
    """

    keys: Keys
    names: tuple[tuple[str, ...], ...]
    counts: Values
    weighted: Values
    dealt: Values
    rest_dealt: Values


def with_hands(answers: pl.DataFrame) -> pl.DataFrame:
    """The answers with the hand of the person who asked, the same for all answers of a person."""
    return answers.with_columns(hand=(pl.col("user_id").rank("dense") - 1) % HANDS)


def draw(answers: pl.DataFrame, seed: int) -> Values:
    """How often each hand is in each deal: deals x hands."""
    hands = int(answers["hand"].max()) + 1  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    return rng.multinomial(hands, np.full(hands, 1 / hands), DEALS).astype(np.float64)


def fares_of(answers: pl.DataFrame, keys: Sequence[str], deals: Values) -> Fares:
    """Count the groups of one set of slices, as they are and in every deal."""
    cells, whole = counts(answers, [*keys, "hand"]), counts(answers, ["hand"])
    groups = counts(answers, keys)
    number = groups.select(*keys).with_row_index("group")
    placed = cells.join(number, on=list(keys), how="left")
    spread = np.zeros((deals.shape[1], groups.height, len(COUNTS)))
    spread[placed["hand"].to_numpy(), placed["group"].to_numpy()] = _columns(cells)
    # Whole numbers are added, so the order of the additions does not matter to a bit.
    dealt = (deals @ spread.reshape(deals.shape[1], -1)).reshape(len(deals), *spread.shape[1:])
    everybody = deals @ _columns(whole)
    return Fares(
        keys=tuple(keys),
        names=tuple(groups.select(*keys).rows()),
        counts=_columns(groups),
        weighted=_columns(weighted_counts(answers, keys)),
        dealt=dealt,
        rest_dealt=everybody[:, None, :] - dealt,
    )


def _columns(frame: pl.DataFrame) -> Values:
    return frame.select(*COUNTS).cast(pl.Float64).to_numpy()


def ratio(columns: Values, measure: Measure) -> Values:
    """A measure of counts along the last axis; nan where there is nothing to measure."""
    part, whole = columns[..., _PLACES[measure.part]], columns[..., _PLACES[measure.whole]]
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def sides(columns: Values, measure: Measure) -> list[Side]:
    """The part and the whole of a measure, group by group."""
    pairs = columns[:, [_PLACES[measure.part], _PLACES[measure.whole]]].astype(np.int64)
    return [(int(part), int(whole)) for part, whole in pairs]


def compared(own: Values, rest: Values, measure: Measure) -> Values:
    """How far a measure lies from that of the rest: a difference of shares, or a part of it."""
    if measure.is_share:
        return own - rest
    return np.divide(own, rest, out=np.full(own.shape, np.nan), where=rest > 0) - 1


def interval(dealt: Values) -> tuple[Values, Values]:
    """The middle 95 % of the deals, along the first axis; nan where no deal says anything."""
    # A deal may leave a small group out; deals that say nothing are set aside.
    masked = np.ma.masked_invalid(dealt)
    known = masked.count(axis=0) > 0
    filled = np.where(known, dealt, 0.0)
    low, high = np.nanquantile(filled, [0.025, 0.975], axis=0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def deviation(dealt: Values) -> Values:
    """The standard error that the deals show; nan where a deal says nothing."""
    return np.std(dealt, axis=0, ddof=1)
