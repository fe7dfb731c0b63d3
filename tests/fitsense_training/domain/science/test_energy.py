"""Energy: the vectors of the domain notes, and every refusal before any number."""

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.science.energy import (
    IntakeWindow,
    daily_energy,
    energy_availability,
    met_kcal,
    met_of,
    mifflin_kcal,
    reestimate_kcal,
    resting_energy,
)
from fitsense_training.domain.science.energy_target import (
    DeficitRefusal,
    EnergyFacts,
    deficit_kcal,
    deficit_most_kcal,
    deficit_refusals,
    floor_kcal,
    gain_most_kg_per_week,
    loss_most_kg_per_week,
    protein_range,
    surplus_most_kcal,
)
from fitsense_training.domain.vocabulary import ActivityLevel, ExperienceLevel, Sex
from tests.builders import a_profile, has

MAN = a_profile(sex="male", age=30, height_cm=180, weight_kg=80)


def of_bmi(bmi: float, **changes: object) -> Profile:
    """Somebody of this body mass index."""
    return a_profile(height_cm=170, weight_kg=round(bmi * 1.7**2, 2), **changes)


def test_mifflin_gives_the_known_vectors():
    assert mifflin_kcal(80, 180, 30, Sex.MALE) == 1780
    assert mifflin_kcal(65, 165, 30, Sex.FEMALE) == 1370.25
    assert mifflin_kcal(65, 165, 30, Sex.UNSPECIFIED) == 1370.25 + 161 - 78


def test_ranges_are_wider_where_sex_is_not_given():
    known, unknown = resting_energy(MAN), resting_energy(a_profile(sex="unspecified", age=80))

    assert (known.low_kcal, known.high_kcal) == pytest.approx((1602, 1958))
    assert unknown.high_kcal == pytest.approx(unknown.kcal * 1.2)
    assert unknown.is_extrapolated
    assert not known.is_extrapolated


@pytest.mark.parametrize(
    "person", [a_profile(age=17), a_profile(conditions=[has("pregnancy_t2")])], ids=["minor", "t2"]
)
def test_nobody_under_18_or_pregnant_gets_an_estimate(person):
    with pytest.raises(BadInput, match="no energy is estimated"):
        daily_energy(person)


def test_expenditure_is_resting_energy_times_activity():
    found = daily_energy(MAN.model_copy(update={"activity_level": ActivityLevel.VERY_ACTIVE}))

    assert found.kcal == pytest.approx(1780 * 2.2)
    assert found.low_kcal == pytest.approx(1602 * 2.0)
    assert found.high_kcal == pytest.approx(1958 * 2.4)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (IntakeWindow(28, 28, 2300, -1.0), 2575),
        (IntakeWindow(20, 20, 2300, -1.0), 2500),
        (IntakeWindow(28, 22, 2300, -1.0), 2500),
        (IntakeWindow(28, 28, 1200, 0.0), 2125),
        (IntakeWindow(28, 28, 4000, 0.0), 2875),
    ],
    ids=["told", "too few days", "too few logs", "clamped low", "clamped high"],
)
def test_the_logs_move_the_estimate_within_bounds(window, expected):
    assert reestimate_kcal(2500, window) == pytest.approx(expected)


def test_met_gives_the_known_vector():
    assert met_kcal(70, 6, 30) == pytest.approx(220.5)
    assert met_kcal(70, 6, 30, is_net=True) == pytest.approx(183.75)
    assert met_of("run_8_kmh") == 8.3
    with pytest.raises(BadInput, match="walk_4_8_kmh"):
        met_of("flying")
    with pytest.raises(BadInput, match="1 MET"):
        met_kcal(70, 0.5, 30)


def test_availability_is_not_claimed_without_fat_free_mass():
    assert energy_availability(2000, 500, 50) == 30
    assert energy_availability(2000, 500, None) is None
    with pytest.raises(BadInput, match="more than 0"):
        energy_availability(2000, 500, 0)


@pytest.mark.parametrize(
    ("person", "facts", "refusal"),
    [
        (of_bmi(25, age=17), EnergyFacts(), DeficitRefusal.UNDER_18),
        (of_bmi(25, conditions=[has("pregnancy_t1")]), EnergyFacts(), DeficitRefusal.PREGNANT),
        (of_bmi(25, conditions=[has("postpartum")]), EnergyFacts(), DeficitRefusal.AFTER_BIRTH),
        (of_bmi(25), EnergyFacts(is_breastfeeding=True), DeficitRefusal.AFTER_BIRTH),
        (of_bmi(25), EnergyFacts(months_since_birth=6), DeficitRefusal.AFTER_BIRTH),
        (of_bmi(18.4), EnergyFacts(), DeficitRefusal.UNDERWEIGHT),
        (of_bmi(19.9), EnergyFacts(), DeficitRefusal.MAINTENANCE_ONLY),
        (of_bmi(25), EnergyFacts(target_weight_kg=53), DeficitRefusal.TARGET_UNDERWEIGHT),
        (of_bmi(25), EnergyFacts(scoff_yes=2), DeficitRefusal.EATING_DISORDER),
        (
            of_bmi(25),
            EnergyFacts(has_eating_disorder_signals=True),
            DeficitRefusal.EATING_DISORDER,
        ),
        (
            of_bmi(25, conditions=[has("recent_surgery")]),
            EnergyFacts(),
            DeficitRefusal.SURGERY_OR_ILLNESS,
        ),
        (of_bmi(25), EnergyFacts(is_ill=True), DeficitRefusal.SURGERY_OR_ILLNESS),
        (
            of_bmi(25, conditions=[has("type_1_diabetes")]),
            EnergyFacts(),
            DeficitRefusal.TYPE_1_DIABETES,
        ),
        (of_bmi(29.9, age=65), EnergyFacts(), DeficitRefusal.OLDER),
    ],
)
def test_a_deficit_is_refused(person, facts, refusal):
    assert deficit_refusals(person, facts) == (refusal,)
    assert deficit_kcal(person, facts) is None


@pytest.mark.parametrize(
    ("person", "facts"),
    [
        (of_bmi(20), EnergyFacts(scoff_yes=1, months_since_birth=7)),
        (of_bmi(30, age=65), EnergyFacts()),
        (of_bmi(25, conditions=[has("type_1_diabetes")]), EnergyFacts(has_clinician=True)),
        (of_bmi(25), EnergyFacts(target_weight_kg=54)),
    ],
)
def test_others_may_have_one(person, facts):
    assert deficit_refusals(person, facts) == ()


@pytest.mark.parametrize(
    ("person", "spent", "most"),
    [
        (of_bmi(25), 2000, 400),
        (of_bmi(25), 3000, 500),
        (of_bmi(30), 2500, 750),
        (of_bmi(35), 2500, 1000),
        (of_bmi(35, age=70), 2500, 500),
    ],
)
def test_the_largest_deficit_goes_by_bmi_and_age(person, spent, most):
    assert deficit_most_kcal(person, spent) == most


def test_a_surplus_is_fifteen_percent_and_never_above_500():
    assert surplus_most_kcal(2000) == 300
    assert surplus_most_kcal(4000) == 500


def test_nobody_eats_below_the_floor_or_resting_energy():
    small = a_profile(age=70, height_cm=150, weight_kg=45)

    assert floor_kcal(MAN) == 1780
    assert floor_kcal(MAN, has_clinician=True) == 1500
    assert floor_kcal(small) == 1200
    assert floor_kcal(small.model_copy(update={"sex": Sex.UNSPECIFIED})) == 1500


def test_the_usual_deficit_stays_above_the_floor():
    assert deficit_kcal(MAN) == pytest.approx(0.15 * 1780 * 1.62)
    tight = of_bmi(21, age=60, activity_level="sedentary")
    found = deficit_kcal(tight)

    assert found is not None
    assert daily_energy(tight).kcal - found >= floor_kcal(tight) - 1e-9


def test_weight_moves_slowly():
    assert loss_most_kg_per_week(of_bmi(34)) == pytest.approx(0.01 * 98.26)
    assert loss_most_kg_per_week(MAN) == pytest.approx(0.8)
    assert loss_most_kg_per_week(a_profile(weight_kg=95, height_cm=200)) == 0.9
    assert gain_most_kg_per_week(MAN) == pytest.approx(0.4)
    advanced = MAN.model_copy(update={"experience_level": ExperienceLevel.ADVANCED})
    assert gain_most_kg_per_week(advanced) == pytest.approx(0.2)


def test_protein_goes_by_weight_and_is_left_to_clinicians_with_sick_kidneys():
    usual, deficit = protein_range(MAN), protein_range(MAN, is_deficit=True)

    assert usual is not None
    assert deficit is not None
    assert (usual.low_g, usual.typical_g, usual.high_g) == pytest.approx((112, 128, 176))
    assert (deficit.low_g, deficit.high_g) == pytest.approx((128, 192))
    assert protein_range(a_profile(conditions=[has("chronic_kidney_disease")])) is None


def test_protein_at_high_bmi_goes_by_an_adjusted_weight():
    heavy = protein_range(of_bmi(40))

    assert heavy is not None
    assert heavy.low_g == pytest.approx(1.4 * (25 + 0.25 * 15) * 1.7**2, abs=0.1)
