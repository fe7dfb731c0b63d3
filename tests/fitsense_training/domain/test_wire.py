"""Plans go over the wire without loss, and what is no whole plan is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.text.wire import (
    parse_answer,
    parse_plan,
    write_answer,
    write_plan,
    write_session,
)
from fitsense_training.domain.vocabulary import TemplateId
from tests.builders import a_creation, a_plan, coached
from tests.fitsense_training.domain.strategies import plans

PLAN = a_plan({"mon": ["goblet_squat 3x8-12 r2 90s rpe8", "plank 2x20-30sec r3 60s bw"]})
LINE = write_plan(PLAN)


@settings(max_examples=40, database=None, derandomize=True, deadline=None)
@given(plan=plans())
def test_every_plan_comes_back_from_the_wire(plan: WorkoutPlan):
    assert parse_plan(write_plan(plan)) == plan


def test_a_line_without_a_dose_is_refused():
    with pytest.raises(PlanParseError, match="a row is"):
        parse_plan(LINE.replace('["plank","2x20-30sec r3 60s bw"]', '["plank"]'))


@pytest.mark.parametrize(
    "reply",
    [
        f"```json\n{LINE}\n```",
        f"Here is your plan: {LINE} Enjoy!",
        f'<think>maybe {{"g": 1}}</think>{LINE}',
        LINE.replace(']],"a"', ',]],"a"'),
        f"\n\n  {LINE}  \n",
        json.dumps(json.loads(LINE), indent=2),
    ],
    ids=["fence", "prose", "think", "trailing comma", "blank", "pretty"],
)
def test_a_plan_is_found_in_what_models_wrap_around_it(reply: str):
    assert parse_plan(reply) == PLAN


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (LINE[:-20], "cut short|not JSON"),
        ("", "no JSON object"),
        ("I cannot help with that.", "no JSON object"),
        (LINE.replace('"a":', '"g":"strength","a":'), "same key twice"),
        (LINE.replace('"full_body",8', '"full_body",NaN'), "NaN"),
        (LINE.replace('"full_body",8', '"full_body",Infinity'), "Infinity"),
        (LINE + "x" * 1_000_000, "longer than"),
        ('{"g":' * 15_000, "nested too deeply"),
        (LINE.replace('"full_body",8', '"full_body",true'), "whole number"),
        (LINE.replace("3x8-12", "3x12-8"), "reversed"),
        (LINE.replace("3x8-12", "three sets"), "is not a dose"),
        (LINE.replace("rpe8", "8 stones"), "is not a dose"),
        (LINE.replace("rpe8", "12lb"), "is not a load"),
        (LINE.replace("rpe8", "rpe11"), "between 1 and 10"),
        (LINE.replace("r2 90s rpe8", 'r2 90s rpe8","why:pain","why:pain'), "repeated flag"),
        (LINE.replace("r2 90s rpe8", 'r2 90s rpe8","note:hello'), "unknown or repeated flag"),
        (LINE.replace('"plank"', '"goblet_squat"'), "stands twice"),
        (LINE.replace('"g":"hypertrophy",', ""), "exactly the keys"),
        (LINE.replace('"hypertrophy"', '"bulk"'), "goal"),
        (LINE.replace('"60 moderate"', '"60"'), "2 entries"),
        (LINE.replace('"60 moderate"', '"-5 moderate"'), "whole number"),
        (LINE.replace('"60 moderate"', '"999 moderate"'), "less than or equal to 600"),
        ('{"t":"call_me"}', "template"),
        ("[1, 2, 3]", "no JSON object"),
    ],
)
def test_what_is_no_whole_plan_is_refused(reply: str, message: str):
    with pytest.raises(PlanParseError, match=message):
        parse_answer(reply)


@settings(max_examples=200, database=None, derandomize=True, deadline=None)
@given(text=st.text(max_size=200) | st.text(alphabet='{}[]",:gsapxw0123 ', max_size=60))
def test_no_text_breaks_the_parser(text: str):
    try:
        answer = parse_answer(text)
    except PlanParseError:
        return
    assert parse_answer(write_answer(answer)) == answer


@settings(max_examples=60, database=None, derandomize=True, deadline=None)
@given(cut=st.integers(1, len(LINE) - 1))
def test_no_part_of_a_plan_is_taken_for_a_plan(cut: int):
    with pytest.raises(PlanParseError):
        parse_answer(LINE[:cut])


def test_a_fixed_text_is_an_answer_but_no_plan():
    handoff = Handoff(template=TemplateId.SEE_CLINICIAN)

    assert write_answer(handoff) == '{"t":"see_clinician"}'
    assert parse_answer(write_answer(handoff)) == handoff
    with pytest.raises(PlanParseError, match="no plan"):
        parse_plan(write_answer(handoff))


def test_a_whole_week_is_one_short_line():
    line = write_plan(coached(a_creation()))

    assert "\n" not in line
    assert len(line) < 1600


def test_a_load_in_kg_stands_behind_its_exercise_and_an_effort_in_the_dose():
    plan = a_plan({"mon": ["dumbbell_row 3x6-12 r2 90s 22.5kg", "push_up 3x6-12 r2 90s bw"]})

    assert write_session(plan.sessions[0])[3] == [
        ["dumbbell_row 22.5kg", "3x6-12 r2 90s"],
        ["push_up", "3x6-12 r2 90s bw"],
    ]


def test_a_load_behind_the_dose_as_it_once_was_is_still_read():
    plan = a_plan({"mon": ["dumbbell_row 3x6-12 r2 90s 22.5kg"]})
    once = write_plan(plan).replace(
        '["dumbbell_row 22.5kg","3x6-12 r2 90s"]', '["dumbbell_row","3x6-12 r2 90s 22.5kg"]'
    )

    assert once != write_plan(plan)
    assert parse_plan(once) == plan


@pytest.mark.parametrize(
    "row",
    ['["dumbbell_row","3x6-12 r2 90s"]', '["dumbbell_row 22.5kg","3x6-12 r2 90s 20kg"]'],
    ids=["no load", "two loads"],
)
def test_a_row_has_one_load(row: str):
    plan = a_plan({"mon": ["dumbbell_row 3x6-12 r2 90s 22.5kg"]})
    reply = write_plan(plan).replace('["dumbbell_row 22.5kg","3x6-12 r2 90s"]', row)

    with pytest.raises(PlanParseError, match="one load is expected"):
        parse_plan(reply)
