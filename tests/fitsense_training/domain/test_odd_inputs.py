"""Inputs that only somebody else's plan or a slip brings: they are mended or refused in words."""

import math

import pytest
from pydantic import ValidationError

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import UnsafeAnswer
from fitsense_training.domain.plan.model import Load, Prescription, WorkoutPlan, load_of_kilos
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.repair import ease_hard_days, repair
from fitsense_training.domain.safety.validator import is_blocked, review
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.variants import scaled_load
from fitsense_training.domain.vocabulary import LoadKind, Severity
from tests.builders import (
    a_creation,
    a_modification,
    a_new_condition,
    a_pain,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
)

KILOS_ON_A_PLANK = a_plan(
    {"mon": ["goblet_squat 3x8-12 r3 120s 20kg", "plank 2x20-30sec r3 60s 20kg"]}
)


def line(plan: WorkoutPlan, name: str) -> Prescription:
    return next(item for _, item in plan.items() if item.exercise_id == name)


def test_kilograms_on_what_has_no_step_become_an_effort():
    item = line(KILOS_ON_A_PLANK, "plank")

    assert not load_catalogue().by_id("plank").is_loadable
    assert scaled_load(item, 0.6) == scaled_load(item, 1.0) == Load(kind=LoadKind.RPE, value=7)


@pytest.mark.parametrize(
    "request_",
    [
        an_adaptation({"plank": "stall"}, KILOS_ON_A_PLANK),
        an_adaptation({"plank": "top"}, KILOS_ON_A_PLANK),
        an_adaptation({"plank": "mid"}, KILOS_ON_A_PLANK, gap_days=20),
        an_adaptation({"plank": "mid"}, KILOS_ON_A_PLANK, is_deload_due=True),
        a_pain("lower_back", 5, KILOS_ON_A_PLANK),
        a_new_condition("asthma", KILOS_ON_A_PLANK),
        a_modification("harder", KILOS_ON_A_PLANK),
    ],
    ids=["stall", "top", "pause", "deload", "pain", "condition", "harder"],
)
def test_a_plan_with_such_a_line_is_mended_by_every_change(request_: PlanRequest):
    answer = coached(request_)

    assert line(answer, "plank").load.kind is not LoadKind.KG
    assert not is_blocked(review(request_, answer))
    assert render_grammar(request_, render_prompt(request_))


@pytest.mark.parametrize("rpe", [1, 7, 10])
@pytest.mark.parametrize("condition", ["asthma", "knee_osteoarthritis", "hypertension"])
def test_conditioning_too_hard_for_a_condition_is_eased(condition: str, rpe: int):
    plan = a_plan(
        {"mon": ["goblet_squat 3x8-12 r3 120s 20kg", f"brisk_walk 1x900-900sec r- 0s rpe{rpe}"]}
    )
    request = a_new_condition(condition, plan)

    answer = coached(request)

    assert not is_blocked(review(request, answer))
    assert all((i.load.value or 1) >= 1 for _, i in answer.items() if i.load.kind is LoadKind.RPE)


@pytest.mark.parametrize("rir", [0, 10])
@pytest.mark.parametrize("kind", ["lighter", "harder"])
def test_effort_stays_on_its_scale(kind: str, rir: int):
    plan = a_plan({"mon": [f"goblet_squat 3x8-12 r{rir} 120s rpe{max(1, 10 - rir)}"]})
    load = line(coached(a_modification(kind, plan)), "goblet_squat").load

    assert load.value is not None
    assert 1 <= load.value <= 10


@pytest.mark.parametrize(
    ("kilos", "load"),
    [
        (0.49, None),
        (0.5, 0.5),
        (22.504, 22.5),
        (500, 500),
        (500.01, None),
        (-5, None),
        (math.nan, None),
        (math.inf, None),
        (None, None),
    ],
)
def test_a_load_in_kg_lies_between_half_and_500(kilos: float | None, load: float | None):
    found = load_of_kilos(kilos)

    assert (found.value if found else None) == load


def test_a_known_load_is_prescribed_to_two_decimals():
    request = a_creation(lifts=(("goblet_squat", 12.3456), ("dumbbell_row", 12.3456)))

    answer = coached(request)

    assert not is_blocked(review(request, answer))
    loads = {i.load.value for _, i in answer.items() if i.load.kind is LoadKind.KG}
    assert loads <= {12.35}


def test_no_load_rises_above_500_kg():
    plan = a_plan({"mon": ["barbell_deadlift 3x5-8 r3 180s 500kg"]}, goal="hypertrophy")
    person = a_profile(equipment=["barbell"])
    request = an_adaptation({"barbell_deadlift": "top"}, plan, person)

    assert line(coached(request), "barbell_deadlift").load.value == 500


def everything_but(*kept: str) -> tuple[str, ...]:
    return tuple(exercise.id for exercise in load_catalogue() if exercise.id not in kept)


def test_who_excludes_everything_is_told_what_to_do():
    person = a_profile(excluded_exercises=everything_but())

    with pytest.raises(UnsafeAnswer, match="take back an exclusion, or add equipment"):
        coach(a_creation(person))


def test_a_change_that_leaves_nothing_is_refused_the_same_way():
    plan = coached(a_creation())
    person = a_profile(excluded_exercises=everything_but())

    with pytest.raises(UnsafeAnswer, match="take back an exclusion"):
        coach(a_modification("lighter", plan, person))


def test_who_leaves_one_exercise_gets_a_plan_of_it():
    person = a_profile(excluded_exercises=everything_but("goblet_squat"))
    request = a_creation(person)

    answer = coached(request)

    assert {item.exercise_id for _, item in answer.items()} == {"goblet_squat"}
    assert all(f.severity is Severity.WARN for f in review(request, answer))


def test_a_week_without_sessions_has_no_hard_days_to_ease():
    request = a_creation()
    empty = coached(request).model_copy(update={"sessions": ()})

    assert ease_hard_days(empty, bounds_of(request)) == empty
    assert repair(request, empty).plan.sessions == ()


@pytest.mark.parametrize("kilos", [0.1, -20, 1e9, math.nan, math.inf])
def test_a_load_nobody_lifts_is_refused_in_words(kilos: float):
    with pytest.raises(ValidationError, match="no working load"):
        a_creation(lifts=(("goblet_squat", kilos),))


def test_a_load_of_an_unknown_exercise_is_refused_in_words():
    with pytest.raises(ValidationError, match="no exercise of the catalogue"):
        a_creation(lifts=(("moon_squat", 20.0),))
