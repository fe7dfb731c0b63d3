"""Slices are compared with the rest, with intervals, a minimum n and a caution for many tests."""

import polars as pl
import pytest

from fitsense_assets.lib.slices.bias import (
    Disparity,
    Presence,
    disparities,
    fisher_p,
    gaps,
    newcombe,
    representations,
)
from fitsense_training.intervals import holm
from tests.fitsense_assets.slices.builders import counts_of, quality_of


def accepted(*slices: tuple[str, str, int, int]) -> dict[str, Disparity]:
    return {
        each.slice_value: each
        for each in disparities(quality_of(*slices))
        if each.measure == "accepted"
    }


def test_a_difference_has_newcombes_interval() -> None:
    # The worked example of Newcombe (1998), method 10: 56/70 less 48/80.
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert newcombe((0, 0), (5, 8)) == (-1.0, 1.0)


def test_fishers_exact_p_is_that_of_the_lady_tasting_tea() -> None:
    assert fisher_p((3, 4), (1, 4)) == pytest.approx(0.4857, abs=1e-4)
    assert fisher_p((8, 10), (1, 6)) == pytest.approx(0.03497, abs=1e-5)
    assert fisher_p((5, 5), (0, 0)) == 1


def test_a_slice_is_compared_with_all_the_others() -> None:
    found = accepted(("all", "all", 2000, 1900), ("sex", "female", 1000, 900))["female"]

    assert (found.share, found.rest_share, found.rest_n) == (0.9, 1.0, 1000)
    assert found.difference == pytest.approx(-0.1)
    assert found.difference_low < -0.1 < found.difference_high < 0
    assert found.is_lagging


def test_teachers_are_taken_together() -> None:
    quality = pl.concat(
        quality_of(("all", "all", 100, 90), ("sex", "male", 50, 45), teacher=teacher)
        for teacher in ("a", "b")
    )

    assert {each.n for each in disparities(quality)} == {100}


def test_pairs_of_slices_are_left_to_the_mart() -> None:
    quality = quality_of(("all", "all", 300, 300), ("sex", "male", 150, 150))
    pair = quality.filter(pl.col("dimension") == "sex").with_columns(
        count_dimensions=pl.lit(2, quality["count_dimensions"].dtype)
    )

    assert disparities(pl.concat([quality, pair])) == disparities(quality)


def test_below_a_hundred_cases_nothing_is_judged() -> None:
    found = accepted(("all", "all", 1000, 900), ("sex", "few", 99, 0), ("sex", "many", 901, 900))

    assert not found["few"].is_judged
    assert not found["few"].is_lagging
    # The rest of `many` is the small slice, so there is nothing to compare it with either.
    assert not found["many"].is_judged


def test_a_small_difference_is_proven_but_does_not_count_as_lagging() -> None:
    found = accepted(("all", "all", 200_000, 198_000), ("sex", "x", 100_000, 98_000))["x"]

    assert found.is_proven
    assert not found.is_lagging


def test_one_of_many_tests_needs_more_proof_than_a_single_one() -> None:
    assert holm([0.04], 0.05) == [True]
    assert holm([0.04, 0.5, 0.9], 0.05) == [False, False, False]
    assert holm([0.5, 0.01, 0.02], 0.05) == [False, True, True]


def test_the_gap_of_a_dimension_leaves_small_slices_out() -> None:
    quality = quality_of(
        ("all", "all", 650, 560),
        ("age", "old", 200, 160),
        ("age", "young", 400, 400),
        ("age", "rare", 50, 0),
    )

    found = [gap for gap in gaps(disparities(quality)) if gap.measure == "accepted"]

    assert [(gap.worst, gap.best, round(gap.gap, 6)) for gap in found] == [("old", "young", 0.2)]


def test_presence_is_judged_against_the_population() -> None:
    found = representations(
        counts_of(
            ("all", "all", 1000, 1.0),
            ("age", "boosted", 300, 0.15),
            ("age", "even", 500, 0.5),
            ("age", "lost", 0, 0.3),
            ("age", "rare", 20, 0.05),
        )
    )

    assert {each.slice_value: each.presence for each in found} == {
        "boosted": Presence.OVER,
        "even": Presence.EVEN,
        "lost": Presence.UNDER,
        "rare": Presence.TOO_FEW,
    }
