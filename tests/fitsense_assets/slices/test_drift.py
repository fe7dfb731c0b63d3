"""Shifts are measured as the textbooks do, and never without what chance alone gives."""

import math

import numpy as np
import polars as pl
import pytest

from fitsense_assets.lib.slices.drift import (
    Bins,
    jensen_shannon,
    psi,
    rows_a_person,
    shift_of,
    shifts,
)
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.slices.builders import distributions_of


def counts(*values: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(values, dtype=np.int64)


def test_the_stability_index_is_that_of_the_formula() -> None:
    found = psi(counts(500_000, 500_000), counts(250_000, 750_000))

    wanted = -0.25 * math.log(0.5) + 0.25 * math.log(1.5)
    assert found == pytest.approx(wanted, abs=1e-5)


def test_an_empty_bin_does_not_make_the_index_infinite() -> None:
    assert 0 < psi(counts(100, 0), counts(90, 10)) < 1


def test_jensen_shannon_is_0_for_equals_and_1_for_strangers() -> None:
    assert jensen_shannon(counts(10, 30), counts(100, 300)) == pytest.approx(0)
    assert jensen_shannon(counts(10, 0), counts(0, 70)) == pytest.approx(1)


def test_jensen_shannon_is_in_bits() -> None:
    # p = (1, 0), q = (1/2, 1/2), so the middle is (3/4, 1/4).
    wanted = (math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5 * math.log2(2)) / 2

    assert jensen_shannon(counts(8, 0), counts(50, 50)) == pytest.approx(wanted)


def test_chance_alone_is_told_from_a_real_shift() -> None:
    alike = shift_of(Bins("people", "sex", counts(500, 500), counts(48, 52)), seed=1)
    other = shift_of(Bins("people", "sex", counts(500, 500), counts(20, 80)), seed=1)

    assert alike.psi < alike.psi_baseline
    assert alike.p_value > 0.05
    assert other.psi > other.psi_baseline
    assert other.js > other.js_baseline
    assert other.p_value < 0.01


def test_rows_of_the_same_people_prove_less_than_rows_of_many() -> None:
    before, after = counts(400, 400), counts(170, 230)

    many = shift_of(Bins("asked", "sex", before, after), seed=1)
    few = shift_of(Bins("asked", "sex", before, after, rows_a_person=10), seed=1)

    assert few.psi == many.psi
    assert few.psi_baseline > 5 * many.psi_baseline
    assert few.p_value > 0.05 > many.p_value
    assert few.count_people == 40


def test_fewer_rows_than_a_person_has_can_still_be_compared() -> None:
    found = shift_of(Bins("val", "sex", counts(1, 1), counts(1, 0), rows_a_person=4), seed=1)

    assert found.p_value > 0.5
    assert found.count_people == 0


def test_the_same_seed_deals_the_same_baseline() -> None:
    bins = Bins("people", "sex", counts(50, 50), counts(40, 60))

    assert shift_of(bins, seed=3) == shift_of(bins, seed=3)
    assert shift_of(bins, seed=3) != shift_of(bins, seed=4)


def test_bins_only_one_release_has_are_counted_too() -> None:
    before, after = distributions_of(age=[50, 50]), distributions_of(age=[0, 50, 50])

    (found,) = shifts(before, after, seed=1)

    assert (found.count_before, found.count_after) == (100, 100)
    assert found.js == pytest.approx(0.5)


def of_women(distributions: pl.DataFrame) -> pl.DataFrame:
    return distributions.with_columns(dimension=pl.lit("sex"), slice_value=pl.lit("female"))


def of_all(distributions: pl.DataFrame) -> pl.DataFrame:
    return distributions.with_columns(dimension=pl.lit("all"), slice_value=pl.lit("all"))


def test_a_shift_within_one_slice_is_seen_where_everybody_hardly_moved() -> None:
    before = [of_all(distributions_of(age=[900, 900])), of_women(distributions_of(age=[90, 90]))]
    after = [of_all(distributions_of(age=[880, 920])), of_women(distributions_of(age=[20, 160]))]

    whole, women = shifts(pl.concat(before), pl.concat(after), seed=1)

    assert (whole.slice_name, women.slice_name) == ("all", "sex=female")
    assert whole.psi < 0.01
    assert whole.p_value > 0.05
    assert women.psi - women.psi_chance > 0.4
    assert women.tail_p < 1e-9
    assert women.count_people == 180


def test_the_tail_agrees_with_the_deals_where_both_can_tell() -> None:
    found = shift_of(Bins("people", "age", counts(90, 60, 50), counts(70, 70, 60)), seed=1)

    assert found.tail_p == pytest.approx(found.p_value, abs=0.03)


def test_slices_of_few_people_are_left_out() -> None:
    everybody, women = distributions_of(age=[50, 50]), distributions_of(age=[9, 9])
    before = pl.concat([of_all(everybody), of_women(women)])

    assert {s.slice_name for s in shifts(before, before, seed=1, minimum_n=100)} == {"all"}


def test_a_variable_of_one_release_alone_has_no_shift() -> None:
    assert shifts(distributions_of(age=[5]), distributions_of(height=[5]), seed=1) == []


def test_how_often_people_ask_follows_from_the_counts() -> None:
    people = distributions_of(age=[5, 5])
    asked = people.with_columns(
        pl.lit("asked").alias("population"), pl.col("count_rows") * 4, variable=pl.lit("sex")
    )

    both = pl.concat([people, asked])

    assert rows_a_person(both) == 4
    assert rows_a_person(people) == 1
    assert {s.population: s.rows_a_person for s in shifts(both, both, seed=1)} == {
        "asked": 4,
        "people": 1,
    }


def test_nothing_cannot_be_compared() -> None:
    with pytest.raises(BadInput, match="no rows"):
        shift_of(Bins("people", "sex", counts(0, 0), counts(1, 1)), seed=1)
