"""One-rep max: the vectors of the domain notes, and how far an estimate is trusted."""

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.science.strength import (
    Confidence,
    brzycki_kg,
    confidence,
    effective_load_kg,
    epley_kg,
    estimate_1rm,
    estimate_1rm_kg,
    is_record,
    lombardi_kg,
    may_test_max,
    percent_1rm,
    round_down,
    wathan_kg,
)
from tests.builders import a_profile, has


@pytest.mark.parametrize(
    ("reps", "epley", "brzycki", "wathan", "lombardi"),
    [(5, 116.67, 112.50, 116.58, 117.46), (10, 133.33, 133.33, 134.75, 125.89)],
)
def test_formulas_give_the_known_vectors(reps, epley, brzycki, wathan, lombardi):
    assert epley_kg(100, reps) == pytest.approx(epley, abs=0.005)
    assert brzycki_kg(100, reps) == pytest.approx(brzycki, abs=0.005)
    assert wathan_kg(100, reps) == pytest.approx(wathan, abs=0.005)
    assert lombardi_kg(100, reps) == pytest.approx(lombardi, abs=0.005)


def test_twelve_reps_and_one_give_the_known_vectors():
    assert epley_kg(100, 12) == pytest.approx(140.00)
    assert brzycki_kg(100, 12) == pytest.approx(144.00)
    assert epley_kg(100, 1) == brzycki_kg(100, 1) == lombardi_kg(100, 1) == 100


@pytest.mark.parametrize("formula", [epley_kg, brzycki_kg, wathan_kg, lombardi_kg])
@pytest.mark.parametrize(("load", "reps"), [(0, 5), (-20, 5), (float("nan"), 5), (100, 0)])
def test_nonsense_is_refused(formula, load, reps):
    with pytest.raises(BadInput, match="one-rep max needs"):
        formula(load, reps)


def test_brzycki_ends_at_37_reps():
    assert brzycki_kg(10, 36) == 360
    with pytest.raises(BadInput, match="below 37"):
        brzycki_kg(10, 37)


@pytest.mark.parametrize(
    ("reps", "rir", "expected"),
    [
        (8, 2, Confidence.OK),
        (9, 2, Confidence.LOW),
        (10, 2, Confidence.LOW),
        (10, 3, Confidence.NONE),
        (0, 2, Confidence.NONE),
    ],
)
def test_trust_ends_with_repetitions(reps, rir, expected):
    assert confidence(reps, rir) is expected
    assert (estimate_1rm(100, reps, rir) is None) == (expected is Confidence.NONE)


def test_one_prescribes_from_the_cautious_estimate_and_shows_the_median():
    found = estimate_1rm(100, 3, 2)

    assert found is not None
    assert found.cautious_kg == pytest.approx(112.50) == estimate_1rm_kg(100, 3, 2)
    assert found.shown_kg == pytest.approx((116.667 + 116.583) / 2, abs=0.01)


def test_a_record_needs_an_earlier_session_and_two_percent():
    assert not is_record(150, None)
    assert not is_record(101.9, 100)
    assert is_record(102, 100)


def test_effective_load_counts_the_body_and_its_help():
    assert effective_load_kg(10, 80, 1.0) == 90
    assert effective_load_kg(0, 80, 0.64) == pytest.approx(51.2)
    assert effective_load_kg(0, 80, 1.0, assist_kg=30) == 50
    assert effective_load_kg(0, 40, 1.0, assist_kg=60) == 0
    with pytest.raises(BadInput, match="between 0 and 1"):
        effective_load_kg(0, 80, 64)


@pytest.mark.parametrize(
    ("reps", "rir", "percent"),
    [(1, 0, 100), (1, 2, 92.2), (5, 2, 81.1), (10, 0, 73.9), (15, 0, 59.9), (14, 2, None)],
)
def test_percent_of_1rm_follows_the_chart(reps, rir, percent):
    assert percent_1rm(reps, rir) == percent


@pytest.mark.parametrize(
    ("load", "step", "rounded"),
    [(22.4, 2.5, 20), (22.5, 2.5, 22.5), (0.3, 0.1, 0.3), (1.9, 2.5, 0), (22.4, 0, 22.4)],
)
def test_loads_are_rounded_down_to_the_inventory(load, step, rounded):
    assert round_down(load, step) == rounded


@pytest.mark.parametrize(
    "person",
    [
        a_profile(experience_level="novice"),
        a_profile(age=17),
        a_profile(age=65),
        a_profile(has_symptoms=True),
        a_profile(conditions=[has("asthma")]),
        a_profile(conditions=[has("osteoporosis", is_cleared=True)]),
        a_profile(conditions=[has("hypertension", is_cleared=True)]),
    ],
    ids=["novice", "minor", "older", "symptom", "uncleared", "osteoporosis", "pressure"],
)
def test_some_are_never_tested_to_the_maximum(person):
    assert not may_test_max(person)


def test_others_may_be_tested_unless_it_hurts():
    assert may_test_max(a_profile())
    assert may_test_max(a_profile(conditions=[has("asthma", is_cleared=True)]))
    assert not may_test_max(a_profile(), is_in_pain=True)
