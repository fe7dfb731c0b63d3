"""Intervals agree with published tables and with the binomial they come from."""

import math

import pytest

from fitsense_training.domain.errors import BadInput
from fitsense_training.intervals import clopper_pearson, mcnemar_p, paired_difference, wilson


@pytest.mark.parametrize(("n", "high"), [(50, 0.071), (100, 0.037), (300, 0.0126), (1000, 0.0038)])
def test_wilson_of_no_events_matches_the_table(n: int, high: float) -> None:
    assert wilson(0, n).low == 0.0
    assert wilson(0, n).high == pytest.approx(high, rel=0.02)


@pytest.mark.parametrize(("n", "high"), [(50, 0.071), (100, 0.036), (300, 0.0122), (1000, 0.0037)])
def test_clopper_pearson_of_no_events_matches_the_table(n: int, high: float) -> None:
    assert clopper_pearson(0, n).high == pytest.approx(high, rel=0.02)


def test_clopper_pearson_ends_have_the_tails_they_promise() -> None:
    interval = clopper_pearson(7, 40)

    above = sum(
        math.comb(40, k) * interval.low**k * (1 - interval.low) ** (40 - k) for k in range(7, 41)
    )
    below = sum(
        math.comb(40, k) * interval.high**k * (1 - interval.high) ** (40 - k) for k in range(8)
    )
    assert above == pytest.approx(0.025, abs=1e-6)
    assert below == pytest.approx(0.025, abs=1e-6)


def test_no_cases_know_nothing() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert (clopper_pearson(0, 0).low, clopper_pearson(0, 0).high) == (0.0, 1.0)


def test_a_count_above_n_is_refused() -> None:
    with pytest.raises(BadInput, match="5 of 4"):
        wilson(5, 4)


def test_mcnemar_is_a_fair_coin_over_the_pairs_that_differ() -> None:
    assert mcnemar_p(0, 0) == 1.0
    assert mcnemar_p(0, 10) == pytest.approx(2 / 1024)
    assert mcnemar_p(3, 10) == pytest.approx(0.0922852)


def test_a_few_equal_pairs_prove_no_equality() -> None:
    few = paired_difference([True] * 5, [True] * 5)
    many = paired_difference([True] * 500, [True] * 500)

    assert few.difference == many.difference == 0.0
    assert few.low < -0.1
    assert many.low > -0.01


def test_gains_and_losses_are_counted_on_their_own() -> None:
    found = paired_difference([True, True, False, False], [False, True, True, True])

    assert (found.count_gained, found.count_lost, found.difference) == (1, 2, -0.25)


def test_pairs_must_be_pairs() -> None:
    with pytest.raises(BadInput, match="same cases"):
        paired_difference([True], [])
