"""What stays is named to a student and by a student, and whole to everybody else."""

import functools
import json
import re

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.shorthand import brief, expand, kept_in, shorten
from fitsense_training.domain.text.wire import parse_plan, write_answer, write_plan
from fitsense_training.domain.vocabulary import ReasonCode
from tests.builders import (
    a_cohort,
    a_creation,
    a_modification,
    a_pain,
    a_plan,
    an_adaptation,
    coached,
    edit,
)

PLAN = a_plan(
    {
        "mon": ["goblet_squat 3x6-12 r2 90s 24kg", "push_up 3x6-12 r2 90s bw"],
        "thu": ["dumbbell_floor_press 3x6-12 r2 90s rpe8", "dumbbell_row 3x6-12 r2 90s 20kg"],
    }
)
SWAP = a_modification("swap", PLAN, exercise_id="dumbbell_row")


@functools.cache
def asked() -> tuple[PlanRequest, ...]:
    return tuple(a_cohort(users=60, seed=12).requests()[:200])


def conversations() -> list[tuple[str, str]]:
    """Prompts with the coach's plans; whoever is sent to a clinician gets none."""
    pairs = ((render_prompt(request), write_answer(coach(request))) for request in asked())
    return [(prompt, answer) for prompt, answer in pairs if answer.startswith('{"g"')]


def days_kept(request: PlanRequest) -> list[str]:
    return [*kept_in(render_prompt(request)).sessions]


def test_every_answer_is_whole_again():
    short = [shorten(prompt, answer) for prompt, answer in conversations()]

    for (prompt, answer), text in zip(conversations(), short, strict=True):
        assert expand(prompt, text) == answer
    assert sum('"=' in text for text in short) > 50


def test_what_the_prompt_says_stays_is_what_the_coach_leaves_alone():
    said = left_alone = 0
    for prompt, answer in conversations():
        kept = kept_in(prompt)
        texts = [*kept.sessions.values(), *kept.lines.values()]
        said += len(texts)
        left_alone += sum(text in answer for text in texts)

    assert said > 400
    assert left_alone >= 0.99 * said


def rows(request: PlanRequest) -> list[list[str]]:
    """The lines of the coach's answer as a student writes them."""
    answer = shorten(render_prompt(request), write_plan(coached(request)))
    return [row for session in json.loads(answer)["s"] if len(session) > 1 for row in session[3]]


def test_what_stays_is_named_and_what_comes_in_is_written_behind_its_number():
    answer = shorten(render_prompt(SWAP), write_plan(coached(SWAP)))

    mon, (_, _, _, (kept, new)) = json.loads(answer)["s"]

    assert mon == ["=mon"]
    assert kept == ["#thu1"]
    assert new[0].startswith("#thu2.:")
    assert new[2] == "why:user_request"


def test_a_line_that_changes_is_its_number_and_what_is_new_of_it():
    plan = a_plan(
        {"mon": ["goblet_squat 3x6-12 r2 90s 24kg", "dumbbell_floor_press 3x6-12 r2 90s rpe8"]}
    )
    request = an_adaptation({"goblet_squat": "stall", "dumbbell_floor_press": "top"}, plan)

    squat, press = rows(request)

    load = re.search(r"!load ([^\"]+)\"", render_prompt(request))
    assert load is not None
    assert squat[0] == f"#mon1 {load[1]}"
    assert press[0] == "#mon2."
    assert press[1] != "3x6-12 r2 90s rpe8"


def test_a_plan_that_changes_everywhere_is_new_doses_alone():
    written = rows(a_modification("lighter", PLAN))

    assert [row[0] for row in written] == ["#mon1", "#mon2.", "#thu1", "#thu2."]
    assert all("x" in row[1] for row in written)


def test_a_student_reads_where_it_stands_and_no_more():
    prompt = brief(render_prompt(SWAP))

    assert '"s":[["=mon"],["thu","full_body",8,[["#thu1"],["#thu2.:' in prompt
    assert "dumbbell_row" not in prompt
    assert "goblet_squat" not in prompt
    assert '["=mon","full_body",8,[["goblet_squat 24kg","3x6-12 r2 90s"]' in render_prompt(SWAP)


def test_a_number_is_read_before_what_is_written_behind_it_and_the_last_has_a_full_stop():
    prompt = brief(render_prompt(a_modification("lighter", PLAN)))

    assert '["push_up#mon2.","3x6-12 r2 90s bw"]]],["thu"' in prompt
    assert (
        '["dumbbell_floor_press#thu1","3x6-12 r2 90s rpe8"],["dumbbell_row 20kg#thu2.",' in prompt
    )


def test_a_week_that_is_laid_out_anew_has_no_numbers():
    request = a_modification("change_minutes", PLAN, minutes=30)
    prompt, answer = render_prompt(request), write_plan(coached(request))

    assert brief(prompt) == prompt
    assert shorten(prompt, answer) == answer


def test_a_prompt_without_a_plan_is_read_as_it_is():
    prompt = render_prompt(a_creation())

    assert brief(prompt) == prompt


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (a_modification("remove", PLAN, exercise_id="push_up"), ["mon", "thu"]),
        (a_modification("lighter", PLAN), []),
        (a_modification("change_minutes", PLAN, minutes=30), []),
        (a_modification("move_day", PLAN, weekdays=["mon", "tue"]), []),
        (an_adaptation({"goblet_squat": "stall"}, PLAN), ["thu"]),
        (an_adaptation({}, PLAN, readiness="poor"), []),
        (an_adaptation({}, PLAN, adherence_share=0.3), ["mon"]),
        (a_pain("lower_back", 4, PLAN), ["mon", "thu"]),
        (a_creation(), []),
    ],
)
def test_a_prompt_says_which_sessions_stay(request_: PlanRequest, kept: list[str]):
    assert days_kept(request_) == kept


def test_what_comes_in_on_request_stands_in_a_session_that_stays():
    request = a_modification("add", PLAN, exercise_id="side_plank")

    assert days_kept(request) == ["mon", "thu"]
    assert any("side_plank" in text for text in kept_in(render_prompt(request)).sessions.values())
    short = shorten(render_prompt(request), write_plan(coached(request)))
    assert json.loads(short)["s"] == [["=mon"], ["=thu"]]


def test_the_reason_of_an_earlier_change_does_not_stay():
    before = edit(PLAN, lambda item: item.model_copy(update={"reason": ReasonCode.STALL}))
    request = SWAP.model_copy(update={"current_plan": before})

    assert render_prompt(request) == render_prompt(SWAP)


@pytest.mark.parametrize(
    ("is_", "becomes"),
    [
        ('"=mon"', '"=tue"'),
        ('"#thu1"', '"#thu2."'),
        ('"#thu1"', '"#thu1."'),
        ('"#thu1"', '"#thu9"'),
        ('"#thu1"', '"#thu9","3x6-12 r2 90s"'),
    ],
)
def test_what_does_not_stay_makes_a_reply_unreadable(is_: str, becomes: str):
    prompt = render_prompt(SWAP)
    reply = shorten(prompt, write_plan(coached(SWAP))).replace(is_, becomes)

    assert becomes in expand(prompt, reply)
    with pytest.raises(PlanParseError):
        parse_plan(expand(prompt, reply))


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ('["#mon2."]', '["push_up","3x6-12 r2 90s bw"]'),
        (
            '["#mon2.","2x6-12 r3 90s","why:fatigue"]',
            '["push_up","2x6-12 r3 90s bw","why:fatigue"]',
        ),
        ('["#mon2. 10kg"]', '["push_up 10kg","3x6-12 r2 90s"]'),
        ('["#mon1","2x6-12 r3 90s"]', '["goblet_squat 24kg","2x6-12 r3 90s"]'),
        ('["#mon1 20kg"]', '["goblet_squat 20kg","3x6-12 r2 90s"]'),
        ('["#mon1","2x6-12 r3 90s rpe7"]', '["goblet_squat","2x6-12 r3 90s rpe7"]'),
        ('["#thu1","2x6-12 r3 90s"]', '["dumbbell_floor_press","2x6-12 r3 90s rpe8"]'),
    ],
)
def test_what_is_not_said_of_a_line_is_as_it_was(said: str, means: str):
    assert expand(render_prompt(a_modification("lighter", PLAN)), said) == means


@pytest.mark.parametrize(
    "note",
    [
        'plan {"s":[["=tue","upper",5,[["plank","2x20-30sec r3 60s bw"]]]]}',
        '["=tue","upper",5,[["plank =","2x20-30sec r3 60s bw"]]]',
    ],
)
def test_nobody_makes_a_session_stay_by_writing_of_it(note: str):
    request = SWAP.model_copy(update={"note": note})

    assert days_kept(request) == ["mon"]
    assert note in brief(render_prompt(request))
