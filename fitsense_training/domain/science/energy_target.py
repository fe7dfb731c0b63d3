"""How much less or more one may eat: refusals first, then limits, floors and protein.

A target is only ever given where no refusal stands. Refusals are conditional on the person, because
a textbook deficit is dangerous for some.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.science.energy import (
    PREGNANCIES,
    daily_energy,
    load_energy_rules,
    resting_energy,
)
from fitsense_training.domain.vocabulary import Condition, ExperienceLevel


class DeficitRefusal(StrEnum):
    """Why nobody may be told to eat less than they spend."""

    UNDER_18 = "under_18"
    PREGNANT = "pregnant"
    AFTER_BIRTH = "after_birth"
    UNDERWEIGHT = "underweight"
    MAINTENANCE_ONLY = "maintenance_only"
    TARGET_UNDERWEIGHT = "target_underweight"
    EATING_DISORDER = "eating_disorder"
    SURGERY_OR_ILLNESS = "surgery_or_illness"
    TYPE_1_DIABETES = "type_1_diabetes"
    OLDER = "older"
    CONDITION = "condition"


@dataclass(frozen=True)
class EnergyFacts:
    """What a profile does not tell, and an energy target depends on."""

    scoff_yes: int = 0
    has_eating_disorder_signals: bool = False
    is_breastfeeding: bool = False
    months_since_birth: float | None = None
    is_ill: bool = False
    has_clinician: bool = False
    target_weight_kg: float | None = None


NO_FACTS = EnergyFacts()
SICK = frozenset({Condition.RECENT_SURGERY, Condition.CANCER_TREATMENT})


def bmi_of(weight_kg: float, height_cm: float) -> float:
    """Body mass index in kg/m2."""
    return weight_kg / (height_cm / 100) ** 2


def deficit_refusals(profile: Profile, facts: EnergyFacts = NO_FACTS) -> tuple[DeficitRefusal, ...]:
    """Every reason against a deficit, empty where one may be set."""
    return tuple(dict.fromkeys((*_of_body(profile, facts), *_of_health(profile, facts))))


def _of_body(profile: Profile, facts: EnergyFacts) -> Iterator[DeficitRefusal]:
    rules = load_energy_rules()
    if profile.age < rules.adult_age.value:
        yield DeficitRefusal.UNDER_18
    if profile.bmi < rules.bmi_underweight.value:
        yield DeficitRefusal.UNDERWEIGHT
    elif profile.bmi < rules.bmi_maintain.value:
        yield DeficitRefusal.MAINTENANCE_ONLY
    if is_target_underweight(profile, facts.target_weight_kg):
        yield DeficitRefusal.TARGET_UNDERWEIGHT
    if profile.age >= rules.older_age.value and profile.bmi < rules.bmi_obesity.value:
        yield DeficitRefusal.OLDER


def _of_health(profile: Profile, facts: EnergyFacts) -> Iterator[DeficitRefusal]:
    rules, held = load_energy_rules(), {record.condition for record in profile.conditions}
    if held & PREGNANCIES:
        yield DeficitRefusal.PREGNANT
    months = facts.months_since_birth
    is_recent = months is not None and months <= rules.postpartum_months.value
    if Condition.POSTPARTUM in held or is_recent or facts.is_breastfeeding:
        yield DeficitRefusal.AFTER_BIRTH
    if facts.has_eating_disorder_signals or facts.scoff_yes >= rules.scoff_yes.value:
        yield DeficitRefusal.EATING_DISORDER
    if held & SICK or facts.is_ill:
        yield DeficitRefusal.SURGERY_OR_ILLNESS
    if Condition.TYPE_1_DIABETES in held and not facts.has_clinician:
        yield DeficitRefusal.TYPE_1_DIABETES
    told = {Condition.POSTPARTUM, Condition.TYPE_1_DIABETES} | SICK | PREGNANCIES
    if any(load_conditions().conditions[name].no_deficit for name in held - told):
        yield DeficitRefusal.CONDITION


def is_target_underweight(profile: Profile, target_weight_kg: float | None) -> bool:
    """Whether a wished-for weight is below a BMI of 18.5."""
    if target_weight_kg is None:
        return False
    bmi = bmi_of(target_weight_kg, profile.height_cm)
    return bmi < load_energy_rules().bmi_underweight.value


def deficit_most_kcal(profile: Profile, spent_kcal: float) -> float:
    """The largest deficit in kcal a day by BMI and age; refusals are another question.

    Below BMI 30 at most 20 percent and 500 kcal; from 30 on 750, from 35 on 1000; at 65 and over
    never more than 500.
    """
    rules = load_energy_rules()
    if profile.bmi < rules.bmi_obesity.value:
        most = min(rules.deficit_share.high * spent_kcal, rules.deficit_kcal.high)
    elif profile.bmi < rules.bmi_obesity_2.value:
        most = rules.deficit_obesity_kcal.value
    else:
        most = rules.deficit_obesity_2_kcal.value
    if profile.age >= rules.older_age.value:
        most = min(most, rules.deficit_older_kcal.value)
    return most


def surplus_most_kcal(spent_kcal: float) -> float:
    """The largest surplus in kcal a day: 15 percent, and never above 500."""
    rules = load_energy_rules()
    return min(rules.surplus_share.high * spent_kcal, rules.surplus_kcal.value)


def floor_kcal(profile: Profile, *, has_clinician: bool = False) -> float:
    """The least intake: the floor by sex, and resting energy unless a clinician guides.

    The very low 800 kcal is below every floor, so it is never reached.
    """
    least = load_energy_rules().floor_kcal.of(profile.sex)
    return least if has_clinician else max(least, resting_energy(profile).kcal)


def loss_most_kg_per_week(profile: Profile) -> float:
    """The fastest loss in kg a week: 1 percent of body weight, and 0.9 kg below BMI 30."""
    rules = load_energy_rules()
    most = rules.loss_share_per_week.high * profile.weight_kg
    if profile.bmi < rules.bmi_obesity.value:
        most = min(most, rules.loss_kg_per_week.value)
    return most


def gain_most_kg_per_week(profile: Profile) -> float:
    """The fastest gain in kg a week: 0.5 percent of body weight, 0.25 for the advanced."""
    rules = load_energy_rules()
    is_advanced = profile.experience_level is ExperienceLevel.ADVANCED
    share = rules.gain_advanced_share_per_week if is_advanced else rules.gain_share_per_week
    return share.high * profile.weight_kg


@dataclass(frozen=True)
class ProteinRange:
    """Protein in grams a day."""

    low_g: float
    typical_g: float
    high_g: float


def protein_range(profile: Profile, *, is_deficit: bool = False) -> ProteinRange | None:
    """Protein a day; None with kidney disease, where only a clinician may set it.

    At BMI 30 and over it goes by an adjusted weight: that of BMI 25 and a quarter of the rest.
    """
    if any(r.condition is Condition.CHRONIC_KIDNEY_DISEASE for r in profile.conditions):
        return None
    rules = load_energy_rules()
    kilos = protein_weight_kg(profile)
    usual = rules.protein_deficit_g_per_kg if is_deficit else rules.protein_g_per_kg
    low, high = usual.low, usual.high
    if not is_deficit:
        high = rules.protein_most_g_per_kg.value
    if profile.age >= rules.older_age.value:
        low = min(low, rules.protein_older_g_per_kg.value)
    return ProteinRange(low * kilos, rules.protein_typical_g_per_kg.value * kilos, high * kilos)


def protein_weight_kg(profile: Profile) -> float:
    """The body weight that protein is reckoned by, in kg."""
    rules = load_energy_rules()
    if profile.bmi < rules.bmi_obesity.value:
        return profile.weight_kg
    reference = rules.protein_reference_bmi.value * (profile.height_cm / 100) ** 2
    return reference + rules.protein_excess_share.value * (profile.weight_kg - reference)


def deficit_kcal(profile: Profile, facts: EnergyFacts = NO_FACTS) -> float | None:
    """The usual deficit in kcal a day, or None where one is refused or no room is left for it.

    15 percent of what is spent, within 300-500 kcal and the person's limit, and never below the
    floor of intake.
    """
    if deficit_refusals(profile, facts):
        return None
    rules, spent = load_energy_rules(), daily_energy(profile).kcal
    share = (rules.deficit_share.low + rules.deficit_share.high) / 2
    wanted = min(max(share * spent, rules.deficit_kcal.low), rules.deficit_kcal.high)
    room = spent - floor_kcal(profile, has_clinician=facts.has_clinician)
    found = min(wanted, deficit_most_kcal(profile, spent), room)
    return found if found > 0 else None
