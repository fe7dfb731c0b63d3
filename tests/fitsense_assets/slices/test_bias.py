"""Slices and pairs beside everybody else: intervals, a minimum n, proof, weights, and gates."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from fitsense_assets.lib.slices.bias import Bias, compare
from fitsense_assets.lib.slices.bias_policy import load_bias_policy
from fitsense_assets.lib.slices.bootstrap import draw, fares_of, interval, ratio, with_hands
from fitsense_assets.lib.slices.disparities import Disparity, Standing, compare_slices
from fitsense_assets.lib.slices.gaps import metric_frame
from fitsense_assets.lib.slices.measures import DIMENSIONS, MEASURES, counts
from fitsense_assets.lib.slices.policy import Level
from fitsense_assets.lib.slices.project import PROJECT
from fitsense_assets.lib.slices.representation import Presence, representations
from fitsense_assets.lib.slices.share_tests import fisher_p, newcombe, normal_p
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.slices.builders import answers_of, counts_of

POLICY = load_bias_policy()
WOMEN, MEN = {"sex": "female"}, {"sex": "male"}
NOBODY = counts_of(("all", "all", 0, 1.0))
Group = tuple[int, int, dict[str, Any]]


def fares(*groups: Group, measure: str = "accepted", a_person: int = 1) -> dict[str, Disparity]:
    """Every slice and pair of sex and age on one measure, by name."""
    answers = answers_of(*groups, a_person=a_person)
    found, _ = compare_slices(answers, POLICY, ("age_band", "sex"))
    return {each.name: each for each in found if each.measure == measure}


def a_bias(*groups: Group, a_person: int = 1) -> Bias:
    answers = answers_of(*groups, a_person=a_person)
    return compare("r1", answers, NOBODY, POLICY, ("age_band", "sex"))


def test_a_difference_has_newcombes_interval() -> None:
    # The worked example of Newcombe (1998), method 10: 56/70 less 48/80.
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert newcombe((0, 0), (5, 8)) == (-1.0, 1.0)


def test_fishers_exact_p_is_that_of_the_lady_tasting_tea() -> None:
    assert fisher_p((3, 4), (1, 4)) == pytest.approx(0.4857, abs=1e-4)
    assert fisher_p((8, 10), (1, 6)) == pytest.approx(0.03497, abs=1e-5)
    assert fisher_p((2, 10), (5, 6)) == pytest.approx(0.03497, abs=1e-5)
    assert fisher_p((5, 5), (0, 0)) == 1


def test_a_value_two_deviations_from_zero_is_chance_once_in_twenty() -> None:
    assert normal_p(-1.96, 1.0) == pytest.approx(0.05, abs=1e-4)
    assert normal_p(0.5, 0.0) == 1


def test_a_slice_is_compared_with_all_the_others() -> None:
    found = fares((1000, 900, WOMEN), (1000, 1000, MEN))["sex = female"]

    assert (found.n, found.value, found.rest_value, found.rest_n) == (1000, 0.9, 1.0, 1000)
    assert found.difference == pytest.approx(-0.1)
    assert found.difference_low < -0.1 < found.difference_high < 0
    assert found.standing is Standing.LAGGING


def test_pairs_of_slices_are_compared_too() -> None:
    old, young = {"age_band": "65+"}, {"age_band": "18-39"}
    groups = [
        (500, 400, {**WOMEN, **old}),
        (500, 500, {**WOMEN, **young}),
        (500, 500, {**MEN, **old}),
        (500, 500, {**MEN, **young}),
    ]

    found = fares(*groups)

    pair = found["age_band = 65+ & sex = female"]
    assert (pair.n, pair.value, pair.rest_value, pair.rest_n) == (500, 0.8, 1.0, 1500)
    assert pair.is_pair
    assert pair.standing is Standing.LAGGING
    # What stops a release as a slice is told of as a pair: the policy says so.
    assert (POLICY.pairs, pair.level) == ("warn", Level.WARN)
    assert found["age_band = 65+ & sex = male"].standing is Standing.HIGHER


def test_below_a_hundred_answers_a_slice_is_insufficient() -> None:
    few = fares((99, 0, WOMEN), (901, 900, MEN))
    enough = fares((100, 0, WOMEN), (901, 900, MEN))

    # The rest of the men are the few women, so there is nothing to compare them with either.
    assert {each.standing for each in few.values()} == {Standing.INSUFFICIENT}
    assert enough["sex = female"].standing is Standing.LAGGING


def test_a_small_difference_is_proven_and_within_the_margin() -> None:
    found = fares((20_000, 19_600, WOMEN), (20_000, 20_000, MEN))["sex = female"]

    assert found.is_proven
    assert (found.standing, found.level) == (Standing.LOWER, None)


def test_where_nothing_varies_failure_is_proven_all_the_same() -> None:
    assert fares((200, 0, WOMEN), (200, 200, MEN))["sex = female"].level is Level.BLOCK


def test_ten_answers_of_a_person_prove_less_than_those_of_ten_people() -> None:
    groups = (200, 180, WOMEN), (2000, 1940, MEN)

    alone, together = (fares(*groups, a_person=size)["sex = female"] for size in (1, 10))

    assert alone.difference == together.difference
    assert together.difference_low < alone.difference_low
    assert together.difference_high > 0 > alone.difference_high
    assert alone.is_proven
    assert not together.is_proven


def test_plans_that_are_much_shorter_are_told_as_a_part_of_the_others() -> None:
    lengths = ((WOMEN, 600), (MEN, 900))
    spread = [
        (300, 300, {**group, "plan_chars": length + more})
        for group, length in lengths
        for more in (-50, 50)
    ]

    found = fares(*spread, measure="plan_chars")["sex = female"]

    assert (found.value, found.rest_value) == (600, 900)
    assert found.difference == pytest.approx(-1 / 3)
    assert found.level is Level.WARN


def test_a_template_has_no_length_and_counts_as_no_plan() -> None:
    handoff = {**WOMEN, "is_handoff": True, "plan_chars": None}
    groups = (150, 150, handoff), (150, 150, WOMEN), (300, 300, MEN)

    assert fares(*groups, measure="plan_chars")["sex = female"].n == 150
    given = fares(*groups, measure="plan_given")["sex = female"]
    assert given.value == 0.5
    # Shown and proven, and by policy not judged: a referral may be what they need.
    assert given.is_proven
    assert given.level is None


def test_oversampled_people_are_weighted_back_to_the_population() -> None:
    rare = {"age_band": "65+", "sampling_weight": 0.2}
    usual = {"age_band": "18-39", "sampling_weight": 1.0}

    bias = a_bias((500, 250, rare), (500, 500, usual))

    accepted = next(each for each in bias.overall if each.measure == "accepted")
    assert accepted.value == 0.75
    assert accepted.population_value == pytest.approx((0.2 * 250 + 500) / 600)
    everyone = next(
        e for e in bias.disparities if e.measure == "accepted" and e.slice_value == "alike"
    )
    assert everyone.population_value == pytest.approx(accepted.population_value)


@pytest.mark.slow
def test_the_bootstrap_is_that_of_fairlearn_when_everybody_answers_once() -> None:
    answers = with_hands(answers_of((150, 120, WOMEN), (150, 90, MEN)))
    ours = fares_of(answers, ["sex"], draw(answers, seed=1))
    low, high = interval(ratio(ours.dealt, MEASURES["accepted"]))

    frame = metric_frame(
        counts(answers, ["sex", "hand"]), "sex", n_boot=60, ci_quantiles=[0.025, 0.975],
        random_state=1,
    )  # fmt: skip

    by_group: Any = frame.by_group
    assert by_group["accepted"].to_dict() == {"female": 0.8, "male": 0.6}
    tables: list[Any] = frame.by_group_ci
    theirs = [table["accepted"].to_numpy() for table in tables]
    assert np.allclose([low, high], theirs, atol=0.04)
    assert np.all(high - low > 0.1)


def test_the_same_answers_give_the_same_intervals() -> None:
    groups = (150, 120, WOMEN), (150, 90, MEN)

    assert fares(*groups) == fares(*groups)


def test_gaps_are_those_of_the_metric_frame_without_insufficient_slices() -> None:
    bias = a_bias(
        (200, 160, {"age_band": "65+"}), (400, 400, {"age_band": "18-39"}),
        (50, 0, {"age_band": "13-17"}),
    )  # fmt: skip

    (gap,) = [each for each in bias.gaps if each.measure == "accepted"]

    assert (gap.dimension, gap.worst, gap.best) == ("age_band", "65+", "18-39")
    assert (gap.gap, gap.ratio) == (pytest.approx(0.2), pytest.approx(0.8))
    assert 0.1 < gap.gap_low < 0.2 < gap.gap_high < 0.3


def test_the_policy_decides_what_stops_a_release() -> None:
    a_little = a_bias((1000, 950, WOMEN), (1000, 1000, MEN))
    much = a_bias((1000, 850, WOMEN), (1000, 1000, MEN))

    assert {e.level for e in a_little.concerns if "accepted" in e.says} == {Level.WARN}
    block = next(each for each in much.blocks if "accepted" in each.says)
    assert block.slice_name == "sex = female"
    assert block.says.startswith("answer accepted: 85.0%, everybody else 100.0%; -15.0 points [-17")
    assert block.n == 1000


def test_another_policy_decides_otherwise(tmp_path: Path) -> None:
    shipped = (Path(compare.__code__.co_filename).parent / "bias_policy.yaml").read_text()
    looser = tmp_path / "bias_policy.yaml"
    looser.write_text(shipped.replace("minimum_n: 100", "minimum_n: 2000"))
    answers = answers_of((1000, 850, WOMEN), (1000, 1000, MEN))

    assert compare("r1", answers, NOBODY, None, ["sex"]).blocks
    assert compare("r1", answers, NOBODY, load_bias_policy(looser), ["sex"]).concerns == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("accepted: {warn: 0.03, block: 0.10", "accepted: {warn: 0.2, block: 0.1", "block needs"),
        ("plan_chars:", "plan_length:", "check plan_chars, plan_length"),
        ("pairs: warn", "pairs: ignore", "pairs"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    shipped = (Path(compare.__code__.co_filename).parent / "bias_policy.yaml").read_text()
    broken = tmp_path / "bias_policy.yaml"
    broken.write_text(shipped.replace(old, new))

    with pytest.raises(BadInput, match=says):
        load_bias_policy(broken)


def test_presence_is_judged_against_the_population() -> None:
    slices = (
        ("all", "all", 1000, 1.0),
        ("age", "boosted", 300, 0.15),
        ("age", "even", 500, 0.5),
        ("age", "lost", 0, 0.3),
        ("age", "rare", 20, 0.05),
        ("age", "under", 150, 0.3),
    )

    found = {each.slice_value: each for each in representations(counts_of(*slices), POLICY)}

    assert {name: each.presence for name, each in found.items()} == {
        "boosted": Presence.OVER,
        "even": Presence.EVEN,
        "lost": Presence.LOST,
        "rare": Presence.INSUFFICIENT,
        "under": Presence.UNDER,
    }
    assert found["boosted"].evening_weight == 0.5
    levels = {each.level for each in found.values()}
    assert levels == {None, Level.WARN, Level.BLOCK}
    assert found["lost"].level is Level.BLOCK


def test_rows_of_few_people_prove_no_absence() -> None:
    slices = counts_of(("all", "all", 1000, 1.0), ("age", "under", 120, 0.16))

    one, four = (representations(slices, POLICY, rows)[0].presence for rows in (1.0, 4.0))

    assert (one, four) == (Presence.UNDER, Presence.EVEN)


def test_dimensions_are_those_of_the_dbt_project() -> None:
    macros = (PROJECT / "macros" / "slices.sql").read_text()

    places = [macros.index(f"'{name}'") for name in DIMENSIONS if name != "equipment_band"]
    assert places[1:] == sorted(places[1:])
    assert DIMENSIONS[0] == "prompt_type"
    assert DIMENSIONS[-1] == "equipment_band"
    assert macros.count("'") == 2 * len(DIMENSIONS)


def test_people_share_a_hand_only_when_there_are_many() -> None:
    answers = with_hands(answers_of((2400, 2400, WOMEN), a_person=2))

    hands = answers.group_by("user_id").agg(pl.col("hand").n_unique())
    assert hands["hand"].max() == 1
    assert answers["hand"].n_unique() == 1000
