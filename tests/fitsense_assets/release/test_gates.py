"""A release that is not like releases are is held up, and told why."""

import random
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.release.gates import (
    VALUES,
    Gates,
    default_gates,
    missed_rates,
    parse_gates,
    rates_of,
    thin_slices,
)
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.release.builders import a_prompt, a_row, a_split_lake, some_rows

GATES = default_gates()
GOOD = {"accepted": 0.99, "unsafe": 0.0, "refused": 0.06, "repeated": 0.0}


def even_rows(count: int, split: str) -> list[dict[str, str]]:
    """Rows in which every value of every slice is about as frequent as the others."""
    values = {name: [str(value) for value in kind] for name, kind in VALUES.items()}
    chance = random.Random(1)
    return [
        {"split": split, **{name: chance.choice(own) for name, own in values.items()}}
        for _ in range(count)
    ]


def test_the_rates_are_counted_over_all_replies(tmp_path: Path) -> None:
    same = a_prompt(500)
    extra = [
        a_row(101, is_accepted=False, rejection_reason="rules: X", count_block=1),
        a_row(102, is_handoff=True),
        a_row(103, prompt=same),
        a_row(104, prompt=same),
    ]
    lake = a_split_lake(tmp_path, [*some_rows(count=20), *extra])

    rates = rates_of(lake, read_pins(lake, "r0001"))

    assert rates == {"accepted": 23 / 24, "unsafe": 1 / 24, "refused": 1 / 23, "repeated": 1 / 23}


def test_a_rate_out_of_bounds_is_shown_with_what_is_allowed() -> None:
    found = missed_rates({**GOOD, "refused": 0.4, "unsafe": 0.2}, 5000, GATES)

    assert found.cases == (
        {"rate": "unsafe", "share": "0.2000", "allowed": "0 to 0.1"},
        {"rate": "refused", "share": "0.4000", "allowed": "0.01 to 0.3"},
    )
    assert found.is_grave
    assert missed_rates(GOOD, 5000, GATES).passed


def test_a_small_release_is_told_but_not_held_up() -> None:
    assert not missed_rates({**GOOD, "refused": 0.4}, GATES.judged_from - 1, GATES).is_grave


def test_a_slice_without_rows_is_missed_and_a_thin_one_too() -> None:
    rows = [*even_rows(3000, "train"), *even_rows(300, "test")]
    assert thin_slices(pl.DataFrame(rows), GATES).passed

    without = [row for row in rows if row["age_band"] != "65+"]
    thin = [row for row in rows if row["goal_type"] != "mobility" or row["split"] == "train"]

    assert {
        (case["split"], case["slice"], case["value"], case["rows"])
        for case in thin_slices(pl.DataFrame(without), GATES).cases
    } == {("train", "age_band", "65+", "0"), ("test", "age_band", "65+", "0")}
    (case,) = thin_slices(pl.DataFrame(thin), GATES).cases
    assert (case["split"], case["value"], case["rows"], case["needed"]) == (
        "test",
        "mobility",
        "0",
        "5",
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slices": {"shoe_size": 0.1}}, "'shoe_size' is no slice"),
        ({"rows_min": {"dev": 3}}, "'dev' is no slice and no split"),
        ({"judged_from": -1}, "judged_from is wrong"),
        (
            {"rates": {**GATES.rates.model_dump(), "unsafe": {"min": 0.5, "max": 0.1}}},
            "min must not be above max",
        ),
    ],
)
def test_a_wrong_gate_is_named(changes: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        parse_gates({**GATES.model_dump(), **changes})


def test_the_gates_know_every_slice_but_conditions() -> None:
    assert isinstance(GATES, Gates)
    assert GATES.slices.keys() == VALUES.keys()
