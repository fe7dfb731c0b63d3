"""Train tells little of any held-out prompt, template aside."""

import polars as pl

from fitsense_assets.lib.release.held_out import held_out_overlaps
from fitsense_assets.lib.release.recipe import default_recipe
from tests.fitsense_assets.release.builders import Row, a_frame, a_prompt, a_row

RULE = default_recipe().held_out_overlap


def found(*rows: Row) -> list[tuple[str, str]]:
    overlaps = held_out_overlaps(a_frame(rows), [RULE]).select("query_id", "kept_by")
    return [(query[-9:-3], kept[-9:-3]) for query, kept in overlaps.rows()]


def with_part_of(held: str, share: float) -> str:
    words = held.split("plan ")[1].split("\n", maxsplit=1)[0].split(" ")
    part = " ".join(words[: round(len(words) * share)])
    return f"task plan_creation\ngoal strength\nplan {part} " + a_prompt(99).split("plan ")[1]


def test_a_row_with_most_of_a_held_out_prompt_goes() -> None:
    held = a_prompt(1, count_words=100)

    assert found(
        a_row(1, "test", prompt=held),
        a_row(2, "train", prompt=with_part_of(held, 0.9)),
        a_row(3, "train", prompt=with_part_of(held, 0.3)),
        a_row(4, "train"),
    ) == [("000002", "000001")]


def test_val_counts_as_held_out_and_held_out_rows_stay() -> None:
    held = a_prompt(1, count_words=100)

    assert found(
        a_row(1, "val", prompt=held),
        a_row(2, "test", prompt=with_part_of(held, 0.9)),
        a_row(3, "train", prompt=with_part_of(held, 0.9)),
    ) == [("000003", "000002")]


def test_phrases_of_many_rows_say_nothing_of_one() -> None:
    phrase = a_prompt(1, count_words=100)
    rows = [a_row(n, "train", prompt=f"{phrase}\nnote {n}") for n in range(2, 25)]

    assert found(a_row(1, "test", prompt=phrase), *rows) == []


def test_what_is_no_template_any_more_once_rows_are_gone_is_looked_at_again() -> None:
    # 21 rows hold the phrase, one more than a template's floor; one of them tells the first prompt.
    phrase = " ".join(f"p{n}" for n in range(60))
    own = a_prompt(1, count_words=100)
    held = [a_row(1, "test", prompt=own), a_row(2, "test", prompt=f"plan {phrase}")]
    gone = a_row(3, prompt=f"{own} {phrase}")
    rows = [a_row(n, prompt=f"{a_prompt(n)} {phrase}") for n in range(4, 23)]

    found = held_out_overlaps(a_frame([*held, gone, *rows]), [RULE])

    assert found["query_id"][0] == gone["query_id"]
    assert found.height == 20
    left = [row for row in [*held, *rows] if row["query_id"] not in {*found["query_id"]}]
    assert held_out_overlaps(a_frame(left), [RULE]).is_empty()


def test_no_rows_have_no_overlaps() -> None:
    assert held_out_overlaps(a_frame([]), [RULE]).is_empty()
    assert held_out_overlaps(a_frame([a_row(1, "test")]), [RULE]).schema["share"] == pl.Float64
