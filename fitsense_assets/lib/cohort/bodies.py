"""Bodies: age, sex, height and weight, each drawn given the ones before."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.chance import Floats, Ints, pick, shares_of
from fitsense_assets.lib.cohort.person_config import Bmi, Height, Population
from fitsense_training.domain.vocabulary import AgeBand, Sex

SEXES = tuple(Sex)
BANDS = tuple(AgeBand)
ADULT = 18
BMI_FLOOR, BMI_RANGE = 15.0, (16.0, 52.0)
BAND_EDGES = np.array([ADULT, 40, 65])


@dataclass(frozen=True)
class Bodies:
    """One entry per person; `sex` and `band` are positions in SEXES and BANDS."""

    age: Ints
    sex: Ints
    band: Ints
    height_cm: Floats
    weight_kg: Floats

    @staticmethod
    def of(profiles: pl.DataFrame) -> "Bodies":
        """The bodies of these profiles."""
        sexes = {str(sex): place for place, sex in enumerate(SEXES)}
        age = profiles["age"].to_numpy()
        return Bodies(
            age=age,
            sex=profiles["sex"].replace_strict(sexes).to_numpy(),
            band=np.searchsorted(BAND_EDGES, age, side="right"),
            height_cm=profiles["height_cm"].to_numpy(),
            weight_kg=profiles["weight_kg"].to_numpy(),
        )

    @property
    def bmi(self) -> Floats:
        """Body mass index, from the rounded numbers a profile holds."""
        return self.weight_kg / (self.height_cm / 100) ** 2

    def is_sex(self, sex: Sex) -> np.ndarray:
        """Who is of this sex."""
        return self.sex == SEXES.index(sex)


def draw_bodies(rng: np.random.Generator, rules: Population, count: int) -> Bodies:
    """Draw `count` people."""
    rows = np.array(rules.age.rows)
    row = pick(rng, rows[:, 2], count)
    low, high = rows[row, 0], rows[row, 1]
    age = (low + np.floor(rng.random(count) * (high - low + 1))).astype(np.int64)
    sex = pick(rng, shares_of(rules.sex.shares, SEXES), count)
    band = np.searchsorted(BAND_EDGES, age, side="right")
    height = _heights(rng, rules.height_cm, age, sex)
    bmi = _bmis(rng, rules, age, sex)
    weight = np.clip(np.round(bmi * (height / 100) ** 2, 1), 35.0, 220.0)
    return Bodies(age, sex, band, height, weight)


def _heights(rng: np.random.Generator, rules: Height, age: Ints, sex: Ints) -> Floats:
    mean, sd = shares_of(rules.mean, SEXES)[sex], shares_of(rules.sd, SEXES)[sex]
    height = mean + sd * np.clip(rng.standard_normal(len(age)), -3, 3)
    height -= rules.shrink_cm_per_year_after_50 * np.maximum(age - 50, 0)
    grown = np.array([*rules.minor_share, 1.0])[np.clip(age - 13, 0, 5)]
    return np.clip(np.round(height * grown, 1), 130.0, 215.0)


def _bmis(rng: np.random.Generator, rules: Population, age: Ints, sex: Ints) -> Floats:
    return bmi_at(rules.bmi, age, sex, rng.standard_normal(len(age)))


def bmi_at(rules: Bmi, age: Ints, sex: Ints, deviations: Floats) -> Floats:
    """The BMI so many deviations from the middle of people of an age and sex.

    Log-normal above a floor that hardly anybody is below: the leaner a population, the more the
    thin are crowded together, while the heavy spread out. Without the floor, one young woman in
    twelve would be underweight, where surveys find one in thirty.
    """
    above, spread = _bmi_shape(rules, age, sex)
    return np.clip(BMI_FLOOR + above * np.exp(spread * deviations), *BMI_RANGE)


def bmi_deviations(rules: Bmi, bodies: Bodies) -> Floats:
    """How heavy people are for their age and sex, in deviations from the middle."""
    above, spread = _bmi_shape(rules, bodies.age, bodies.sex)
    return np.log(np.maximum(bodies.bmi - BMI_FLOOR, 0.1) / above) / spread


def _bmi_shape(rules: Bmi, age: Ints, sex: Ints) -> tuple[Floats, Floats]:
    """The middle above the floor, and the spread of its logarithm."""
    per_year = (rules.median_at_60 - rules.median_at_20) / 40
    median = rules.median_at_20 + per_year * (np.clip(age, 18, 70) - 20)
    median = np.where(age < ADULT, rules.median_minor, median)
    above = median - BMI_FLOOR
    return above, shares_of(rules.sigma, SEXES)[sex] * median / above
