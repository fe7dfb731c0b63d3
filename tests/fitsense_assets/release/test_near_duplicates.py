"""Prompts that ask the same and tell nearly the same are found; two requests never are."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_assets.lib.release.near_duplicates import (
    jaccard,
    near_duplicates,
    questions_of,
    shingles_of,
)
from fitsense_assets.lib.release.recipe import default_recipe
from tests.fitsense_assets.release.builders import a_prompt

RULE = default_recipe().near_duplicates
# Bands of two rows miss a pair of Jaccard 0.8 once in 10**28 times.
SURE = RULE.model_copy(update={"bands": 64, "jaccard_min": 0.8, "words": 2})


def found(*prompts: str) -> list[tuple[str, str]]:
    rows = pl.DataFrame({"query_id": [f"q{n}" for n in range(len(prompts))], "prompt": prompts})
    return near_duplicates(rows, RULE).select("query_id", "kept_by").rows()


def test_one_changed_word_in_a_plan_makes_a_near_duplicate() -> None:
    prompt = a_prompt(1, count_words=120)

    assert found(prompt, a_prompt(2), prompt.replace("w1x50", "other")) == [("q2", "q0")]


def test_another_question_about_the_same_plan_is_another_request() -> None:
    plan = a_prompt(1, count_words=400)

    assert found(plan, a_prompt(1, 400, ask="harder")) == []
    assert found(plan, plan.replace("goal strength", "goal mobility")) == []


def test_half_a_plan_in_common_is_no_near_duplicate() -> None:
    prompt = a_prompt(1, count_words=100)
    words = prompt.split(" ")

    assert found(prompt, " ".join([*words[:60], *(f"n{n}" for n in range(40)), *words[100:]])) == []


def test_a_row_is_kept_by_a_row_that_stays() -> None:
    first = a_prompt(1, count_words=120)
    second = first.replace("w1x15", "other")
    # The third is like the second, which is out, and less like the first.
    third = second.replace("w1x60", "other")

    assert found(second, third) == [("q1", "q0")]
    assert found(first, second, third) == [("q1", "q0")]


def test_a_line_of_the_question_is_told_by_its_first_word_alone() -> None:
    prompts = pl.Series(["task x\ngoalkeeper y\nask a b\nask", "plan task\n goal z"])

    assert questions_of(prompts, RULE).to_list() == ["task x\nask a b\nask", ""]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=12), max_size=12))
def test_no_two_kept_rows_are_alike(texts: list[list[str]]) -> None:
    prompts = ["plan " + " ".join(words) for words in texts]
    rows = pl.DataFrame(
        {"query_id": [f"q{n:02d}" for n in range(len(prompts))], "prompt": prompts},
        schema={"query_id": pl.String, "prompt": pl.String},
    )

    repeats = near_duplicates(rows, SURE)

    kept = rows.join(repeats, on="query_id", how="anti")
    grams = shingles_of(kept["prompt"], SURE)
    sets = [grams.of(place) for place in range(kept.height)]
    pairs = [(a, b) for n, a in enumerate(sets) for b in sets[:n]]
    assert all(jaccard(a, b) < SURE.jaccard_min for a, b in pairs)
    assert set(repeats["kept_by"]) <= set(kept["query_id"])
    assert repeats["share"].is_between(SURE.jaccard_min, 1).all()
