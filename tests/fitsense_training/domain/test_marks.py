"""The prompt says of each line what the rules make of it, and of no other line anything."""

import re

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.text.marks import STAND_INS_MAX, Marks, marks_of
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_plan
from fitsense_training.domain.vocabulary import Pattern
from tests.builders import (
    a_creation,
    a_modification,
    a_new_condition,
    a_pain,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
    has,
)

PLAN = a_plan(
    {
        "mon": ["goblet_squat 3x6-12 r2 90s 24kg", "push_up 3x6-12 r2 90s bw"],
        "thu": ["goblet_squat 3x6-12 r2 90s 24kg", "dumbbell_row 3x6-12 r2 90s 20kg"],
    }
)


def line(request: PlanRequest, word: str) -> str:
    return next(row for row in render_prompt(request).split("\n") if row.startswith(f"{word} "))


def test_what_is_removed_is_left_out_wherever_it_stands_and_named_nowhere():
    request = a_modification("remove", PLAN, exercise_id="goblet_squat")

    plan = line(request, "plan")

    assert '[["push_up","3x6-12 r2 90s bw"]]' in plan
    assert '[["dumbbell_row 20kg","3x6-12 r2 90s"]]' in plan
    assert line(request, "ask") == "ask remove"
    assert "goblet_squat" not in render_prompt(request)


def test_what_is_removed_behind_another_line_takes_its_comma_along():
    plan = line(a_modification("remove", PLAN, exercise_id="push_up"), "plan")

    assert '[["goblet_squat 24kg","3x6-12 r2 90s"]]' in plan


def test_a_session_that_is_to_be_moved_stands_on_its_new_day():
    request = a_modification("move_day", PLAN, weekdays=["mon", "sun"])

    plan = line(request, "plan")

    assert line(request, "ask") == "ask move_day mon sun"
    assert '"s":[["thu",' in plan
    assert '["sun","full_body",8,[["goblet_squat' in plan
    assert '["mon"' not in plan


def test_what_is_removed_stays_where_it_is_all_of_a_session():
    alone = a_plan(
        {"mon": ["goblet_squat 3x6-12 r2 90s 24kg"], "thu": ["push_up 3x6-12 r2 90s bw"]}
    )

    plan = line(a_modification("remove", alone, exercise_id="goblet_squat"), "plan")

    assert '[["goblet_squat 24kg","3x6-12 r2 90s"]]' in plan
    assert "!" not in plan


def test_what_is_swapped_is_marked_with_what_may_stand_in_for_it():
    request = a_modification("swap", PLAN, exercise_id="goblet_squat")
    bounds = bounds_of(request)

    marks = re.findall(r'\["!swap ([a-z_ ]+)","3x6-12 r2 90s"\]', line(request, "plan"))

    assert len(marks) == 2
    names = marks[0].split()
    squats = {exercise.id for exercise in bounds.exercises(Pattern.SQUAT)}
    assert len(names) == STAND_INS_MAX
    assert set(names) <= squats - {"goblet_squat"}


def test_the_coach_takes_one_of_the_stand_ins_that_are_named():
    request = a_modification("swap", PLAN, exercise_id="goblet_squat")
    named = set(marks_of(request).gone["mon", "goblet_squat"].split())

    answer = coach(request, seed=0)

    assert isinstance(answer, WorkoutPlan)
    new = {item.exercise_id for _, item in answer.items()} - {
        item.exercise_id for _, item in PLAN.items()
    }
    assert new
    assert new <= named


def test_no_stand_in_is_named_that_a_session_of_the_line_holds_already():
    request = a_modification("swap", PLAN, exercise_id="dumbbell_row")

    assert "goblet_squat" not in marks_of(request).gone["thu", "dumbbell_row"]


def test_what_a_condition_forbids_is_out():
    plan = line(a_new_condition("knee_osteoarthritis", PLAN), "plan")

    assert len(re.findall(r'\["!out [a-z_ ]+","3x6-12 r2 90s"\]', plan)) == 2
    assert plan.count("!") == 2


def test_pain_eases_its_region_with_the_lighter_load():
    plan = line(a_pain("knee", 5, PLAN), "plan")

    assert plan.count('["goblet_squat 24kg !ease 14kg","3x6-12 r2 90s"]') == 2
    assert "push_up !ease" not in plan


@pytest.mark.parametrize("level", [2, 7])
def test_pain_that_changes_nothing_or_stops_the_exercise_eases_nothing(level: int):
    assert "!ease" not in line(a_pain("knee", level, PLAN), "plan")


def test_the_log_makes_a_load_a_repetition_or_less_due():
    statuses = {"goblet_squat": "top", "dumbbell_row": "stall", "push_up": "top"}

    plan = line(an_adaptation(statuses, PLAN), "plan")

    assert plan.count('["goblet_squat 24kg !load 26kg","') == 2
    assert '["dumbbell_row 20kg !load 18kg","' in plan
    assert '["push_up !rep","' in plan


def test_after_pain_in_the_log_a_line_is_eased():
    plan = line(an_adaptation({"goblet_squat": "pain", "push_up": "pain"}, PLAN), "plan")

    assert plan.count('["goblet_squat 24kg !ease 14kg","') == 2
    assert '["push_up !ease","' in plan


def test_after_a_pause_every_load_that_is_due_is_lighter():
    plan = line(an_adaptation({"goblet_squat": "top"}, PLAN, gap_days=20), "plan")

    assert "goblet_squat 24kg !load 18kg" in plan
    assert "!rep" not in plan


def test_what_is_added_stands_where_the_coach_puts_it():
    request = a_modification("add", PLAN, exercise_id="side_plank")

    plan = line(request, "plan")

    added = re.findall(r'\["side_plank","[^]]+\]', plan)
    assert len(added) == 1
    assert added[0] in write_plan(coached(request))
    assert line(request, "ask") == "ask add"


def test_what_no_rule_lets_in_is_not_added():
    plan = line(a_modification("add", PLAN, exercise_id="barbell_row"), "plan")

    assert plan.replace('["=', '["') == f"plan {write_plan(PLAN)}"


def test_a_harder_plan_marks_the_lines_that_have_reserve_to_give():
    lines = {"mon": ["goblet_squat 3x6-12 r2 90s 24kg", "push_up 3x6-12 r1 90s bw"]}

    plan = line(a_modification("harder", a_plan(lines)), "plan")

    assert '["goblet_squat 24kg !harder","' in plan
    assert "push_up !harder" not in plan


def test_a_week_that_is_laid_out_anew_excludes_what_is_asked_away():
    minutes, swap = (
        operation
        for request in (
            a_modification("change_minutes", PLAN, minutes=30),
            a_modification("swap", PLAN, exercise_id="goblet_squat"),
        )
        for operation in request.operations
    )
    both = a_modification("change_minutes", PLAN, minutes=30).model_copy(
        update={"operations": (minutes, swap)}
    )

    assert line(both, "exclude") == "exclude goblet_squat"
    assert line(both, "ask") == "ask change_minutes 30; swap"
    assert "goblet_squat" not in line(both, "plan")
    assert marks_of(a_modification("change_minutes", PLAN, minutes=30)) == Marks()
    assert marks_of(a_creation()) == Marks()


def test_the_log_names_what_did_not_go_as_planned():
    request = an_adaptation({"goblet_squat": "mid", "push_up": "stall"}, PLAN)

    assert "push_up stall; readiness" in line(request, "log")
    assert "goblet_squat" not in line(request, "log")


@pytest.mark.parametrize(
    ("adherence_share", "gap_days", "readiness", "is_less"),
    [(0.3, 0, "ok", True), (0.3, 20, "ok", True), (0.3, 0, "poor", False), (0.9, 0, "ok", False)],
)
def test_the_log_says_when_a_session_is_to_go(
    adherence_share: float, gap_days: int, readiness: str, is_less: bool
):
    request = an_adaptation(
        {}, PLAN, adherence_share=adherence_share, gap_days=gap_days, readiness=readiness
    )

    assert ("session less" in line(request, "log")) is is_less
    assert (len(coached(request).sessions) < len(PLAN.sessions)) is is_less


def test_the_least_reserve_of_conditions_is_said():
    person = a_profile(conditions=[has("hypertension", is_cleared=True)])

    assert "\nreserve 3\n" in f"{render_prompt(a_creation(person))}\n"
    assert "\nreserve " not in render_prompt(a_creation())
