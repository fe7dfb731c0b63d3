"""Whether what was logged looks like people: loads grow, leg days train legs, sessions are missed.

Everything is summed up part by part, so that memory stays flat; a part holds whole people.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.attendance import GAP_DAYS
from fitsense_assets.lib.cohort.bodies import SEXES, bmi_at
from fitsense_assets.lib.cohort.chance import deviation_of
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.marginals import DEVIATIONS, effective_count
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import ExerciseRole, Muscle, SessionFocus, Sex

PROFILE_COLUMNS = ["weight", "age", "sex", "height_cm", "weight_kg"]
SET_COLUMNS = [
    "user_id",
    "session_at",
    "focus",
    "exercise_id",
    "target_load_kg",
    "load_kg",
    "is_warm_up",
    "is_deload",
]
# What the checks ask for at least.
PROGRESSION_MIN = 0.2
LEG_SHARE_MIN = 0.75
LEGS = frozenset(
    {
        Muscle.QUADRICEPS,
        Muscle.HAMSTRINGS,
        Muscle.GLUTES,
        Muscle.CALVES,
        Muscle.ADDUCTORS,
        Muscle.ABDUCTORS,
    }
)
# Neither legs nor arms: what every session may end with.
_ANYWHERE = frozenset({ExerciseRole.CORE, ExerciseRole.BALANCE, ExerciseRole.MOBILITY})
UNIT_FACTOR = 1.5
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Eleven years of age are looked at as one.
BMI_SLACK = 0.03


@dataclass(frozen=True)
class LoggedSets:
    """Sums over the sets of many people."""

    count_sets: int = 0
    count_sessions: int = 0
    count_entered: int = 0
    count_mistaken: int = 0
    count_leg_day: int = 0
    count_leg_sets: int = 0
    moments: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def __add__(self, other: "LoggedSets") -> "LoggedSets":
        """The sums of both."""
        mine, theirs = vars(self), vars(other)
        counts = {name: mine[name] + theirs[name] for name in mine if name != "moments"}
        moments = tuple(a + b for a, b in zip(self.moments, other.moments, strict=True))
        return LoggedSets(**counts, moments=moments)

    @property
    def progression(self) -> float:
        """Correlation of the load of a lift, relative to its own mean, with the day."""
        count, x, y, xx, yy, xy = self.moments
        spread = (count * xx - x * x) * (count * yy - y * y)
        return (count * xy - x * y) / spread**0.5 if spread > 0 else 0.0

    @property
    def leg_share(self) -> float:
        """Share of the lifting sets of lower-body days whose exercise trains legs."""
        return self.count_leg_sets / max(self.count_leg_day, 1)

    @property
    def mistaken_share(self) -> float:
        """Share of loads that were entered in the wrong unit."""
        return self.count_mistaken / max(self.count_entered, 1)


def logged_sets(parts: Iterable[pl.DataFrame]) -> LoggedSets:
    """The sums over all parts; each holds the columns of SET_COLUMNS."""
    return functools.reduce(lambda total, part: total + _sums(part), parts, LoggedSets())


def _sums(sets: pl.DataFrame) -> LoggedSets:
    lower = sets.filter(
        (pl.col("focus") == SessionFocus.LOWER) & ~pl.col("exercise_id").is_in(_anywhere())
    )
    entered = sets.filter(pl.col("target_load_kg").is_not_null())
    factor = entered["load_kg"] / entered["target_load_kg"]
    return LoggedSets(
        count_sets=sets.height,
        count_sessions=sets.select("user_id", "session_at").n_unique(),
        count_entered=entered.height,
        count_mistaken=int(((factor > UNIT_FACTOR) | (factor < 1 / UNIT_FACTOR)).sum()),
        count_leg_day=lower.height,
        count_leg_sets=lower.filter(pl.col("exercise_id").is_in(_leg_exercises())).height,
        moments=_moments(entered.filter(~pl.col("is_warm_up") & ~pl.col("is_deload"))),
    )


def _moments(sets: pl.DataFrame) -> tuple[float, ...]:
    """Count and sums of day, load, their squares and their product."""
    lift = ["user_id", "exercise_id"]
    day = pl.col("session_at").dt.epoch("d")
    table = sets.select(
        (day - day.mean().over(lift)).alias("x"),
        (pl.col("target_load_kg") / pl.col("target_load_kg").mean().over(lift) - 1).alias("y"),
    )
    x, y = table["x"], table["y"]
    sums = (x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum())
    return (float(table.height), *(float(value) for value in sums))


@functools.cache
def _leg_exercises() -> list[str]:
    return [e.id for e in load_catalogue() if LEGS & set(e.direct)]


@functools.cache
def _anywhere() -> list[str]:
    return [e.id for e in load_catalogue() if e.role in _ANYWHERE]


def planned_sessions(rules: CohortConfig, plans: pl.DataFrame) -> float:
    """How many sessions all these people would come to, had they missed none."""
    sessions = plans["plan_json"].str.count_matches('"weekday":', literal=True).sum()
    return float(sessions) * rules.lookback_days / 7


def expected_missed_share(rules: CohortConfig) -> float:
    """The share of sessions the recipe lets people miss: plain misses, illness, and long gaps."""
    logs = rules.logs
    came = 1 - sum(logs.missed_share) / 2
    well = 1 - logs.illness_week_share
    gap_days = (GAP_DAYS[0] + GAP_DAYS[1] - 1) / 2
    return 1 - came * well * (1 - logs.gap_share * gap_days / rules.lookback_days)


@dataclass(frozen=True)
class Sight:
    """One figure of a cohort beside what the recipe leads one to expect, and whether it fits."""

    what: str
    found: float
    expected: str
    fits: bool


def sights(
    rules: CohortConfig, profiles: pl.DataFrame, planned: float, sets: LoggedSets
) -> list[Sight]:
    """What people look at first; `planned` counts the sessions everybody had in their plan."""
    missed = 1 - sets.count_sessions / max(planned, 1.0)
    wanted = expected_missed_share(rules)
    logs = rules.logs
    mistaken = logs.unit_mistake_users_share * logs.unit_mistake_sessions_share
    return [
        Sight(
            "correlation of load with weeks trained, within a lift",
            sets.progression,
            f">= {PROGRESSION_MIN}",
            sets.progression >= PROGRESSION_MIN,
        ),
        Sight(
            "share of leg-day sets that train legs",
            sets.leg_share,
            f">= {LEG_SHARE_MIN}",
            sets.leg_share >= LEG_SHARE_MIN,
        ),
        _near("share of sessions missed", missed, wanted, 0.05),
        _near(
            "share of loads in the wrong unit",
            sets.mistaken_share,
            mistaken,
            # Few people are careless, so few people say little.
            0.001 + 4 * (mistaken * logs.unit_mistake_sessions_share / profiles.height) ** 0.5,
        ),
        *_bodies(rules, profiles),
    ]


def _bodies(rules: CohortConfig, profiles: pl.DataFrame) -> list[Sight]:
    """Height of young adults by sex, and quantiles of the BMI of people of about forty by sex."""
    found: list[Sight] = []
    height = rules.population.height_cm
    adults = profiles.filter(pl.col("age").is_between(18, 50))
    grown = adults.with_columns(bmi=pl.col("weight_kg") / (pl.col("height_cm") / 100) ** 2)
    for sex in ("female", "male"):
        people = grown.filter(pl.col("sex") == sex)
        if people.is_empty():
            continue
        mean = _mean(people, "height_cm")
        wide = 0.3 + 4 * height.sd[Sex(sex)] / people.height**0.5
        found.append(_near(f"mean height, {sex}, 18-50, cm", mean, height.mean[Sex(sex)], wide))
        fortyish = people.filter(pl.col("age").is_between(35, 45))
        if not fortyish.is_empty():
            found += [_bmi_quantile(rules, sex, fortyish, share) for share in QUANTILES]
    return found


def _bmi_quantile(rules: CohortConfig, sex: str, people: pl.DataFrame, share: float) -> Sight:
    """A quantile beside the ones that so many people may show by chance."""
    count = effective_count(people["weight"])
    spread = DEVIATIONS * (share * (1 - share) / count) ** 0.5 + 1 / count
    low, wanted, high = (
        _bmi_of_forty(rules, sex, each) for each in (share - spread, share, share + spread)
    )
    low, high = low - BMI_SLACK * wanted, high + BMI_SLACK * wanted
    got = _weighted_quantile(people, "bmi", share)
    what = f"BMI, {sex}, 35-45, {share:.0%} quantile"
    return Sight(what, got, f"{wanted:.3g} ({low:.3g} to {high:.3g})", low <= got <= high)


def _bmi_of_forty(rules: CohortConfig, sex: str, share: float) -> float:
    """The configured BMI that this share of people of forty is below."""
    place, deviation = np.array([SEXES.index(Sex(sex))]), np.array([deviation_of(share)])
    return float(bmi_at(rules.population.bmi, np.array([40]), place, deviation)[0])


def _mean(people: pl.DataFrame, name: str) -> float:
    """The mean weighted back to the population."""
    return float((people[name] * people["weight"]).sum()) / float(people["weight"].sum())


def _weighted_quantile(people: pl.DataFrame, name: str, share: float) -> float:
    ordered = people.sort(name)
    reached = ordered["weight"].cum_sum() / ordered["weight"].sum()
    place = min(int((reached < share).sum()), ordered.height - 1)
    return float(ordered[name][place])


def _near(what: str, found: float, expected: float, tolerance: float) -> Sight:
    fits = abs(found - expected) <= tolerance
    return Sight(what, found, f"{expected:.3g} +- {tolerance:.2g}", fits)
