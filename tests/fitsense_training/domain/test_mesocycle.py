"""A plan over its block: effort rises for four weeks, then comes a lighter one."""

import itertools

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.mesocycle import MesocycleWeek, WeekKind, mesocycle
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.budget import set_budgets
from fitsense_training.domain.science.volume import weekly_sets_by_muscle
from fitsense_training.domain.text.explain import week_sentence
from fitsense_training.domain.vocabulary import ExerciseRole, LoadKind, PromptType, Severity
from tests.builders import (
    a_cohort,
    a_creation,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
    has,
)

GYM = ["barbell", "bench", "dumbbells"]
LIFTS = (("barbell_back_squat", 80.0), ("barbell_bench_press", 60.0))


def weeks_of(profile: Profile, **changes: object) -> tuple[MesocycleWeek, ...]:
    return mesocycle(profile, coached(a_creation(profile, **changes)))


def line_of(plan: WorkoutPlan, exercise_id: str) -> Prescription:
    return next(item for _, item in plan.items() if item.exercise_id == exercise_id)


def reserves(week: MesocycleWeek) -> set[int]:
    return {item.rir for _, item in week.plan.items() if item.rir is not None}


def test_a_block_is_four_loading_weeks_and_a_lighter_one():
    person = a_profile()
    weeks = weeks_of(person)

    assert [week.number for week in weeks] == [1, 2, 3, 4, 5]
    assert [week.kind for week in weeks] == [WeekKind.LOADING] * 4 + [WeekKind.DELOAD]
    plan = coached(a_creation(person))
    assert len(mesocycle(person, plan, has_deload=False)) == 4


def test_lifts_come_nearer_to_failure_week_by_week():
    weeks = weeks_of(a_profile(experience_level="intermediate"), lifts=(("dumbbell_row", 20.0),))

    assert [min(reserves(week)) for week in weeks[:4]] == [3, 2, 2, 1]
    assert min(reserves(weeks[4])) >= 4


@pytest.mark.parametrize("goal", ["general_health", "mobility", "fat_loss", "endurance"])
def test_other_goals_keep_their_effort(goal: str):
    person = a_profile(goals=[goal])
    plan = coached(a_creation(person, lifts=(("dumbbell_row", 20.0),)))

    assert all(week.plan.sessions == plan.sessions for week in mesocycle(person, plan)[:4])


def test_strength_weeks_have_fewer_reps_and_heavier_loads():
    person = a_profile(goals=["strength"], equipment=GYM)
    weeks = weeks_of(person, lifts=LIFTS)[:4]
    squats = [line_of(week.plan, "barbell_back_squat") for week in weeks]

    assert [(s.dose_low, s.dose_high) for s in squats] == [(6, 6), (5, 5), (4, 4), (3, 3)]
    loads = [s.load.value or 0.0 for s in squats]
    assert loads == sorted(loads)
    assert loads[0] < loads[-1]
    assert all(later <= 1.1 * load for load, later in itertools.pairwise(loads))


def test_strength_novices_keep_to_eight_to_ten():
    weeks = weeks_of(a_profile(goals=["strength"], experience_level="novice"))
    compounds = [
        item
        for week in weeks[:4]
        for _, item in week.plan.items()
        if load_catalogue().by_id(item.exercise_id).role is ExerciseRole.COMPOUND
    ]

    assert {(item.dose_low, item.dose_high) for item in compounds} == {(8, 10)}


def test_somebody_new_gets_a_set_more_a_muscle_and_week_up_to_mid_range():
    person = a_profile(session_minutes=90, experience_level="intermediate")
    counter = bounds_of(a_creation(person)).counter
    first, *later = (weekly_sets_by_muscle(w.plan, counter) for w in weeks_of(person)[:4])

    assert sum(later[-1].values()) > sum(first.values())
    for muscle, budget in set_budgets(person).items():
        grown = [first.get(muscle, 0.0), *(week.get(muscle, 0.0) for week in later)]
        assert grown == sorted(grown)
        if grown[-1] > grown[0]:
            assert grown[-1] <= budget.high


def test_somebody_who_logs_keeps_their_sets():
    weeks = weeks_of(a_profile(session_minutes=90), lifts=(("dumbbell_row", 20.0),))
    sets = [[item.sets for _, item in week.plan.items()] for week in weeks[:4]]

    assert all(week == sets[0] for week in sets)


def test_a_condition_keeps_its_reserve_all_the_time():
    person = a_profile(conditions=[has("hypertension", is_cleared=True)])
    floor = bounds_of(a_creation(person)).limits.caps.rir_min

    assert all(min(reserves(week)) >= floor for week in weeks_of(person) if reserves(week))


def test_no_week_of_anybody_breaks_a_rule_that_their_plan_keeps():
    for request in a_cohort(users=60, seed=5).requests():
        if request.prompt_type is not PromptType.PLAN_CREATION:
            continue
        plan = coach(request)
        if not isinstance(plan, WorkoutPlan):
            continue
        creation = PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=request.profile)
        known = {finding.rule_id for finding in review(creation, plan)}
        *loading, deload = mesocycle(request.profile, plan)
        for week in loading:
            assert {finding.rule_id for finding in review(creation, week.plan)} <= known
        due = an_adaptation(plan=loading[-1].plan, profile=request.profile, is_deload_due=True)
        found = review(due, deload.plan)
        assert not [f for f in found if f.severity is not Severity.WARN]


def test_a_plan_that_is_not_safe_for_a_person_has_no_weeks():
    plan = a_plan({"mon": ["barbell_back_squat 3x6-12 r2 120s 60kg"]})

    with pytest.raises(BadInput, match="not safe"):
        mesocycle(a_profile(equipment=[]), plan)


def test_loads_of_a_range_of_reps_stay_for_the_log_to_move():
    weeks = weeks_of(a_profile(), lifts=(("dumbbell_row", 20.0),))[:4]
    loads = [
        item.load.value
        for week in weeks
        for _, item in week.plan.items()
        if item.load.kind is LoadKind.KG
    ]

    assert set(loads) <= {20.0}


def test_a_week_is_told_in_the_numbers_of_its_plan():
    plan = a_plan({"mon": ["goblet_squat 3x8-12 r2 90s rpe8", "push_up 2x8-12 r3 90s bw"]})

    assert week_sentence(plan) == "5 sets of lifts, each with 2 to 3 reps left."
    rest = a_plan({"mon cardio": ["easy_walk 1x600-600sec r- 0s rpe4"]})
    assert week_sentence(rest) == "no lifts."
