"""Rules on energy targets (NRG01-07, and MIN01 for minors): what nobody may be told to eat.

Plans carry no energy, so this is a validator of its own over an `EnergyTarget`. No clinician has
reviewed these rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.science.energy import (
    PREGNANCIES,
    energy_availability,
    load_energy_rules,
)
from fitsense_training.domain.science.energy_target import (
    NO_FACTS,
    DeficitRefusal,
    EnergyFacts,
    deficit_most_kcal,
    deficit_refusals,
    floor_kcal,
    gain_most_kg_per_week,
    is_target_underweight,
    loss_most_kg_per_week,
    protein_range,
    protein_weight_kg,
    surplus_most_kcal,
)
from fitsense_training.domain.vocabulary import Severity

Kcal = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
ROUNDING_KCAL = 1.0


class EnergyTarget(BaseModel):
    """What somebody would be told to eat a day, and where their weight is to go.

    `change_kg_per_week` is negative for a loss. None: nothing is said about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intake_kcal: Kcal
    spent_kcal: Kcal
    exercise_kcal: Kcal = 0
    protein_g: Annotated[float, Field(ge=0, le=1000)] | None = None
    fat_g: Annotated[float, Field(ge=0, le=1000)] | None = None
    fat_free_mass_kg: Annotated[float, Field(gt=0, le=200)] | None = None
    target_weight_kg: Annotated[float, Field(gt=0, le=400)] | None = None
    change_kg_per_week: Annotated[float, Field(ge=-10, le=10)] | None = None

    @property
    def deficit_kcal(self) -> float:
        """Kcal below what is spent; negative for a surplus."""
        return self.spent_kcal - self.intake_kcal

    @property
    def is_deficit(self) -> bool:
        """Whether less is eaten than spent, by more than rounding, or weight is to fall."""
        return self.deficit_kcal > ROUNDING_KCAL or (self.change_kg_per_week or 0) < 0


@dataclass(frozen=True)
class EnergyCase:
    """One target under review."""

    profile: Profile
    facts: EnergyFacts
    target: EnergyTarget


Broken = Iterator[str]


def intake_is_above_the_floor(case: EnergyCase) -> Broken:
    """NRG01: above the floor by sex, and above resting energy without a clinician."""
    if case.profile.age < load_energy_rules().adult_age.value:
        return  # MIN01 and NRG05 refuse any target
    if any(record.condition in PREGNANCIES for record in case.profile.conditions):
        return  # NRG05 refuses, and resting energy is not estimated
    least = floor_kcal(case.profile, has_clinician=case.facts.has_clinician)
    if case.target.intake_kcal < least - ROUNDING_KCAL:
        yield f"{case.target.intake_kcal:.0f} kcal, at least {least:.0f}"


def the_difference_is_moderate(case: EnergyCase) -> Broken:
    """NRG02: deficit and surplus within the limits of BMI and age."""
    most = deficit_most_kcal(case.profile, case.target.spent_kcal)
    if case.target.deficit_kcal > most + ROUNDING_KCAL:
        yield f"a deficit of {case.target.deficit_kcal:.0f} kcal, at most {most:.0f}"
    most = surplus_most_kcal(case.target.spent_kcal)
    if -case.target.deficit_kcal > most + ROUNDING_KCAL:
        yield f"a surplus of {-case.target.deficit_kcal:.0f} kcal, at most {most:.0f}"


def weight_moves_slowly(case: EnergyCase) -> Broken:
    """NRG03: at most 1 percent a week down (0.9 kg below BMI 30), 0.5 percent up."""
    change = case.target.change_kg_per_week or 0.0
    loss, gain = loss_most_kg_per_week(case.profile), gain_most_kg_per_week(case.profile)
    if change < -loss - 1e-9:
        yield f"{-change:g} kg a week down, at most {loss:.2g}"
    if change > gain + 1e-9:
        yield f"{change:g} kg a week up, at most {gain:.2g}"


def energy_is_available(case: EnergyCase) -> Broken:
    """NRG04: 30 kcal or more per kg of fat-free mass after exercise, where that mass is known."""
    target, least = case.target, load_energy_rules().availability_low.value
    left = energy_availability(target.intake_kcal, target.exercise_kcal, target.fat_free_mass_kg)
    if left is not None and left < least:
        yield f"{left:.0f} kcal per kg fat-free mass a day, at least {least:g}"


def nobody_is_starved_who_must_not_be(case: EnergyCase) -> Broken:
    """NRG05: no deficit for those to whom one is refused."""
    if case.target.is_deficit:
        for refusal in deficit_refusals(case.profile, case.facts):
            if refusal is not DeficitRefusal.TARGET_UNDERWEIGHT:  # NRG07 speaks of it
                yield f"no deficit: {refusal.replace('_', ' ')}"


def protein_is_in_range(case: EnergyCase) -> Broken:
    """NRG06: protein in range, none at all with kidney disease; fat not too low."""
    target, rules = case.target, load_energy_rules()
    allowed = protein_range(case.profile, is_deficit=target.is_deficit)
    if target.protein_g is not None:
        if allowed is None:
            yield "a protein target with kidney disease"
        elif not allowed.low_g - 0.5 <= target.protein_g <= allowed.high_g + 0.5:
            yield (
                f"{target.protein_g:.0f} g protein, allowed {allowed.low_g:.0f}-"
                f"{allowed.high_g:.0f}"
            )
    fat_least = rules.fat_g_per_kg.value * protein_weight_kg(case.profile)
    if target.fat_g is not None and target.fat_g < fat_least - 0.5:
        yield f"{target.fat_g:.0f} g fat, at least {fat_least:.0f}"


def no_target_is_underweight(case: EnergyCase) -> Broken:
    """NRG07: no target weight below a BMI of 18.5."""
    for wished in (case.target.target_weight_kg, case.facts.target_weight_kg):
        if is_target_underweight(case.profile, wished):
            yield f"a target of {wished:g} kg is underweight"
            return


def minors_get_no_target(case: EnergyCase) -> Broken:
    """MIN01: nobody under 18 gets an energy target at all."""
    if case.profile.age < load_energy_rules().adult_age.value:
        yield "an energy target for somebody under 18"


@dataclass(frozen=True)
class EnergyRule:
    """One rule on energy: its id, what it asks for, and the function that looks."""

    id: str
    sentence: str
    find: Callable[[EnergyCase], Broken]
    severity: Severity = Severity.BLOCK


ENERGY_RULES = (
    EnergyRule("NRG01", "Nobody eats below the floor.", intake_is_above_the_floor),
    EnergyRule("NRG02", "Deficit and surplus are moderate.", the_difference_is_moderate),
    EnergyRule("NRG03", "Weight moves slowly.", weight_moves_slowly),
    EnergyRule("NRG04", "Energy is left after exercise.", energy_is_available),
    EnergyRule("NRG05", "No deficit where one is refused.", nobody_is_starved_who_must_not_be),
    EnergyRule("NRG06", "Protein and fat lie in range.", protein_is_in_range),
    EnergyRule("NRG07", "No target weight is underweight.", no_target_is_underweight),
    EnergyRule("MIN01", "Nobody under 18 gets an energy target.", minors_get_no_target),
)


def review_energy(
    profile: Profile, target: EnergyTarget, facts: EnergyFacts = NO_FACTS
) -> tuple[Finding, ...]:
    """Every rule that an energy target breaks; each is a BLOCK. Empty when it may be shown."""
    case = EnergyCase(profile, facts, target)
    return tuple(
        Finding(rule.id, rule.severity, "energy", detail)
        for rule in ENERGY_RULES
        for detail in rule.find(case)
    )
