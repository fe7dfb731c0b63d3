"""The recipe of a cohort: how many people, from which seed, and every rate they are drawn by.

The defaults stand in `cohort.yaml` beside this module, each block with its source. A value that
cannot be is refused with the name of its field before anything is drawn or written.
"""

import functools
import importlib.resources
from datetime import date, timedelta
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    OperationKind,
    Sex,
    Weekday,
)

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
TOLERANCE = 1e-6


def _sums_to_one(shares: dict[Any, float], name: str) -> None:
    if abs(sum(shares.values()) - 1) > TOLERANCE:
        raise ValueError(f"{name} must sum to 1, they sum to {sum(shares.values()):.4f}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Sourced(_Frozen):
    source: str
    tag: Annotated[str, Field(pattern="^[VSKH]$")]


class Age(_Sourced):
    """Age rows: from, to (whole years), share."""

    rows: tuple[tuple[int, int, float], ...]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        _sums_to_one({row[0]: row[2] for row in self.rows}, "the shares")
        if any(not 13 <= low <= high <= 100 or share < 0 for low, high, share in self.rows):
            raise ValueError("ages lie between 13 and 100, and shares are not negative")
        return self


class SexShares(_Sourced):
    """How many of each sex."""

    shares: dict[Sex, Share]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        _sums_to_one(self.shares, "the shares")
        return self


class CountShares(_Sourced):
    """Shares of whole numbers."""

    shares: dict[int, Share]

    @model_validator(mode="after")
    def _are_a_distribution(self) -> Self:
        _sums_to_one(self.shares, "the shares")
        return self


class Height(_Sourced):
    """Height by sex, and the share of adult height at 13, 14, 15, 16 and 17."""

    mean: dict[Sex, Annotated[float, Field(ge=140, le=200)]]
    sd: dict[Sex, Annotated[float, Field(gt=0, le=15)]]
    shrink_cm_per_year_after_50: Share
    minor_share: tuple[float, float, float, float, float]


class Bmi(_Sourced):
    """Body mass index: log-normal around a median that rises with age."""

    median_minor: Annotated[float, Field(ge=15, le=30)]
    median_at_20: Annotated[float, Field(ge=15, le=40)]
    median_at_60: Annotated[float, Field(ge=15, le=40)]
    sigma: dict[Sex, Share]


class Boosts(_Sourced):
    """How much likelier than in the population a rare slice is drawn."""

    factors: dict[str, Annotated[float, Field(ge=1, le=20)]]


class Population(_Frozen):
    """Bodies."""

    age: Age
    sex: SexShares
    height_cm: Height
    bmi: Bmi
    boosts: Boosts


class Activity(_Sourced):
    """Activity by age band."""

    shares: dict[AgeBand, dict[ActivityLevel, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for band, shares in self.shares.items():
            _sums_to_one(shares, f"the shares of {band}")
        return self


class Level(_Sourced):
    """Experience by activity."""

    shares: dict[ActivityLevel, dict[ExperienceLevel, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            _sums_to_one(shares, f"the shares of {level}")
        return self


class Goals(_Sourced):
    """Weights of goals, and factors for groups of people."""

    weights: dict[Goal, Weight]
    factors: dict[str, dict[Goal, Weight]]


class EquipmentSets(_Sourced):
    """What people own, as whole sets, by experience."""

    sets: dict[str, tuple[Equipment, ...]]
    shares: dict[ExperienceLevel, dict[str, Share]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            _sums_to_one(shares, f"the shares of {level}")
            if unknown := set(shares) - set(self.sets):
                raise ValueError(f"{level} names unknown sets: {sorted(unknown)}")
        return self


class Days(_Sourced):
    """Days a week by experience, and how much each weekday is liked."""

    shares: dict[ExperienceLevel, dict[Annotated[int, Field(ge=1, le=6)], Share]]
    weekdays: dict[Weekday, Annotated[float, Field(gt=0)]]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        for level, shares in self.shares.items():
            _sums_to_one(shares, f"the shares of {level}")
        return self


class SourcedShare(_Sourced):
    """One share."""

    value: Share


class Training(_Frozen):
    """How people train."""

    activity: Activity
    level: Level
    goal: Goals
    goal_count: CountShares
    equipment: EquipmentSets
    days: Days
    minutes: CountShares
    excluded_share: SourcedShare


class Prevalence(_Frozen):
    """Shares with a condition at 13-17, 18-39, 40-64 and 65+, times factors."""

    shares: tuple[Share, Share, Share, Share]
    female: Weight = 1.0
    male: Weight = 1.0
    obese: Weight = 1.0


class Reproductive(_Frozen):
    """Pregnancy and the time after birth, for females of some ages."""

    ages: tuple[int, int]
    shares: dict[Condition, Share]


class Health(_Sourced):
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
        _sums_to_one(self.severity, "the shares of severity")
        if Condition.OBESITY in self.conditions:
            raise ValueError("obesity follows from the BMI: take it out of the conditions")
        if len(self.allergies) > 16:
            raise ValueError("at most 16 allergies are drawn")
        return self


class Strength(_Sourced):
    """True one-rep max per kg of body weight, and how it grows."""

    patterns: dict[str, Annotated[float, Field(gt=0, le=5)]]
    implements: dict[Equipment, Annotated[float, Field(gt=0, le=2)]]
    isolation: Share
    levels: dict[ExperienceLevel, Annotated[float, Field(gt=0, le=3)]]
    female: dict[str, Share]
    loss_per_year_after_40: Share
    spread: Share
    gain_per_week: dict[ExperienceLevel, tuple[Share, Share]]


class Sleep(_Frozen):
    """Hours of sleep: between people, and from night to night."""

    mean: Annotated[float, Field(ge=3, le=12)]
    between_sd: Weight
    within_sd: Weight


class Logs(_Sourced):
    """How people behave in the look-back window, and how they write it down."""

    missed_share: tuple[Share, Share]
    illness_week_share: Share
    gap_share: Share
    plateau_share: Share
    impatient_share: Share
    deload_every_weeks: tuple[Annotated[int, Field(ge=2)], Annotated[int, Field(le=26)]]
    heavy_start_sd: Share
    day_form_reps_sd: Weight
    fatigue_reps_per_set: Weight
    rir_sd: dict[ExperienceLevel, Weight]
    rir_bias_above_4: float
    pain_share: Share
    pounds_share: Share
    unit_mistake_users_share: Share
    unit_mistake_sessions_share: Share
    weight_noise_share: Share
    weigh_in_share: Share
    tdee_bias_sd: Share
    under_report: tuple[Share, Share]
    intake_sd_share: Share
    sleep_h: Sleep
    energy_balance: dict[str, Annotated[float, Field(ge=-0.5, le=0.5)]]


class Asking(_Sourced):
    """What people ask the coach for."""

    note_share: Share
    injection_share_of_notes: Share
    red_flag_share_of_notes: Share
    no_log_share: Share
    two_operations_share: Share
    pain_share: Share
    operations: dict[OperationKind, Share]
    conditions_added: dict[Condition, Share]

    @model_validator(mode="after")
    def _are_distributions(self) -> Self:
        _sums_to_one(self.operations, "the shares of operations")
        _sums_to_one(self.conditions_added, "the shares of conditions_added")
        return self


class Split(_Frozen):
    """Shares of users held out; the rest is trained on."""

    test_share: Share
    val_share: Share

    @model_validator(mode="after")
    def _leaves_a_rest(self) -> Self:
        if self.test_share + self.val_share >= 1:
            raise ValueError("test_share and val_share together leave nobody to train on")
        return self


class CohortConfig(_Frozen):
    """Everything a cohort is made from, besides its key."""

    users: Annotated[int, Field(ge=1, le=10_000_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    lookback_days: Annotated[int, Field(ge=28, le=366)]
    end_date: date
    population: Population
    training: Training
    health: Health
    strength: Strength
    logs: Logs
    asking: Asking
    split: Split

    @property
    def first_day(self) -> date:
        """The first day of the look-back window; `end_date` is its last."""
        return self.end_date - timedelta(days=self.lookback_days - 1)


@functools.cache
def _defaults() -> dict[str, Any]:
    folder = importlib.resources.files("fitsense_assets.lib.cohort")
    return yaml.safe_load(folder.joinpath("cohort.yaml").read_text("utf-8"))


def make_config(**changes: Any) -> CohortConfig:
    """The default recipe with top-level fields changed, such as users=200, seed=7.

    Raises:
        BadInput: a field is unknown or its value cannot be; the message names it.
    """
    return parse_config({**_defaults(), **changes})


def parse_config(fields: Any) -> CohortConfig:
    """A recipe from parsed YAML or JSON; BadInput names the field that is wrong."""
    try:
        return CohortConfig.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise BadInput(f"cohort config: {place} is wrong: {first['msg']}") from error
