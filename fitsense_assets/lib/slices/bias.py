"""Does a release treat groups alike? All that is compared, and what the policy makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from fitsense_assets.lib.slices.bias_policy import BiasPolicy, load_bias_policy
from fitsense_assets.lib.slices.disparities import Disparity, compare_slices
from fitsense_assets.lib.slices.gaps import Gap, gaps
from fitsense_assets.lib.slices.measures import DIMENSIONS, MEASURES, counts, weighted_counts
from fitsense_assets.lib.slices.policy import Level
from fitsense_assets.lib.slices.representation import Presence, Representation, representations


@dataclass(frozen=True)
class Overall:
    """One measure of everybody: as drawn, and with people counted as often as they occur."""

    measure: str
    n: int
    value: float
    population_value: float


@dataclass(frozen=True)
class Concern:
    """One thing the policy does not let pass, in words a person reads at once."""

    level: Level
    slice_name: str
    says: str
    n: int
    is_pair: bool
    is_absence: bool = False


@dataclass(frozen=True)
class Bias:
    """All that the report says, before it is put into words."""

    release: str
    policy: BiasPolicy
    overall: tuple[Overall, ...]
    present: tuple[Representation, ...]
    disparities: tuple[Disparity, ...]
    gaps: tuple[Gap, ...]

    @property
    def concerns(self) -> list[Concern]:
        """What the policy does not let pass: what stops the release first, slices before pairs."""
        found = [*_fares(self), *_absences(self)]
        return sorted(found, key=lambda each: (each.level is not Level.BLOCK, each.is_pair))

    @property
    def blocks(self) -> list[Concern]:
        """What stops the release."""
        return [each for each in self.concerns if each.level is Level.BLOCK]


def compare(
    release: str,
    answers: pl.DataFrame,
    slice_counts: pl.DataFrame,
    policy: BiasPolicy | None = None,
    dimensions: Sequence[str] = DIMENSIONS,
) -> Bias:
    """Compare the slices of a release, from its `answers` and its `slice_counts`."""
    rules = policy or load_bias_policy()
    found, sets = compare_slices(answers, rules, dimensions)
    return Bias(
        release=release,
        policy=rules,
        overall=tuple(_overall(answers)),
        present=tuple(representations(slice_counts, rules, _rows_a_person(answers))),
        disparities=tuple(found),
        gaps=tuple(gaps(answers, sets, rules)),
    )


def _rows_a_person(answers: pl.DataFrame) -> float:
    """How many training rows come from one person; 1 where there are none."""
    people = answers.filter(pl.col("split") == "train")["user_id"]
    return len(people) / people.n_unique() if len(people) else 1.0


def _overall(answers: pl.DataFrame) -> Iterator[Overall]:
    everybody = answers.with_columns(everybody=pl.lit("all"))
    drawn = counts(everybody, ["everybody"]).row(0, named=True)
    weighted = weighted_counts(everybody, ["everybody"]).row(0, named=True)
    for name, measure in MEASURES.items():
        shares = [
            row[measure.part] / row[measure.whole] if row[measure.whole] else 0.0
            for row in (drawn, weighted)
        ]
        yield Overall(name, int(drawn[measure.whole]), *shares)


def _fares(bias: Bias) -> Iterator[Concern]:
    for each in bias.disparities:
        if each.level is None:
            continue
        measure = MEASURES[each.measure]
        apart = (each.difference, each.difference_low, each.difference_high)
        yield Concern(
            level=each.level,
            slice_name=each.name,
            says=f"{measure.says}: {measure.shown(each.value)}, everybody else "
            f"{measure.shown(each.rest_value)}; {measure.difference_shown(*apart)}",
            n=each.n,
            is_pair=each.is_pair,
        )


def _absences(bias: Bias) -> Iterator[Concern]:
    for each in bias.present:
        if each.level is None:
            continue
        what = "no training row" if each.presence is Presence.LOST else "too few training rows"
        yield Concern(
            level=each.level,
            slice_name=each.name,
            says=f"{what}: {each.train_share:.2%} [{each.low:.2%}, {each.high:.2%}] of them, "
            f"{each.population_share:.2%} of the population",
            n=each.count_train,
            is_pair=each.is_pair,
            is_absence=True,
        )
