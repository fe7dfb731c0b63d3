"""Energy in kcal a day: what a body spends, and how that is learned from the logs.

Every figure is an estimate and comes as a range. Nothing is estimated for people under 18 or who
are pregnant.
"""

import functools
from dataclasses import dataclass

from pydantic import BaseModel

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import LowHigh, Sourced, Value
from fitsense_training.domain.vocabulary import ActivityLevel, Condition, Sex

PREGNANCIES = frozenset({Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3})


class RestingKcal(Sourced):
    """The coefficients of Mifflin-St Jeor."""

    per_kg: float
    per_cm: float
    per_year: float
    male: float
    female: float
    unspecified: float


class ActivityFactor(Sourced):
    """Multiples of resting energy by activity level."""

    ranges: dict[ActivityLevel, tuple[float, float]]


class FloorKcal(Sourced):
    """The least intake by sex."""

    female: float
    male: float
    unspecified: float

    def of(self, sex: Sex) -> float:
        """The least intake of a sex, in kcal a day."""
        return {Sex.FEMALE: self.female, Sex.MALE: self.male, Sex.UNSPECIFIED: self.unspecified}[
            sex
        ]


class MetTable(Sourced):
    """MET values by activity."""

    values: dict[str, float]


class EnergyRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/energy.yaml`, typed."""

    resting_kcal: RestingKcal
    resting_error_share: Value
    unspecified_error_share: Value
    resting_age: LowHigh
    activity_factor: ActivityFactor
    reestimate_days_min: Value
    reestimate_logged_share: Value
    reestimate_clamp_share: Value
    kcal_per_kg: Value
    trend_alpha: Value
    trend_days_min: Value
    trend_weigh_ins_min: Value
    trend_noise_share: Value
    deficit_share: LowHigh
    deficit_kcal: LowHigh
    deficit_obesity_kcal: Value
    deficit_obesity_2_kcal: Value
    deficit_older_kcal: Value
    loss_share_per_week: LowHigh
    loss_kg_per_week: Value
    loss_concern_share_per_week: Value
    loss_concern_share_four_weeks: Value
    surplus_share: LowHigh
    surplus_kcal: Value
    gain_share_per_week: LowHigh
    gain_advanced_share_per_week: LowHigh
    weight_step_kcal: LowHigh
    floor_kcal: FloorKcal
    very_low_kcal: Value
    availability_low: Value
    availability_optimal: Value
    adult_age: Value
    older_age: Value
    bmi_underweight: Value
    bmi_maintain: Value
    bmi_obesity: Value
    bmi_obesity_2: Value
    scoff_yes: Value
    postpartum_months: Value
    protein_g_per_kg: LowHigh
    protein_typical_g_per_kg: Value
    protein_most_g_per_kg: Value
    protein_deficit_g_per_kg: LowHigh
    protein_older_g_per_kg: Value
    protein_excess_share: Value
    protein_reference_bmi: Value
    fat_g_per_kg: Value
    met_estimate_error_share: LowHigh
    met: MetTable


@functools.cache
def load_energy_rules() -> EnergyRules:
    """The rules of energy; RuleBookError names the field that breaks them."""
    return read_typed("energy.yaml", EnergyRules)


@dataclass(frozen=True)
class Estimate:
    """Kcal a day, and the range it most likely lies in.

    `is_extrapolated` is True at ages the formula was not made from.
    """

    kcal: float
    low_kcal: float
    high_kcal: float
    is_extrapolated: bool = False


def mifflin_kcal(weight_kg: float, height_cm: float, age: int, sex: Sex) -> float:
    """Resting energy after Mifflin-St Jeor in kcal a day; the mean of both where sex is unknown."""
    rule = load_energy_rules().resting_kcal
    add = {Sex.MALE: rule.male, Sex.FEMALE: rule.female, Sex.UNSPECIFIED: rule.unspecified}[sex]
    return rule.per_kg * weight_kg + rule.per_cm * height_cm + rule.per_year * age + add


def resting_energy(profile: Profile) -> Estimate:
    """Resting energy of a person, 10 percent either way, 20 where sex is not given.

    Raises:
        BadInput: nobody under 18 or pregnant gets an estimate.
    """
    rules = load_energy_rules()
    if profile.age < rules.adult_age.value:
        raise BadInput("no energy is estimated under 18: ask a clinician or dietitian")
    if any(record.condition in PREGNANCIES for record in profile.conditions):
        raise BadInput("no energy is estimated in pregnancy: ask your maternity provider")
    kcal = mifflin_kcal(profile.weight_kg, profile.height_cm, profile.age, profile.sex)
    error = rules.resting_error_share.value
    if profile.sex is Sex.UNSPECIFIED:
        error += rules.unspecified_error_share.value
    ages = rules.resting_age
    return Estimate(
        kcal,
        kcal * (1 - error),
        kcal * (1 + error),
        is_extrapolated=not ages.low <= profile.age <= ages.high,
    )


def daily_energy(profile: Profile) -> Estimate:
    """Energy spent a day: resting energy times the activity factor, exercise included."""
    resting = resting_energy(profile)
    low, high = load_energy_rules().activity_factor.ranges[profile.activity_level]
    return Estimate(
        resting.kcal * (low + high) / 2,
        resting.low_kcal * low,
        resting.high_kcal * high,
        is_extrapolated=resting.is_extrapolated,
    )


@dataclass(frozen=True)
class IntakeWindow:
    """What the logs of some days say: mean intake, and how the trend weight moved."""

    days: int
    logged_days: int
    mean_intake_kcal: float
    trend_change_kg: float


def reestimate_kcal(before_kcal: float, window: IntakeWindow) -> float:
    """Energy spent a day as the logs tell: intake - 7700 x change / days, at most 15 percent off.

    Before 21 days, or with under 80 percent of them logged, the old figure stays.
    """
    rules = load_energy_rules()
    if window.days < rules.reestimate_days_min.value:
        return before_kcal
    if window.logged_days < rules.reestimate_logged_share.value * window.days - 1e-9:
        return before_kcal
    told = window.mean_intake_kcal - rules.kcal_per_kg.value * window.trend_change_kg / window.days
    clamp = rules.reestimate_clamp_share.value
    return min(max(told, before_kcal * (1 - clamp)), before_kcal * (1 + clamp))


def met_kcal(weight_kg: float, met: float, minutes: float, *, is_net: bool = False) -> float:
    """Energy of an activity in kcal: MET x 3.5 x kg / 200 a minute, an estimate of 20-30 percent.

    The net figure leaves out what resting would have taken (MET - 1). BadInput below 1 MET, for no
    weight, or for negative minutes.
    """
    if weight_kg <= 0 or met < 1 or minutes < 0:
        raise BadInput("energy needs a weight above 0 kg, 1 MET or more, and no negative minutes")
    return (met - 1 if is_net else met) * 3.5 * weight_kg / 200 * minutes


def met_of(activity: str) -> float:
    """The MET of a named activity; BadInput lists the names."""
    values = load_energy_rules().met.values
    if activity not in values:
        raise BadInput(f"no MET is known for {activity[:40]!r}: use one of {', '.join(values)}")
    return values[activity]


def energy_availability(
    intake_kcal: float, exercise_kcal: float, fat_free_mass_kg: float | None
) -> float | None:
    """Kcal per kg of fat-free mass a day left after exercise; None where that mass is unknown.

    BadInput where the mass is not above 0 kg.
    """
    if fat_free_mass_kg is None:
        return None
    if fat_free_mass_kg <= 0:
        raise BadInput("fat-free mass is more than 0 kg")
    return (intake_kcal - exercise_kcal) / fat_free_mass_kg
