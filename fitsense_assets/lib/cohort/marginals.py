"""Whether a cohort looks like its recipe: shares that were configured against shares that came.

Rare slices are drawn more often than they occur, so shares are weighted back to the population.
What a share may be off by follows from how many people it is a share of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.bodies import Bodies
from fitsense_assets.lib.cohort.chance import Floats
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.habits import GOALS, WEEKDAYS, goal_weights, weekday_shares
from fitsense_assets.lib.cohort.health import CONDITIONS, condition_shares, may_expect
from fitsense_assets.lib.cohort.person_config import Health, Training
from fitsense_training.domain.vocabulary import AgeBand, Condition

MARGINAL_COLUMNS = [
    "weight",
    "split",
    "age",
    "sex",
    "age_band",
    "activity_level",
    "experience_level",
    "session_minutes",
    "goals",
    "weekdays",
    "equipment",
    "excluded_exercises",
    "height_cm",
    "weight_kg",
    "conditions",
    "condition_severities",
    "has_symptoms",
    "medications",
    "allergies",
]
# About one false alarm in ten thousand shares.
DEVIATIONS = 4.0


@dataclass(frozen=True)
class Marginal:
    """One configured share beside the one that was found among `count` people."""

    group: str
    value: str
    expected: float
    found: float
    count: float

    @property
    def tolerance(self) -> float:
        """How far a share of so many people may be off by chance."""
        spread = (self.expected * (1 - self.expected) / self.count) ** 0.5
        return DEVIATIONS * spread + 1 / self.count

    @property
    def is_off(self) -> bool:
        """Whether chance does not explain the difference."""
        return abs(self.found - self.expected) > self.tolerance


def marginals(rules: CohortConfig, profiles: pl.DataFrame) -> Iterator[Marginal]:
    """Every configured share that can be read off the profiles."""
    population, training = rules.population, rules.training
    rows = population.age.rows
    row_of = {age: f"{low}-{high}" for low, high, _ in rows for age in range(low, high + 1)}
    ages = {f"{low}-{high}": share for low, high, share in rows}
    age_row = pl.col("age").replace_strict(row_of, default=None, return_dtype=pl.String)
    yield from _shares("age", profiles, age_row, ages)
    yield from _shares("sex", profiles, pl.col("sex"), population.sex.shares)
    yield from _shares("minutes", profiles, pl.col("session_minutes"), training.minutes.shares)
    yield from _shares(
        "goals held", profiles, pl.col("goals").list.len(), training.goal_count.shares
    )
    for band, shares in training.activity.shares.items():
        group = profiles.filter(pl.col("age_band") == band)
        yield from _shares(f"activity at {band}", group, pl.col("activity_level"), shares)
    adults = profiles.filter(pl.col("age_band") != AgeBand.MINOR)  # minors are never advanced
    for activity, shares in training.level.shares.items():
        group = adults.filter(pl.col("activity_level") == activity)
        yield from _shares(f"level if {activity}", group, pl.col("experience_level"), shares)
    for level, shares in training.days.shares.items():
        group = profiles.filter(pl.col("experience_level") == level)
        yield from _shares(f"days if {level}", group, pl.col("weekdays").list.len(), shares)
    for level, shares in training.equipment.shares.items():
        group = profiles.filter(pl.col("experience_level") == level)
        owned = {",".join(sorted(training.equipment.sets[name])): s for name, s in shares.items()}
        yield from _shares(
            f"equipment if {level}", group, pl.col("equipment").list.join(","), owned
        )
    yield from _wishes(training, profiles)
    yield from _health(rules.health, profiles)
    yield from _split(rules, profiles)


def _wishes(training: Training, profiles: pl.DataFrame) -> Iterator[Marginal]:
    """The first goal, the days that are liked, and who leaves exercises out."""
    weights = goal_weights(training.goal, Bodies.of(profiles))
    chances = weights / weights.sum(axis=1, keepdims=True)
    goals = dict(zip(GOALS, _means(profiles, chances), strict=True))
    yield from _shares("first goal", profiles, pl.col("goals").list.first(), goals)
    for level in training.days.shares:
        group = profiles.filter(pl.col("experience_level") == level)
        days = dict(zip(WEEKDAYS, weekday_shares(training.days, level), strict=True))
        yield from _held(f"weekday if {level}", group, "weekdays", days)
    some, excluded = pl.col("excluded_exercises").list.len() > 0, training.excluded_share.value
    yield from _shares("leaves exercises out", profiles, some, {"true": excluded})


def _health(health: Health, profiles: pl.DataFrame) -> Iterator[Marginal]:
    """Conditions given the bodies, how severe they are, and what is taken for them alone."""
    yield from _held("condition", profiles, "conditions", _prevalence(health, profiles))
    records = profiles.explode("conditions", "condition_severities").filter(
        pl.col("conditions").is_not_null() & (pl.col("conditions") != Condition.OBESITY)
    )
    yield from _shares("severity", records, pl.col("condition_severities"), health.severity)
    symptoms = {"true": health.symptoms_share}
    yield from _shares("symptoms", profiles, pl.col("has_symptoms"), symptoms)
    yield from _held("allergy", profiles, "allergies", health.allergies)
    for condition, shares in health.medications.items():
        alone = profiles.filter(pl.col("conditions").list.join(" ") == condition)
        yield from _held(f"medicine for {condition}", alone, "medications", shares)


def _prevalence(health: Health, profiles: pl.DataFrame) -> dict[str, float]:
    """How many of people with these bodies are expected to have each condition."""
    bodies = Bodies.of(profiles)
    shares = condition_shares(health, bodies)
    place = {condition: column for column, condition in enumerate(CONDITIONS)}
    unbroken = 1 - shares[:, place[Condition.OSTEOPOROSIS_FRACTURE]]
    shares[:, place[Condition.OSTEOPOROSIS]] *= unbroken
    for condition, share in health.reproductive.shares.items():
        shares[:, place[condition]] = share * may_expect(health, bodies)
    drawn = {*health.conditions, *health.reproductive.shares}
    means = _means(profiles, shares)
    return {str(c): float(means[place[c]]) for c in CONDITIONS if c in drawn}


def _means(profiles: pl.DataFrame, chances: Floats) -> Floats:
    """The mean of each column, weighted back to the population."""
    return np.average(chances, axis=0, weights=profiles["weight"].to_numpy())


def _split(rules: CohortConfig, profiles: pl.DataFrame) -> Iterator[Marginal]:
    """The split is dealt by user id, whatever slice a person is in: no weights."""
    held = {"test": rules.split.test_share, "val": rules.split.val_share}
    even = profiles.with_columns(pl.lit(1.0).alias("weight"))
    yield from _shares("split", even, pl.col("split"), {**held, "train": 1 - sum(held.values())})


def _shares(
    name: str, people: pl.DataFrame, value: pl.Expr, expected: Mapping[Any, float]
) -> Iterator[Marginal]:
    if people.is_empty():
        return
    yield from _beside(name, people, people.select(value.alias("value"), "weight"), expected)


def _held(
    name: str, people: pl.DataFrame, column: str, expected: Mapping[Any, float]
) -> Iterator[Marginal]:
    """How many people hold each of some words in a list of theirs."""
    if not people.is_empty():
        rows = people.select(pl.col(column).alias("value"), "weight").explode("value")
        yield from _beside(name, people, rows, expected)


def _beside(
    name: str, people: pl.DataFrame, rows: pl.DataFrame, expected: Mapping[Any, float]
) -> Iterator[Marginal]:
    whole, count = float(people["weight"].sum()), effective_count(people["weight"])
    table = rows.group_by(pl.col("value").cast(pl.String)).agg(pl.col("weight").sum())
    found: dict[str, float] = dict(table.rows())
    for key, share in expected.items():
        yield Marginal(name, str(key), float(share), found.get(str(key), 0.0) / whole, count)


def effective_count(weights: pl.Series) -> float:
    """How many equally weighted people would say as much (Kish)."""
    return float(weights.sum()) ** 2 / float((weights**2).sum())


def off_marginals(found: Sequence[Marginal]) -> list[Marginal]:
    """Those that chance does not explain, the furthest off first."""
    off = [marginal for marginal in found if marginal.is_off]
    return sorted(off, key=lambda m: -abs(m.found - m.expected) / m.tolerance)
