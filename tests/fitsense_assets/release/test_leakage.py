"""Splits that leak are found out, whoever wrote them, and the rows that match are shown."""

import polars as pl

from fitsense_assets.lib.release.fixed import NO_PROMPTS
from fitsense_assets.lib.release.leakage import (
    contaminated,
    repeated_rows,
    shared_clusters,
    shared_users,
)
from fitsense_assets.lib.release.recipe import default_recipe
from tests.fitsense_assets.release.builders import Row, a_fixed, a_prompt, a_row

RECIPE = default_recipe()
COLUMNS = ("query_id", "user_id", "split", "prompt", "answer")


def chats(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame([{name: row[name] for name in COLUMNS} for row in rows])


def test_sound_splits_leak_nothing() -> None:
    rows = chats(a_row(3, "test"), a_row(2, "val"), a_row(1))

    found = [
        shared_users(rows),
        shared_clusters(rows, RECIPE),
        repeated_rows(rows, RECIPE),
        contaminated(rows, RECIPE, NO_PROMPTS),
    ]

    assert [verdict.passed for verdict in found] == [True] * 4
    assert [verdict.looked_at for verdict in found] == [3, 3, 3, 1]


def test_a_person_in_two_splits_is_named_with_them() -> None:
    found = shared_users(chats(a_row(2, "test", user_id="c0001-u000001"), a_row(1), a_row(3)))

    assert found.cases == ({"user_id": "c0001-u000001", "splits": "test train", "queries": "2"},)
    assert found.sentence() == "1 people are in two splits, 2 were looked at"


def test_a_near_duplicate_across_splits_is_shown_with_what_it_repeats() -> None:
    prompt = a_prompt(1, count_words=120)
    rows = chats(a_row(1, "test", prompt=prompt), a_row(2, prompt=prompt.replace("w1x50", "x")))

    (case,) = shared_clusters(rows, RECIPE).cases

    assert (case["query_id"], case["kept_by"]) == ("c0001-u000002-q1", "c0001-u000001-q1")
    assert (case["split"], case["kept_in"]) == ("train", "test")
    assert float(case["share"]) > 0.9
    assert repeated_rows(rows, RECIPE).passed


def test_a_row_poured_in_is_counted_and_shown_once() -> None:
    poison = a_prompt(7, count_words=50)
    poured = [a_row(n, prompt=poison) for n in range(10, 1010)]

    found = repeated_rows(chats(a_row(1), *poured), RECIPE)

    (case,) = found.cases
    assert (case["split"], case["repeats"], case["kept_by"]) == (
        "train",
        "999",
        poured[0]["query_id"],
    )


def test_train_that_tells_a_held_out_prompt_is_shown_with_how_much() -> None:
    held = a_prompt(1, count_words=100)
    fixed = a_fixed(*(a_prompt(n) for n in range(40, 46)))
    rows = chats(
        a_row(1, "val", prompt=held),
        a_row(2, prompt=held),
        a_row(3, prompt=held.replace("ask lighter", "ask harder")),
        a_row(4, prompt=fixed["prompt"][5]),
        a_row(5),
    )

    found = contaminated(rows, RECIPE, fixed)

    told = [(case["query_id"][6:13], case["kept_by"], case["by"]) for case in found.cases]
    assert told == [
        ("u000002", "c0001-u000001-q1", "the same prompt"),
        ("u000003", "c0001-u000001-q1", "runs of 13 words"),
        ("u000004", "fixed-000005", "the same prompt"),
    ]
