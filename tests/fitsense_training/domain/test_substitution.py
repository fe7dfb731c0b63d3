"""What stands in for what is written down as rules, and the rules must make sense."""

import pytest
from pydantic import ValidationError

from fitsense_training.domain.science.substitution import (
    RelatedPatterns,
    SubstitutionOrder,
    load_substitutions,
    patterns_to_try,
)
from fitsense_training.domain.vocabulary import Pattern

SOURCED = {"source": "a book", "tag": "H"}


def test_the_same_pattern_is_tried_before_related_ones():
    assert patterns_to_try(Pattern.SQUAT) == (Pattern.SQUAT, Pattern.LUNGE, Pattern.HINGE)


@pytest.mark.parametrize(
    "steps", [[], ["same_pattern"], ["drop", "same_pattern"], ["drop", "drop"]]
)
def test_an_order_that_does_not_end_with_dropping_is_refused(steps: list[str]):
    with pytest.raises(ValidationError, match="drop is the last"):
        SubstitutionOrder.model_validate({"steps": steps, **SOURCED})


def test_a_pattern_without_a_stand_in_and_one_that_names_itself_are_refused():
    shipped = dict(load_substitutions().related_patterns.patterns)
    without = {name: others for name, others in shipped.items() if name is not Pattern.CALF}

    with pytest.raises(ValidationError, match="calf"):
        RelatedPatterns.model_validate({"patterns": without, **SOURCED})
    with pytest.raises(ValidationError, match="related to themselves"):
        RelatedPatterns.model_validate(
            {"patterns": shipped | {Pattern.CALF: (Pattern.CALF,)}, **SOURCED}
        )
