"""Doses follow goal, level, age and kind of work, each by a number of the rules."""

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Load, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.dose_bounds import DoseBounds
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.volume import SetCounter
from fitsense_training.domain.science.week import (
    is_resistance,
    lay_out_week,
    load_splits,
    resistance_weekdays,
    usable_minutes,
)
from fitsense_training.domain.vocabulary import (
    ExperienceLevel,
    LoadKind,
    RiskTag,
    Weekday,
    smallest_gap,
)
from tests.builders import a_creation, a_plan, a_profile, coached, edit, has

ADVANCED = a_profile(
    experience_level="advanced", equipment=["barbell", "bench", "dumbbells", "machines"]
)


def dose(exercise_id: str, profile: Profile) -> DoseBounds:
    return bounds_of(a_creation(profile)).dose(load_catalogue().by_id(exercise_id))


def broken(profile: Profile, plan: WorkoutPlan) -> set[str]:
    return {finding.rule_id for finding in review(a_creation(profile), plan)}


@pytest.mark.parametrize("goal", ["strength", "hypertrophy", "endurance"])
def test_power_is_fast_and_far_from_failure_whatever_the_goal(goal: str):
    found = dose("jump_squat", a_profile(goals=[goal]))

    assert (found.low, found.high) == (3, 6)
    assert found.rir_min == 4
    assert (found.rest_min_s, found.rest_max_s) == (120, 300)
    assert found.percent_max == 70
    assert found.sets_max * found.high <= 24


def test_one_set_may_go_to_failure_but_not_under_a_bar():
    def with_line(line: str) -> set[str]:
        return broken(ADVANCED, a_plan({"mon": [line]}))

    assert "INT02" not in with_line("leg_press 1x8-12 r0 120s rpe10")
    assert "INT02" in with_line("leg_press 2x8-12 r0 120s rpe10")
    assert "INT02" in with_line("barbell_bench_press 1x8-12 r0 120s rpe10")
    assert RiskTag.FREE_BAR_OVER_BODY in load_catalogue().by_id("barbell_bench_press").tags
    novice = ADVANCED.model_copy(update={"experience_level": ExperienceLevel.NOVICE})
    assert "INT02" in broken(novice, a_plan({"mon": ["leg_press 1x8-12 r0 120s rpe10"]}))


def test_a_set_far_from_failure_is_no_hard_set():
    item = a_plan({"mon": ["goblet_squat 3x8-12 r5 90s rpe5"]}).sessions[0].prescriptions[0]

    counted = {
        level: SetCounter(load_catalogue(), level).hard_sets(item) for level in ExperienceLevel
    }

    assert counted == {
        ExperienceLevel.NOVICE: 3,
        ExperienceLevel.INTERMEDIATE: 0,
        ExperienceLevel.ADVANCED: 0,
    }


def test_older_people_hold_a_stretch_for_longer():
    assert (dose("deep_squat_hold", a_profile(age=40)).low) == 15
    older = dose("doorway_chest_stretch", a_profile(age=70))
    assert (older.low, older.high) == (30, 60)


def test_the_heart_asks_for_a_longer_cool_down():
    cleared = has("cardiac_disease", is_cleared=True)

    assert dose("cool_down_walk", a_profile(conditions=[cleared])).low == 600
    assert dose("cool_down_walk", a_profile(conditions=[has("hypertension")])).low == 300


def test_no_session_is_planned_beyond_ninety_minutes():
    person = a_profile(session_minutes=120, goals=["strength"])
    plan = coached(a_creation(person))

    assert usable_minutes(person) == 90
    assert broken(person, plan) == set()
    doubled = edit(plan, lambda i: i.model_copy(update={"sets": 5, "rest_s": 300}))
    assert "STR02" in broken(person, doubled)


@pytest.mark.parametrize("value", [95.0, 20.0])
def test_a_percent_that_does_not_fit_is_found_and_mended(value: float):
    request = a_creation(a_profile(goals=["general_health"]))
    load = Load(kind=LoadKind.PERCENT_1RM, value=value)
    plan = edit(
        coached(request),
        lambda i: i.model_copy(update={"load": load}) if i.rir is not None else i,
    )
    mended = repair(request, plan).plan

    assert "INT01" in {finding.rule_id for finding in review(request, plan)}
    assert not {"INT01", "INT05", "CON02"} & {f.rule_id for f in review(request, mended)}


def test_a_written_percent_above_a_condition_s_cap_is_blocked():
    person = a_profile(conditions=[has("hypertension")])
    line = "goblet_squat 2x8-12 r5 120s 75%"

    assert "CON02" in broken(person, a_plan({"mon": [line]}))


def test_minors_lift_on_days_that_do_not_touch():
    together = [Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU]
    minor = a_profile(age=15, goals=["general_health"], weekdays=together)

    assert smallest_gap(resistance_weekdays(minor)) >= 2
    assert broken(minor, coached(a_creation(minor))) == set()
    lines = ["bodyweight_squat 2x10-15 r3 60s bw", "push_up 2x10-15 r3 60s bw"]
    assert "STR03" in broken(minor, a_plan({"mon": lines, "tue": lines}))


@pytest.mark.parametrize(
    ("level", "days", "lifting"), [("novice", 4, 2), ("novice", 3, 3), ("intermediate", 6, 4)]
)
def test_some_days_of_a_full_week_are_for_other_work(level: str, days: int, lifting: int):
    person = a_profile(experience_level=level, goals=["hypertrophy"], weekdays=list(Weekday)[:days])

    assert sum(is_resistance(day.focus) for day in lay_out_week(person)) == lifting


@pytest.mark.parametrize("level", list(ExperienceLevel))
@pytest.mark.parametrize("days", [2, 3, 4, 5, 6])
def test_growing_muscles_are_trained_twice_a_week(level: ExperienceLevel, days: int):
    """Each big group stands twice in the slots of a week that lifts on two days or more."""
    person = a_profile(experience_level=level, weekdays=list(Weekday)[:days])
    push, pull, legs = {"h_push", "v_push"}, {"h_pull", "v_pull"}, {"squat", "lunge", "hinge"}

    lifting = [set(day.slots) for day in lay_out_week(person) if is_resistance(day.focus)]

    for group in (push, pull, legs):
        assert sum(bool(slots & group) for slots in lifting) >= min(2, len(lifting))


def test_every_level_says_how_many_of_its_days_lift():
    assert set(load_splits().resistance_of_days) == set(ExperienceLevel)
