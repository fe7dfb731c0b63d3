"""Who a cohort is drawn from: bodies, habits and health, each block with its source."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
TOLERANCE = 1e-6


def sums_to_one(shares: dict[Any, float], name: str) -> None:
    """Refuse shares that do not sum to 1."""
    if abs(sum(shares.values()) - 1) > TOLERANCE:
        raise ValueError(f"{name} must sum to 1, they sum to {sum(shares.values()):.4f}")


class Frozen(BaseModel):
    """A block of the recipe: no field may be unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """A block that says where its numbers come from, and with which evidence tag."""

    source: str
    tag: Annotated[str, Field(pattern="^[VSKH]$")]


class Age(Sourced):
    """Age rows: from, to (whole years), share."""

    rows: tuple[tuple[int, int, float], ...]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        sums_to_one({row[0]: row[2] for row in self.rows}, "the shares")
        if any(not 13 <= low <= high <= 100 or share < 0 for low, high, share in self.rows):
            raise ValueError("ages lie between 13 and 100, and shares are not negative")
        return self


class SexShares(Sourced):
    """How many of each sex."""

    shares: dict[Sex, Share]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        sums_to_one(self.shares, "the shares")
        return self


class CountShares(Sourced):
    """Shares of whole numbers."""

    shares: dict[int, Share]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        sums_to_one(self.shares, "the shares")
        return self


class Height(Sourced):
    """Height by sex, and the share of adult height at 13, 14, 15, 16 and 17."""

    mean: dict[Sex, Annotated[float, Field(ge=140, le=200)]]
    sd: dict[Sex, Annotated[float, Field(gt=0, le=15)]]
    shrink_cm_per_year_after_50: Share
    minor_share: tuple[float, float, float, float, float]


class Bmi(Sourced):
    """Body mass index: log-normal around a median that rises with age."""

    median_minor: Annotated[float, Field(ge=15, le=30)]
    median_at_20: Annotated[float, Field(ge=15, le=40)]
    median_at_60: Annotated[float, Field(ge=15, le=40)]
    sigma: dict[Sex, Share]


class Boosts(Sourced):
    """How much likelier than in the population a rare slice is drawn."""

    factors: dict[str, Annotated[float, Field(ge=1, le=20)]]


class Population(Frozen):
    """Bodies."""

    age: Age
    sex: SexShares
    height_cm: Height
    bmi: Bmi
    boosts: Boosts


class Activity(Sourced):
    """Activity by age band."""

    shares: dict[AgeBand, dict[ActivityLevel, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for band, shares in self.shares.items():
            sums_to_one(shares, f"the shares of {band}")
        return self


class Level(Sourced):
    """Experience by activity."""

    shares: dict[ActivityLevel, dict[ExperienceLevel, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            sums_to_one(shares, f"the shares of {level}")
        return self


class Goals(Sourced):
    """Weights of goals, and factors for groups of people."""

    weights: dict[Goal, Weight]
    factors: dict[str, dict[Goal, Weight]]


class EquipmentSets(Sourced):
    """What people own, as whole sets, by experience."""

    sets: dict[str, tuple[Equipment, ...]]
    shares: dict[ExperienceLevel, dict[str, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            sums_to_one(shares, f"the shares of {level}")
            if unknown := set(shares) - set(self.sets):
                raise ValueError(f"{level} names unknown sets: {sorted(unknown)}")
        return self


class Days(Sourced):
    """Days a week by experience, and how much each weekday is liked."""

    shares: dict[ExperienceLevel, dict[Annotated[int, Field(ge=1, le=6)], Share]]
    weekdays: dict[Weekday, Annotated[float, Field(gt=0)]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            sums_to_one(shares, f"the shares of {level}")
        return self


class SourcedShare(Sourced):
    """One share."""

    value: Share


class Training(Frozen):
    """How people train."""

    activity: Activity
    level: Level
    goal: Goals
    goal_count: CountShares
    equipment: EquipmentSets
    days: Days
    minutes: CountShares
    excluded_share: SourcedShare


class Prevalence(Frozen):
    """Shares with a condition at 13-17, 18-39, 40-64 and 65+, times factors."""

    shares: tuple[Share, Share, Share, Share]
    female: Weight = 1.0
    male: Weight = 1.0
    obese: Weight = 1.0


class Reproductive(Frozen):
    """Pregnancy and the time after birth, for females of some ages."""

    ages: tuple[int, int]
    shares: dict[Condition, Share]


class Health(Sourced):
    """Conditions, medicines and allergies."""

    conditions: dict[Condition, Prevalence]
    reproductive: Reproductive
    severity: dict[ConditionSeverity, Share]
    cleared_share: Share
    cleared_share_where_needed: Share
    symptoms_share: Share
    medications: dict[Condition, dict[str, Share]]
    allergies: dict[str, Share]

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        sums_to_one(self.severity, "the shares of severity")
        if Condition.OBESITY in self.conditions:
            raise ValueError("obesity follows from the BMI: take it out of the conditions")
        if len(self.allergies) > 16:
            raise ValueError("at most 16 allergies are drawn")
        return self
