"""Who a cohort is drawn from: bodies, habits and health, each block with its source."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from fitsense_assets.lib.cohort.fields import (
    Factor,
    Frozen,
    Share,
    Shares,
    Sourced,
    Span,
    complete,
    sums_to_one,
)
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    Sex,
    Weekday,
)

Positive = Annotated[float, Field(gt=0, le=100)]
Centimetres = Annotated[float, Field(ge=140, le=200)]
# Slices drawn more often than they occur, and groups whose goals differ.
Rare = Literal["minor", "older", "pregnancy", "two_conditions"]
Group = Literal["male", "female", "heavy", "light", "older", "minor"]
Expecting = Literal[
    Condition.PREGNANCY_T1,
    Condition.PREGNANCY_T2,
    Condition.PREGNANCY_T3,
    Condition.POSTPARTUM,
]
AgeRow = tuple[int, int, float]


def _are_ages(rows: tuple[AgeRow, ...]) -> tuple[AgeRow, ...]:
    sums_to_one({row[0]: row[2] for row in rows})
    if any(not 13 <= low <= high <= 100 or share < 0 for low, high, share in rows):
        raise ValueError("ages lie between 13 and 100, and shares are not negative")
    if any(after[0] <= before[1] for before, after in pairwise(rows)):
        raise ValueError("each row must begin after the one before it ends")
    return rows


class Age(Sourced):
    """Age rows: from, to (whole years), share."""

    rows: Annotated[tuple[AgeRow, ...], AfterValidator(_are_ages)]


class SexShares(Sourced):
    """How many of each sex."""

    shares: Shares[Sex]


class Height(Sourced):
    """Height by sex, and the share of adult height at 13, 14, 15, 16 and 17."""

    mean: Annotated[dict[Sex, Centimetres], complete(Sex)]
    sd: Annotated[dict[Sex, Annotated[float, Field(gt=0, le=15)]], complete(Sex)]
    shrink_cm_per_year_after_50: Share
    minor_share: tuple[Share, Share, Share, Share, Share]


class Bmi(Sourced):
    """Body mass index around a median that rises with age; sigma is the relative spread there."""

    median_minor: Annotated[float, Field(ge=15, le=30)]
    median_at_20: Annotated[float, Field(ge=15, le=40)]
    median_at_60: Annotated[float, Field(ge=15, le=40)]
    sigma: Annotated[dict[Sex, Share], complete(Sex)]


class Boosts(Sourced):
    """How much likelier than in the population a rare slice is drawn."""

    factors: Annotated[
        dict[Rare, Annotated[float, Field(ge=1, le=20)]],
        complete(("minor", "older", "pregnancy", "two_conditions")),
    ]


class Population(Frozen):
    """Bodies."""

    age: Age
    sex: SexShares
    height_cm: Height
    bmi: Bmi
    boosts: Boosts


class Activity(Sourced):
    """Activity by age band."""

    shares: Annotated[dict[AgeBand, Shares[ActivityLevel]], complete(AgeBand)]


class Level(Sourced):
    """Experience by activity."""

    shares: Annotated[dict[ActivityLevel, Shares[ExperienceLevel]], complete(ActivityLevel)]


class Goals(Sourced):
    """Weights of goals, and factors for groups of people."""

    weights: Annotated[dict[Goal, Positive], complete(Goal)]
    factors: dict[Group, dict[Goal, Factor]]


class GoalCount(Sourced):
    """How many people hold one, two or three goals."""

    shares: Shares[Annotated[int, Field(ge=1, le=3)]]


class EquipmentSets(Sourced):
    """What people own, as whole sets, by experience; two at least, for some change theirs."""

    sets: Annotated[dict[str, tuple[Equipment, ...]], Field(min_length=2)]
    shares: Annotated[dict[ExperienceLevel, Shares[str]], complete(ExperienceLevel)]

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        for level, shares in self.shares.items():
            if unknown := set(shares) - set(self.sets):
                raise ValueError(f"the shares of {level} name unknown sets: {sorted(unknown)}")
        return self


class Days(Sourced):
    """Days a week by experience, and how much each weekday is liked."""

    shares: Annotated[
        dict[ExperienceLevel, Shares[Annotated[int, Field(ge=1, le=6)]]],
        complete(ExperienceLevel),
    ]
    weekdays: Annotated[dict[Weekday, Positive], complete(Weekday)]


class Minutes(Sourced):
    """Minutes of a session; two at least, for some change them."""

    shares: Annotated[Shares[Annotated[int, Field(ge=15, le=120)]], Field(min_length=2)]


class SourcedShare(Sourced):
    """One share."""

    value: Share


class Training(Frozen):
    """How people train."""

    activity: Activity
    level: Level
    goal: Goals
    goal_count: GoalCount
    equipment: EquipmentSets
    days: Days
    minutes: Minutes
    excluded_share: SourcedShare


class Prevalence(Frozen):
    """Shares with a condition at 13-17, 18-39, 40-64 and 65+, times factors."""

    shares: tuple[Share, Share, Share, Share]
    female: Factor = 1.0
    male: Factor = 1.0
    obese: Factor = 1.0


def _leave_a_rest(shares: dict[Expecting, float]) -> dict[Expecting, float]:
    if sum(shares.values()) > 1:
        raise ValueError("one at a time: the shares must not sum to more than 1")
    return shares


class Reproductive(Frozen):
    """Pregnancy and the time after birth, for females of some ages."""

    ages: Span[Annotated[int, Field(ge=18, le=60)]]
    shares: Annotated[dict[Expecting, Share], AfterValidator(_leave_a_rest)]


def _are_drawn_here(conditions: dict[Condition, Prevalence]) -> dict[Condition, Prevalence]:
    if Condition.OBESITY in conditions:
        raise ValueError("obesity follows from the BMI: take it out of the conditions")
    return conditions


class Health(Sourced):
    """Conditions, medicines and allergies; at most 16 allergies, for a person's are bits."""

    conditions: Annotated[dict[Condition, Prevalence], AfterValidator(_are_drawn_here)]
    reproductive: Reproductive
    severity: Shares[ConditionSeverity]
    cleared_share: Share
    cleared_share_where_needed: Share
    symptoms_share: Share
    medications: dict[Condition, dict[str, Share]]
    allergies: Annotated[dict[str, Share], Field(max_length=16)]
