"""Heart rate: Tanaka, Karvonen, the zones of ACSM, and who gets no target."""

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.science.heart_rate import (
    HeartRateZone,
    MedicineOrRhythm,
    Zone,
    heart_rate_zone,
    hr_max_bpm,
    intensity_of_met,
    karvonen_bpm,
    load_zone_rules,
    zone_of_borg,
)
from fitsense_training.domain.vocabulary import Intensity
from tests.builders import a_profile, has

FORTY = a_profile(age=40)


def test_tanaka_and_karvonen():
    assert hr_max_bpm(40) == 180
    assert hr_max_bpm(20) == 194
    assert karvonen_bpm(0.5, 60, 180) == 120


def test_zones_are_those_of_the_table():
    rows = {row.zone: row for row in load_zone_rules().zones.table}

    assert rows[Zone.LIGHT].reserve_percent == (30, 39)
    assert rows[Zone.MODERATE].max_percent == (64, 76)
    assert rows[Zone.VIGOROUS].borg == (14, 17)
    assert rows[Zone.NEAR_MAX].max_percent == (96, 100)


def test_a_zone_is_a_range_of_the_reserve_or_of_the_maximum():
    assert heart_rate_zone(FORTY, Zone.MODERATE, rest_bpm=60) == HeartRateZone(108, 131)
    assert heart_rate_zone(FORTY, Zone.MODERATE) == HeartRateZone(115, 137)


@pytest.mark.parametrize("condition", ["hypertension", "cardiac_disease", "pregnancy_t1"])
def test_some_conditions_have_no_heart_rate_targets(condition):
    assert heart_rate_zone(a_profile(conditions=[has(condition)]), Zone.LIGHT) is None


@pytest.mark.parametrize("reason", MedicineOrRhythm)
def test_some_medicines_and_rhythms_have_no_targets(reason):
    assert heart_rate_zone(FORTY, Zone.LIGHT, affected_by=[reason]) is None


@pytest.mark.parametrize(
    ("borg", "zone"),
    [(8, None), (9, Zone.LIGHT), (12, Zone.MODERATE), (17, Zone.VIGOROUS), (20, Zone.NEAR_MAX)],
)
def test_effort_tells_the_zone(borg, zone):
    assert zone_of_borg(borg) is zone


def test_numbers_off_their_scale_are_refused():
    with pytest.raises(BadInput, match="6 to 20"):
        zone_of_borg(5)
    with pytest.raises(BadInput, match="between 0 and 1"):
        karvonen_bpm(50, 60, 180)
    with pytest.raises(BadInput, match="resting heart rate"):
        heart_rate_zone(FORTY, Zone.LIGHT, rest_bpm=150)


@pytest.mark.parametrize(
    ("met", "intensity"),
    [(2.9, Intensity.LIGHT), (3, Intensity.MODERATE), (6, Intensity.VIGOROUS)],
)
def test_met_tells_the_intensity(met, intensity):
    assert intensity_of_met(met) is intensity
