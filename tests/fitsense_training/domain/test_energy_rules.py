"""Energy targets: a moderate one passes, and every rule refuses what it is there to refuse."""

import pytest

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.energy_rules import ENERGY_RULES, EnergyTarget, review_energy
from fitsense_training.domain.science.energy_target import EnergyFacts
from fitsense_training.domain.vocabulary import Severity
from tests.builders import a_profile, has

MAN = a_profile(sex="male", age=30, height_cm=180, weight_kg=80)
HEAVY = a_profile(sex="male", age=30, height_cm=180, weight_kg=100)
NOBODY = EnergyFacts()


def target(**changes: object) -> EnergyTarget:
    """A deficit of 400 kcal with plenty of protein."""
    fields: dict[str, object] = {
        "intake_kcal": 2400,
        "spent_kcal": 2800,
        "protein_g": 150,
        "fat_g": 70,
        "fat_free_mass_kg": 65,
        "exercise_kcal": 250,
        "change_kg_per_week": -0.4,
        "target_weight_kg": 75,
    }
    return EnergyTarget.model_validate(fields | changes)


def broken(profile: Profile, wish: EnergyTarget, facts: EnergyFacts = NOBODY) -> set[str]:
    findings = review_energy(profile, wish, facts)
    assert all(f.severity is Severity.BLOCK and f.detail for f in findings)
    return {finding.rule_id for finding in findings}


def test_a_moderate_target_passes():
    assert broken(MAN, target()) == set()
    assert broken(MAN, target(intake_kcal=2800, change_kg_per_week=0)) == set()
    assert broken(MAN, target(intake_kcal=3100, change_kg_per_week=0.3)) == set()
    assert broken(MAN, EnergyTarget(intake_kcal=2400, spent_kcal=2800)) == set()


BREACHES = {
    "NRG01": (MAN, target(intake_kcal=1700, spent_kcal=2000, fat_free_mass_kg=None), NOBODY),
    "NRG02": (MAN, target(intake_kcal=2250), NOBODY),
    "NRG03": (MAN, target(change_kg_per_week=-0.85), NOBODY),
    "NRG04": (MAN, target(exercise_kcal=460), NOBODY),
    "NRG05": (MAN, target(), EnergyFacts(scoff_yes=2)),
    "NRG06": (MAN, target(protein_g=120), NOBODY),
    "NRG07": (MAN, target(target_weight_kg=59), NOBODY),
}


@pytest.mark.parametrize("rule_id", sorted(BREACHES))
def test_a_breach_of_one_rule_is_found_alone(rule_id: str):
    profile, wish, facts = BREACHES[rule_id]

    assert broken(profile, wish, facts) == {rule_id}


def test_every_rule_has_a_breach():
    assert {rule.id for rule in ENERGY_RULES} == {*BREACHES, "MIN01"}


def test_minors_get_no_target_at_all():
    young = a_profile(sex="male", age=17, height_cm=180, weight_kg=80)

    assert broken(young, target()) == {"MIN01", "NRG05"}
    assert broken(young, target(intake_kcal=2800, change_kg_per_week=0)) == {"MIN01"}


@pytest.mark.parametrize(
    ("wish", "rule_id"),
    [
        (target(intake_kcal=3250, change_kg_per_week=0.3), "NRG02"),
        (target(intake_kcal=3100, change_kg_per_week=0.41), "NRG03"),
        (target(protein_g=195), "NRG06"),
        (target(fat_g=39), "NRG06"),
    ],
    ids=["surplus", "gain", "too much protein", "too little fat"],
)
def test_the_other_side_of_a_range_is_held_too(wish: EnergyTarget, rule_id: str):
    assert broken(MAN, wish) == {rule_id}


def test_a_clinician_may_go_below_resting_energy_and_not_below_the_floor():
    low = target(intake_kcal=1700, spent_kcal=2000, fat_free_mass_kg=None)
    lower = target(intake_kcal=1450, spent_kcal=1800)

    assert broken(MAN, low, EnergyFacts(has_clinician=True)) == set()
    assert broken(MAN, lower, EnergyFacts(has_clinician=True)) >= {"NRG01"}


def test_more_is_allowed_at_a_high_body_mass():
    assert broken(HEAVY, target(intake_kcal=2200, spent_kcal=2900, fat_free_mass_kg=None)) == set()
    assert broken(HEAVY, target(intake_kcal=2100, spent_kcal=2900, fat_free_mass_kg=None)) == {
        "NRG02"
    }


def test_sick_kidneys_have_no_protein_target():
    sick = a_profile(sex="male", height_cm=180, weight_kg=80,
                     conditions=[has("chronic_kidney_disease")])  # fmt: skip

    assert broken(sick, target()) == {"NRG06"}
    assert broken(sick, target(protein_g=None)) == set()


def test_the_textbook_deficit_is_refused_where_an_eating_disorder_shows():
    """The advice that had a chatbot withdrawn: 500-1000 kcal less, one or two pounds a week."""
    woman = a_profile(weight_kg=60, height_cm=165)
    textbook = EnergyTarget(intake_kcal=1400, spent_kcal=2000, change_kg_per_week=-0.9)

    found = broken(woman, textbook, EnergyFacts(has_eating_disorder_signals=True))

    assert {"NRG02", "NRG03", "NRG05"} <= found


def test_pregnancy_is_refused_without_an_error():
    pregnant = a_profile(conditions=[has("pregnancy_t2")])

    assert "NRG05" in broken(pregnant, target(intake_kcal=1800, spent_kcal=2000))
