"""Every row of a release passes all filters or is named with the one it failed."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_assets.lib.release.filters import (
    SPLITS,
    Filtered,
    FilterName,
    count_by_split,
    filter_rows,
    users_in_two_splits,
)
from fitsense_assets.lib.release.fixed import NO_PROMPTS
from fitsense_assets.lib.release.recipe import default_recipe
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.release.builders import Row, a_fixed, a_frame, a_prompt, a_row

RECIPE = default_recipe()


def filtered(*rows: Row, fixed: pl.DataFrame = NO_PROMPTS) -> Filtered:
    return filter_rows(a_frame(rows), RECIPE, fixed)


def lost(result: Filtered) -> list[tuple[str, str | None, str | None]]:
    columns = ("filter", "reason", "kept_by")
    return [(row[0], row[1], row[2]) for row in result.removed.select(columns).rows()]


def test_a_rejected_reply_is_lost_with_its_reason() -> None:
    result = filtered(a_row(1), a_row(2, is_accepted=False, rejection_reason="rules: DOS01"))

    assert result.rows["user_id"].to_list() == ["c0001-u000001"]
    assert lost(result) == [(FilterName.NOT_ACCEPTED, "rules: DOS01", None)]


def test_a_row_too_long_is_lost_with_its_length() -> None:
    result = filtered(a_row(1), a_row(2, prompt="p" * 5000, answer="a" * 3001))

    assert lost(result) == [(FilterName.TOO_LONG, "8001 characters", None)]


def test_a_prompt_in_two_splits_stays_in_the_held_out_one() -> None:
    same = a_prompt(7)

    result = filtered(
        a_row(1, "train", prompt=same),
        a_row(2, "val", prompt=same),
        a_row(3, "test", prompt=same),
        a_row(4, "train"),
    )

    kept = "c0001-u000003-q1"
    assert result.count_out == {"train": 1, "val": 0, "test": 1}
    assert lost(result) == [(FilterName.EXACT_DUPLICATE, "same prompt", kept)] * 2
    duplicates = result.steps[2]
    assert (duplicates.lost, duplicates.across) == ({"train": 1, "val": 1, "test": 0}, 2)


def test_a_near_duplicate_within_train_does_not_count_as_leak() -> None:
    prompt = a_prompt(1, count_words=120)

    result = filtered(a_row(1, prompt=prompt), a_row(2, prompt=prompt.replace("w1x50", "other")))

    near = result.steps[3]
    assert (near.name, near.lost["train"], near.across) == (FilterName.NEAR_DUPLICATE, 1, 0)
    assert result.removed["kept_by"].to_list() == ["c0001-u000001-q1"]


def test_a_row_that_tells_a_held_out_prompt_is_lost() -> None:
    held = a_prompt(1, count_words=100)
    told = held.replace("ask lighter", "ask harder")

    result = filtered(a_row(1, "test", prompt=held), a_row(2, prompt=told), a_row(3))

    assert lost(result) == [
        (FilterName.HELD_OUT_OVERLAP, "share told in 13 words 0.989", "c0001-u000001-q1")
    ]


def test_a_row_that_tells_a_held_out_prompt_in_short_runs_is_lost() -> None:
    # Every 24th word is another: 11 of 24 runs of 13 words are left, but 16 of 24 runs of 8.
    words = a_prompt(1, count_words=220).split(" ")
    told = " ".join("other" if n % 24 == 23 else word for n, word in enumerate(words))

    result = filtered(a_row(1, "test", prompt=" ".join(words)), a_row(2, prompt=told), a_row(3))

    ((name, reason, _),) = lost(result)
    assert name == FilterName.HELD_OUT_OVERLAP
    assert reason == "share told in 8 words 0.673"


def test_a_fixed_prompt_costs_the_row_that_repeats_it_and_is_no_row_itself() -> None:
    prompt, longest = a_prompt(8), a_prompt(9, count_words=220)
    fixed = a_fixed(prompt, longest)

    result = filtered(
        a_row(1, "test", prompt=prompt),
        a_row(2, prompt=longest + " once more"),
        a_row(3),
        fixed=fixed,
    )

    assert result.count_in == {"train": 2, "val": 0, "test": 1}
    assert result.rows["query_id"].to_list() == ["c0001-u000003-q1"]
    assert result.removed["kept_by"].str.starts_with("fixed-").all()
    assert sum(step.across for step in result.steps) == 2


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([a_row(1), a_row(2, "val", user_id="c0001-u000001")], "c0001-u000001 is in two splits"),
        ([a_row(1, "holdout")], "'holdout' is none of train, val, test"),
        ([a_row(1), a_row(1)], "query c0001-u000001-q1 stands twice"),
    ],
)
def test_rows_that_cannot_be_split_are_refused(rows: list[Row], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        filtered(*rows)


_people = st.lists(
    st.tuples(
        st.sampled_from(SPLITS), st.lists(st.integers(0, 6), min_size=1, max_size=3), st.booleans()
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(_people, st.integers(0, 9))
def test_nothing_is_lost_unseen_nor_leaks(
    people: list[tuple[str, list[int], bool]], seed: int
) -> None:
    rows = [
        a_row(
            person,
            split,
            query_id=f"u{person:02d}-q{place}",
            prompt=a_prompt(prompt, count_words=30),
            is_accepted=accepted,
        )
        for person, (split, prompts, accepted) in enumerate(people)
        for place, prompt in enumerate(prompts)
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))

    result, again = (filter_rows(a_frame(order), RECIPE) for order in (rows, shuffled))

    assert result.rows.equals(again.rows)
    assert result.removed.equals(again.removed)
    every = [*result.rows["query_id"], *result.removed["query_id"]]
    assert sorted(every) == sorted(row["query_id"] for row in rows)
    assert not result.rows["prompt"].is_duplicated().any()
    assert users_in_two_splits(result.rows) == []
    for split in SPLITS:
        gone = sum(step.lost[split] for step in result.steps)
        assert result.count_in[split] - gone == result.count_out[split]


def test_splits_without_rows_count_zero() -> None:
    assert count_by_split(pl.DataFrame({"split": ["val"]})) == {"train": 0, "val": 1, "test": 0}
