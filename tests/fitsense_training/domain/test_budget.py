"""Weekly sets follow a budget by muscle, level and how much a person cares for it."""

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.budget import LOWER_BODY, UPPER_BODY
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.science.budget import set_budgets
from fitsense_training.domain.science.volume import weekly_sets_by_muscle
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.vocabulary import ExperienceLevel, Goal, Muscle
from tests.builders import a_creation, a_profile, coached

GYM = ["barbell", "bench", "dumbbells", "machines", "bands"]
LIFTS = (("dumbbell_row", 20.0), ("leg_press", 80.0))


def lifter(**changes: object) -> Profile:
    days = ["mon", "tue", "thu", "fri"]
    return a_profile(**{"equipment": GYM, "weekdays": days, "session_minutes": 90} | changes)


def weekly(profile: Profile, **changes: object) -> dict[Muscle, float]:
    request = a_creation(profile, **changes)
    return weekly_sets_by_muscle(coached(request), bounds_of(request).counter)


def test_a_budget_is_the_middle_of_the_goal_s_range():
    budget = set_budgets(a_profile(experience_level="advanced"))[Muscle.CHEST]

    assert (budget.low, budget.middle, budget.high) == (12, 16, 20)
    assert budget.target(is_new=True) == 12
    assert budget.target(is_new=False) == 16


def test_focus_gets_a_quarter_more_and_what_is_kept_half():
    person = a_profile(focus_muscles=["glutes"], maintain_muscles=["chest"])
    budgets = set_budgets(person)

    assert budgets[Muscle.GLUTES].middle == 1.25 * budgets[Muscle.LATS].middle
    assert budgets[Muscle.CHEST].middle == 0.5 * budgets[Muscle.LATS].middle


@pytest.mark.parametrize("level", list(ExperienceLevel))
@pytest.mark.parametrize("goal", list(Goal))
def test_no_budget_goes_beyond_the_cap(level: ExperienceLevel, goal: Goal):
    person = a_profile(experience_level=level, goals=[goal], focus_muscles=list(Muscle))
    cap = bounds_of(a_creation(person)).rules.weekly_sets_cap.at(level)

    assert all(budget.high <= cap for budget in set_budgets(person).values())


def test_a_muscle_of_focus_gets_more_sets_and_one_that_is_kept_fewer():
    usual = weekly(lifter(), lifts=LIFTS)
    focus = weekly(lifter(focus_muscles=["quadriceps"]), lifts=LIFTS)
    kept = weekly(lifter(maintain_muscles=["chest"]), lifts=LIFTS)

    assert focus[Muscle.QUADRICEPS] > usual[Muscle.QUADRICEPS]
    assert kept[Muscle.CHEST] < usual[Muscle.CHEST]


def test_somebody_new_starts_lower_than_somebody_whose_loads_are_known():
    new, known = weekly(lifter()), weekly(lifter(), lifts=LIFTS)

    assert sum(new.values()) < sum(known.values())


def of_region(plan: WorkoutPlan) -> list[int]:
    return [
        sum(
            item.sets
            for item in session.prescriptions
            if load_catalogue().by_id(item.exercise_id).pattern in region
        )
        for session in plan.sessions
        for region in (LOWER_BODY, UPPER_BODY)
    ]


def test_a_novice_s_first_weeks_hold_eight_sets_a_region_at_most():
    person = lifter(experience_level="novice", weekdays=["mon", "wed", "fri"])

    assert max(of_region(coached(a_creation(person)))) <= 8


@pytest.mark.parametrize("equipment", [GYM, ["dumbbells"], ["kettlebell", "bands"]])
@pytest.mark.parametrize("minutes", [30, 60, 90])
def test_novices_lift_free_weights_in_at_most_six_of_ten(equipment: list[str], minutes: int):
    person = lifter(experience_level="novice", equipment=equipment, session_minutes=minutes)

    lifts = [
        load_catalogue().by_id(item.exercise_id)
        for _, item in coached(a_creation(person)).items()
        if item.rir is not None
    ]

    assert lifts
    assert sum(exercise.is_free_weight for exercise in lifts) <= 0.6 * len(lifts)


def test_the_prompt_names_what_a_person_cares_for():
    prompt = render_prompt(a_creation(a_profile(focus_muscles=["glutes", "calves"])))

    assert prompt.splitlines()[-1] == "focus calves glutes"
    assert "focus" not in render_prompt(a_creation())


def test_a_muscle_cannot_be_both_of_focus_and_only_kept():
    with pytest.raises(ValueError, match="either of focus or only maintained"):
        a_profile(focus_muscles=["chest"], maintain_muscles=["chest"])
