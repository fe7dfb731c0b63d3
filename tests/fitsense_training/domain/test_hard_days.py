"""A plan from elsewhere with too many hard aerobic days comes back with steady ones."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.safety.conditioning import has_too_many_hard_days
from fitsense_training.domain.safety.validator import is_blocked, review
from fitsense_training.domain.vocabulary import Equipment
from tests.builders import a_modification, a_plan, a_profile

RUNNER = a_profile(
    experience_level="advanced",
    activity_level="moderately_active",
    goals=["endurance"],
    weekdays=["mon", "tue", "wed"],
    equipment=list(Equipment),
)
CROWDED = {
    "mon": ["dumbbell_row 2x15-20 r3 60s rpe7", "goblet_squat 2x15-20 r3 60s rpe7"],
    "tue cardio": ["row_intervals 1x600-600sec r- 0s rpe4"],
    "wed cardio": ["row_intervals 1x600-600sec r- 0s rpe4"],
}


def test_the_later_of_two_close_hard_days_becomes_steady():
    plan = a_plan(CROWDED, goal="endurance")
    request = a_modification("swap", plan, RUNNER, exercise_id="dumbbell_row")
    assert has_too_many_hard_days(plan, load_catalogue())

    answer = coach(request)

    assert isinstance(answer, WorkoutPlan)
    assert not has_too_many_hard_days(answer, load_catalogue())
    names = {s.weekday: [i.exercise_id for i in s.prescriptions] for s in answer.sessions}
    assert "row_intervals" in names[plan.sessions[1].weekday]
    assert not is_blocked(review(request, answer))
    assert "EXP02" not in {finding.rule_id for finding in review(request, answer)}
