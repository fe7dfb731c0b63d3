"""What a large model is told: nothing that the person has asked to be rid of is on offer."""

import pytest

from fitsense_assets.lib.teacher.guide import render_guide
from tests.builders import a_modification, a_plan

PLAN = a_plan(
    {
        "mon": ["goblet_squat 3x6-12 r2 90s 24kg", "push_up 3x6-12 r2 90s bw"],
        "thu": ["dumbbell_row 3x6-12 r2 90s 20kg", "plank 2x20-30sec r3 60s bw"],
    }
)


@pytest.mark.parametrize("kind", ["swap", "remove"])
def test_what_is_asked_away_is_not_on_offer(kind: str):
    request = a_modification(kind, PLAN, exercise_id="goblet_squat")

    assert "\ngoblet_squat (" not in render_guide(request)
    assert "\npush_up (" in render_guide(request)


def test_what_stays_is_on_offer():
    assert "\ngoblet_squat (" in render_guide(a_modification("lighter", PLAN))
