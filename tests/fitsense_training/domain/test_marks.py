"""The prompt says of each line what the rules make of it, and of no other line anything."""

import pytest

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.marks import Marks, marks_of
from fitsense_training.domain.text.prompt import render_prompt
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

PLAN = a_plan(
    {
        "mon": ["goblet_squat 3x6-12 r2 90s 24kg", "push_up 3x6-12 r2 90s bw"],
        "thu": ["goblet_squat 3x6-12 r2 90s 24kg", "dumbbell_row 3x6-12 r2 90s 20kg"],
    }
)


def line(request: PlanRequest, word: str) -> str:
    return next(row for row in render_prompt(request).split("\n") if row.startswith(f"{word} "))


@pytest.mark.parametrize("kind", ["swap", "remove"])
def test_what_is_asked_away_is_marked_wherever_it_stands(kind: str):
    plan = line(a_modification(kind, PLAN, exercise_id="goblet_squat"), "plan")

    assert plan.count(f'["!{kind}","3x6-12 r2 90s","goblet_squat 24kg"]') == 2
    assert '["push_up","3x6-12 r2 90s bw"]' in plan


def test_what_a_condition_forbids_is_out():
    plan = line(a_new_condition("knee_osteoarthritis", PLAN), "plan")

    assert plan.count('["!out","3x6-12 r2 90s","goblet_squat 24kg"]') == 2
    assert plan.count("!") == 2


def test_pain_eases_its_region_with_the_lighter_load():
    plan = line(a_pain("knee", 5, PLAN), "plan")

    assert plan.count('["goblet_squat !ease 14kg 24kg","3x6-12 r2 90s"]') == 2
    assert "push_up !ease" not in plan


@pytest.mark.parametrize("level", [2, 7])
def test_pain_that_changes_nothing_or_stops_the_exercise_eases_nothing(level: int):
    assert "!ease" not in line(a_pain("knee", level, PLAN), "plan")


def test_the_log_gives_the_load_that_is_due():
    statuses = {"goblet_squat": "top", "dumbbell_row": "stall", "push_up": "top"}

    log = line(an_adaptation(statuses, PLAN), "log")

    assert log.startswith(
        "log goblet_squat top 26kg; dumbbell_row stall 18kg; push_up top rep; readiness"
    )


def test_after_a_pause_every_load_that_is_due_is_lighter():
    log = line(an_adaptation({"goblet_squat": "top"}, PLAN, gap_days=20), "log")

    assert "goblet_squat top 18kg" in log
    assert "rep" not in log


def test_a_week_that_is_laid_out_anew_has_no_marks():
    assert marks_of(a_modification("change_minutes", PLAN, minutes=30)) == Marks()
    assert marks_of(a_creation()) == Marks()


def test_the_least_reserve_of_conditions_is_said():
    person = a_profile(conditions=[has("hypertension", is_cleared=True)])

    assert "\nreserve 3\n" in f"{render_prompt(a_creation(person))}\n"
    assert "\nreserve " not in render_prompt(a_creation())
