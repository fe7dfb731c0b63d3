"""Loads and minutes rise by what the rules leave open, and no further."""

from typing import Any

import pytest

from fitsense_training.domain.plan.model import Load, Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.aerobic_minutes import adapted_aerobic_minutes
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.steps import load_most_kg, next_load_kg
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.explain import explain
from fitsense_training.domain.vocabulary import LoadKind
from tests.builders import a_creation, a_pain, a_plan, a_profile, an_adaptation, coached, has

MINOR = a_profile(age=15, goals=["general_health"])


def a_line(line: str) -> Prescription:
    return a_plan({"mon": [line]}).sessions[0].prescriptions[0]


def next_kg(line: str, profile: Profile | None = None) -> float | None:
    return next_load_kg(a_line(line), bounds_of(a_creation(profile or a_profile())))


def test_a_compound_takes_a_step_of_ten_percent_and_no_more():
    assert next_kg("dumbbell_row 3x8-12 r2 90s 20kg") == 22
    assert next_kg("dumbbell_row 3x8-12 r2 90s 8kg") is None


def test_isolation_work_takes_a_whole_step_once_its_reps_have_grown():
    assert next_kg("dumbbell_curl 2x10-15 r2 60s 6kg") is None
    assert next_kg("dumbbell_curl 2x13-18 r2 60s 6kg") == 7


def test_with_a_condition_no_whole_step_is_taken():
    person = a_profile(conditions=[has("hypertension")])

    assert next_kg("dumbbell_curl 2x13-18 r2 60s 6kg", person) is None


@pytest.mark.parametrize(("high", "most"), [(12, 20.0), (15, 22.0)])
def test_minors_raise_only_from_fifteen_clean_reps(high: int, most: float):
    bounds = bounds_of(a_creation(MINOR))

    assert load_most_kg(a_line(f"dumbbell_row 3x8-{high} r3 90s 20kg"), bounds) == pytest.approx(
        most
    )


def adapted(line: str) -> Prescription:
    plan = a_plan({"mon": [line, "push_up 2x8-12 r2 90s bw"]})
    name = line.split(maxsplit=1)[0]
    return coached(an_adaptation({name: "top"}, plan)).sessions[0].prescriptions[0]


def test_a_heavier_line_goes_back_to_its_usual_reps():
    new = adapted("dumbbell_row 3x9-13 r2 120s 20kg")

    assert new.load == Load(kind=LoadKind.KG, value=22)
    assert (new.dose_low, new.dose_high) == (6, 12)


def test_tiredness_spares_the_sets_of_main_lifts():
    plan = a_plan({"mon": ["dumbbell_row 3x6-12 r2 120s 20kg", "dumbbell_curl 3x10-15 r2 60s 7kg"]})

    row, curl = coached(an_adaptation({}, plan, readiness="poor")).sessions[0].prescriptions

    assert (row.sets, row.rir) == (3, 3)
    assert (curl.sets, curl.rir) == (2, 3)


def with_minutes(minutes: int) -> WorkoutPlan:
    return coached(a_creation()).model_copy(update={"aerobic_min_per_week": minutes})


@pytest.mark.parametrize(
    ("minutes", "goal", "progress", "expected"),
    [
        (30, "general_health", {}, 40),
        (100, "general_health", {}, 115),
        (145, "general_health", {}, 150),
        (200, "general_health", {}, 200),
        (160, "fat_loss", {}, 184),
        (245, "fat_loss", {}, 250),
        (100, "general_health", {"readiness": "poor"}, 100),
        (100, "general_health", {"is_deload_due": True}, 100),
        (100, "general_health", {"gap_days": 10}, 100),
        (100, "general_health", {"gap_days": 20}, 50),
        (100, "general_health", {"adherence_share": 0.4}, 100),
    ],
)
def test_weekly_minutes_grow_by_ten_or_fifteen_percent_to_the_target(
    minutes: int, goal: str, progress: dict[str, Any], expected: int
):
    person = a_profile(goals=[goal])
    request = an_adaptation({}, with_minutes(minutes), person, **progress)

    assert adapted_aerobic_minutes(request, minutes) == expected
    assert coached(request).aerobic_min_per_week == expected
    assert "RUN05" not in {f.rule_id for f in review(request, coached(request))}


def test_pain_comes_with_a_day_to_look_again_and_a_week_to_be_seen():
    request = a_pain("knee", 5)

    told = " ".join(explain(request, coached(request)))

    assert "in 7 to 14 days" in told
    assert "within 2 to 6 weeks" in told
