"""Repair mends what may be mended, once and for all, and never makes a plan worse."""

from hypothesis import given, settings

from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.vocabulary import Severity
from tests.builders import a_creation, a_new_condition, a_plan, a_profile, coached, edit
from tests.fitsense_training.domain.strategies import plans, profiles


def blocks(request: PlanRequest, plan: WorkoutPlan) -> set[str]:
    return {f.rule_id for f in review(request, plan) if f.severity is Severity.BLOCK}


@settings(max_examples=60, database=None, derandomize=True, deadline=None)
@given(profile=profiles(), plan=plans(is_sane=True))
def test_a_mended_plan_is_whole_settled_and_no_worse(profile: Profile, plan: WorkoutPlan):
    request = a_creation(profile)

    mended = repair(request, plan).plan

    assert WorkoutPlan.model_validate(mended.model_dump()) == mended
    assert repair(request, mended).actions == ()
    assert blocks(request, mended) <= blocks(request, plan)


def test_a_reserve_of_ten_does_not_break_repair():
    plan = a_plan({"mon": ["goblet_squat 3x8-12 r10 90s rpe1"]})

    assert repair(a_creation(), plan).plan.sessions[0].prescriptions[0].load.value == 1


def test_weekly_volume_comes_under_its_cap_however_high_it_was():
    squats = ["goblet_squat", "goblet_box_squat", "dumbbell_split_squat", "dumbbell_step_up"]
    day = [f"{name} 9x8-12 r2 120s rpe8" for name in squats]
    plan = a_plan({"mon": day, "wed": day, "fri": day})

    assert "VOL01" in blocks(a_creation(), plan)
    assert "VOL01" not in blocks(a_creation(), repair(a_creation(), plan).plan)


def test_sets_are_taken_from_lines_that_change_anyway():
    person = a_profile(weekdays=["mon", "tue"], session_minutes=90)
    same = [f"{name} 4x8-12 r3 120s rpe7" for name in ("goblet_squat", "dumbbell_step_up")]
    plan = a_plan({"mon lower": same, "tue lower": same})
    request = a_new_condition("asthma", plan, person)

    def marked(item):
        is_new = item.exercise_id == "goblet_squat"
        return item.model_copy(update={"reason": "condition_added"}) if is_new else item

    mended = repair(request, edit(plan, marked)).plan

    kept = {i.sets for _, i in mended.items() if i.exercise_id == "dumbbell_step_up"}
    cut = {i.sets for _, i in mended.items() if i.exercise_id == "goblet_squat"}
    assert kept == {4}
    assert min(cut) < 4


def test_what_was_done_is_said_in_words():
    plan = coached(a_creation()).model_copy(update={"stop_signs": ()})

    assert repair(a_creation(), plan).actions == ("put stop signs in",)
