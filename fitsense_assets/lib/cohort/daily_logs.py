"""Daily logs: calories, sleep and weight of every person on every day of the look-back window.

Weight follows the true energy balance; what people write down of their food is less than they
ate. The last day's weight is the weight of the profile.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fitsense_assets.lib.cohort.bodies import SEXES
from fitsense_assets.lib.cohort.chance import Floats, stream
from fitsense_assets.lib.cohort.config import CohortConfig, Logs
from fitsense_assets.lib.cohort.habits import ACTIVITIES
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.vocabulary import ActivityLevel, Condition, Sex

VERSION = "2"
CHUNK_USERS = 5_000
PROFILE_COLUMNS = [
    "user_id",
    "age",
    "sex",
    "height_cm",
    "weight_kg",
    "activity_level",
    "goal_type",
    "conditions",
]
KCAL_PER_KG = 7700.0
# FAO/WHO/UNU physical activity levels: 1.40-1.69 light, 1.70-1.99 active, 2.00-2.40 vigorous.
PAL = {
    ActivityLevel.SEDENTARY: 1.4,
    ActivityLevel.LIGHTLY_ACTIVE: 1.55,
    ActivityLevel.MODERATELY_ACTIVE: 1.75,
    ActivityLevel.VERY_ACTIVE: 2.05,
}
# Weekends beside weekdays: about three quarters of an hour more sleep (American Time Use Survey)
# and 80 kcal more food (Haines 2003). The mean over a week stays.
LIE_IN_H, FEAST_SHARE = 0.55, 0.025
WEEKEND, WEEKDAY = 1.0, -0.4
# Gain in pregnancy, kg a week, by BMI from 0, 25 and 30 on (IOM 2009); little of it in the first
# trimester.
PREGNANCY_KG = np.array([0.42, 0.28, 0.22])
PREGNANCY_BMI = np.array([25.0, 30.0])
FIRST_TRIMESTER_KG = 0.1
# Mifflin-St Jeor: 10 kg + 6.25 cm - 5 years + this.
RMR_OFFSET = {Sex.FEMALE: -161.0, Sex.MALE: 5.0, Sex.UNSPECIFIED: -78.0}


def daily_log_chunks(spec: CohortSpec, profiles: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The daily logs of a cohort, CHUNK_USERS people at a time, in order of person and day."""
    number = 0
    for part in profiles:
        for start in range(0, part.height, CHUNK_USERS):
            yield _logs(spec, number, part.slice(start, CHUNK_USERS))
            number += 1


def _logs(spec: CohortSpec, number: int, people: pl.DataFrame) -> pl.DataFrame:
    rng, rules = stream(spec, "daily_logs", number), spec.config.logs
    count, days = people.height, spec.config.lookback_days
    # People eat around their real need, which differs from the formula's.
    bias = rng.normal(1.0, rules.tdee_bias_sd, count)
    spent = (expenditure_kcal(people) * bias)[:, None].astype(np.float32)
    week = _week(spec.config)
    eaten = (_eaten_share(rng, rules, people, days) + FEAST_SHARE * week) * spent
    gained = np.cumsum((eaten - spent) / KCAL_PER_KG, axis=1)
    gained += _growing_kg(people)[:, None] / 7 * np.arange(days, dtype=np.float32)
    weight = people["weight_kg"].to_numpy()[:, None] + gained - gained[:, -1:]
    weight *= 1 + rules.weight_noise_share * rng.standard_normal((count, days), dtype=np.float32)
    weighed = rng.random((count, days), dtype=np.float32) < rules.weigh_in_share
    told = rng.uniform(*rules.under_report, (count, 1)).astype(np.float32)
    sleep = rules.sleep_h
    nights = sleep.within_sd * rng.standard_normal((count, days), dtype=np.float32)
    nights += rng.normal(sleep.mean, sleep.between_sd, (count, 1)).astype(np.float32)
    nights += LIE_IN_H * week
    first = np.datetime64(spec.config.first_day, "D")
    return (
        pl.DataFrame(
            {
                "user_id": people["user_id"].gather(np.repeat(np.arange(count), days)),
                "day": np.tile(first + np.arange(days), count),
                "calories": np.clip(eaten * (1 - told), 0, 10_000).ravel().astype(np.int16),
                "sleep_hours": pl.Series(np.clip(nights, 0.5, 14).ravel()).round(1),
                "weight_kg": pl.Series(np.clip(weight, 30, 300).ravel()).round(1),
                "is_weighed": weighed.ravel(),
            }
        )
        .with_columns(pl.when("is_weighed").then("weight_kg").alias("weight_kg"))
        .drop("is_weighed")
    )


def _week(rules: CohortConfig) -> NDArray[np.float32]:
    """[day]: how much of a weekend each day is; nothing on the whole over a week."""
    weekday = (rules.first_day.weekday() + np.arange(rules.lookback_days)) % 7
    return np.where(weekday >= 5, WEEKEND, WEEKDAY).astype(np.float32)


def _growing_kg(people: pl.DataFrame) -> NDArray[np.float32]:
    """[person]: what a pregnancy adds to the body weight in a week; 0 for everybody else."""
    held = people["conditions"].list
    first = held.contains(str(Condition.PREGNANCY_T1)).to_numpy()
    later = held.contains(str(Condition.PREGNANCY_T2)) | held.contains(str(Condition.PREGNANCY_T3))
    bmi = (people["weight_kg"] / (people["height_cm"] / 100) ** 2).to_numpy()
    gain = PREGNANCY_KG[np.searchsorted(PREGNANCY_BMI, bmi, side="right")]
    return np.where(later.to_numpy(), gain, FIRST_TRIMESTER_KG * first).astype(np.float32)


def expenditure_kcal(people: pl.DataFrame) -> Floats:
    """Daily energy expenditure: Mifflin-St Jeor times the physical activity level."""
    offset = people["sex"].replace_strict({str(s): RMR_OFFSET[s] for s in SEXES}).to_numpy()
    level = people["activity_level"].replace_strict({str(a): PAL[a] for a in ACTIVITIES})
    body = 10 * people["weight_kg"] + 6.25 * people["height_cm"] - 5 * people["age"]
    return (body.to_numpy() + offset) * level.to_numpy()


def _eaten_share(
    rng: np.random.Generator, rules: Logs, people: pl.DataFrame, days: int
) -> NDArray[np.float32]:
    """What is eaten as a share of what is spent: the goal's balance, and the mood of the day."""
    balance = rules.energy_balance
    goal = np.array([balance.get(goal, balance["other"]) for goal in people["goal_type"]])
    # Nobody loses weight on purpose who has nothing to lose, is pregnant or under age.
    bmi = people["weight_kg"] / (people["height_cm"] / 100) ** 2
    is_careful = (bmi < 20) | (people["age"] < 18) | pl.Series(_growing_kg(people) > 0)
    goal = np.where(is_careful.to_numpy(), np.maximum(goal, 0), goal)
    person = 1 + goal + rng.normal(0, 0.03, len(goal))
    day = rules.intake_sd_share * rng.standard_normal((len(goal), days), dtype=np.float32)
    return day + person[:, None].astype(np.float32)
