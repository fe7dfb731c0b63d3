"""What a coach is told: pinned word for word, and never steered by what a person typed."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_training.domain.request import MAX_NOTE_CHARS, PlanRequest
from fitsense_training.domain.text.prompt import PROMPT_VERSION, clean_note, render_prompt
from fitsense_training.domain.vocabulary import PromptType
from tests.builders import (
    a_creation,
    a_modification,
    a_new_condition,
    a_pain,
    a_plan,
    a_profile,
    an_adaptation,
    has,
)

GOLDEN = Path(__file__).parent / "golden" / "prompts.txt"
PLAN = a_plan(
    {
        "mon": ["goblet_squat 3x8-12 r2 90s 16kg", "dumbbell_row 3x8-12 r2 90s 12kg"],
        "fri": ["plank 2x20-30sec r3 60s bw"],
    }
)


def every_kind_of_request() -> list[PlanRequest]:
    """One request of each kind, with every line a prompt can have."""
    sick = a_profile(
        conditions=[has("asthma"), has("hypertension")],
        excluded_exercises=["goblet_squat"],
        goals=["fat_loss", "strength"],
        equipment=[],
    )
    return [
        a_creation(),
        a_creation(sick, lifts=(("dumbbell_row", 12.5),), note="Mornings  are best."),
        a_modification("swap", PLAN, exercise_id="dumbbell_row"),
        a_modification("change_days", PLAN, weekdays=["mon", "wed"]),
        a_modification("change_equipment", PLAN, equipment=[]),
        a_modification("lighter", PLAN),
        a_modification("harder", PLAN),
        a_modification("remove", PLAN, exercise_id="dumbbell_row"),
        a_modification("add", PLAN, exercise_id="side_plank"),
        a_pain("knee", 5, PLAN),
        a_new_condition("asthma", PLAN),
        an_adaptation(
            {"goblet_squat": "top", "dumbbell_row": "stall"},
            PLAN,
            readiness="poor",
            gap_days=9,
            is_deload_due=True,
            adherence_share=0.5,
        ),
        an_adaptation({"goblet_squat": "top"}, PLAN, adherence_share=0.3),
    ]


def test_prompts_are_as_they_were():
    """A changed word is a changed prompt: bump PROMPT_VERSION, then write the golden file anew."""
    rendered = "\n\n".join(render_prompt(request) for request in every_kind_of_request())

    assert f"version {PROMPT_VERSION}\n\n{rendered}\n" == GOLDEN.read_text("utf-8")


def test_the_golden_file_shows_every_prompt_type():
    assert {request.prompt_type for request in every_kind_of_request()} == set(PromptType)


hostile = st.text(max_size=MAX_NOTE_CHARS) | st.lists(
    st.sampled_from(["<<<", ">>>", "<", ">", "\n", "\u2028", "\u200b", "\uff1c", "task", " x "]),
    max_size=60,
).map("".join)


@settings(max_examples=300, database=None, derandomize=True, deadline=None)
@given(note=hostile)
def test_a_note_never_breaks_its_frame(note: str):
    plain = render_prompt(a_creation())
    prompt = render_prompt(a_creation(note=note[:MAX_NOTE_CHARS]))

    *facts, last = prompt.split("\n")
    if not note:
        assert prompt == plain
        return
    assert "\n".join(facts) == plain
    assert last.splitlines() == [last]
    assert last.startswith("note <<<")
    assert last.endswith(">>>")
    assert "<<<" not in last[len("note <<<") :]
    assert ">>>" not in last[len("note <<<") : -len(">>>")]


def test_invisible_text_does_not_reach_the_coach():
    assert clean_note("plain\u200b\u202etext\x00") == "plain text"
