"""A changed recipe makes the students of the earlier one stale; a changed comment does not."""

from pathlib import Path

from fitsense_assets.defs.automation.attributes import attributes
from fitsense_assets.defs.student.assets import student_checkpoint
from fitsense_assets.lib.student.train import DEFAULT_RECIPE, recipe_version


def test_what_a_recipe_says_is_its_version(tmp_path: Path):
    first, commented, changed = (tmp_path / f"{n}.yaml" for n in "abc")
    first.write_text("name: x\nseed: 0\n")
    commented.write_text("# why\nseed: 0\nname: x\n")
    changed.write_text("name: x\nseed: 1\n")

    assert recipe_version(str(first)) == recipe_version(str(commented))
    assert recipe_version(str(first)) != recipe_version(str(changed))


def test_the_checkpoint_s_code_holds_the_recipe():
    spec = attributes(next(iter(student_checkpoint.specs)))

    assert recipe_version(DEFAULT_RECIPE) in (spec.code_version or "")
