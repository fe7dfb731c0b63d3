"""The recipe of a release is typed, and says which field is wrong."""

from typing import Any

import pytest

from fitsense_assets.lib.release.recipe import default_recipe, parse_recipe
from fitsense_training.domain.errors import BadInput

GOOD: dict[str, Any] = default_recipe().model_dump()


@pytest.mark.parametrize(
    ("block", "changes", "told"),
    [
        ("near_duplicates", {"jaccard_min": 1.5}, "near_duplicates.jaccard_min"),
        ("near_duplicates", {"bands": 7}, "7 bands do not divide 128 hashes"),
        ("near_duplicates", {"question_lines": []}, "near_duplicates.question_lines"),
        ("held_out_overlap", {"template_rows": [500, 20]}, "a least and a most"),
        ("held_out_overlap", {"word": 13}, "held_out_overlap.word "),
    ],
)
def test_a_wrong_field_is_named(block: str, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        parse_recipe({**GOOD, block: {**GOOD[block], **changes}})


def test_what_counts_as_template_has_a_floor_and_a_ceiling() -> None:
    rule = default_recipe().held_out_overlap

    assert [rule.template_above(n) for n in (100, 10_000, 1_000_000)] == [20, 100, 500]


def test_a_release_pinned_without_the_newer_rules_is_read_as_it_was() -> None:
    older = {name: GOOD[name] for name in GOOD if name != "short_overlap"}

    recipe = parse_recipe(older)

    assert recipe.overlaps == (recipe.held_out_overlap,)
