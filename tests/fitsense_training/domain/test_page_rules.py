"""Rules held to the words of the domain page: minors, rest days, deloads, careful weeks, time."""

import pytest
from hypothesis import given, settings

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile, changed
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.minimal_change import is_less, must_shrink
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.text.explain import NO_WEIGHT_LOSS, explain
from fitsense_training.domain.vocabulary import Goal, ProgressionMethod, Severity, Weekday
from tests.builders import (
    a_creation,
    a_new_condition,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
    edit,
    has,
)
from tests.fitsense_training.domain.strategies import profiles


def broken(request: PlanRequest, plan: WorkoutPlan) -> set[str]:
    """The rules a plan breaks."""
    return {finding.rule_id for finding in review(request, plan)}


def cleared(*names: str) -> list[ConditionRecord]:
    """Conditions with which a clinician has cleared exercise."""
    return [has(name, is_cleared=True) for name in names]


@settings(max_examples=80, database=None, derandomize=True, deadline=None)
@given(profile=profiles(minutes_min=20))
def test_no_minor_gets_a_plan_for_losing_weight(profile: Profile):
    minor = changed(profile, age=15, goals=(Goal.FAT_LOSS, *profile.goals)[:3])
    request = a_creation(minor)

    answer = coach(request)

    assert minor.main_goal is not Goal.FAT_LOSS
    if not isinstance(answer, Handoff):
        assert answer.goal is minor.main_goal
        assert any(NO_WEIGHT_LOSS in sentence for sentence in explain(request, answer))


def test_a_minor_trains_for_the_next_goal_or_for_general_health():
    assert a_profile(age=15, goals=["fat_loss", "strength"]).main_goal is Goal.STRENGTH
    assert a_profile(age=15, goals=["fat_loss"]).main_goal is Goal.GENERAL_HEALTH
    assert a_profile(age=18, goals=["fat_loss"]).main_goal is Goal.FAT_LOSS


def test_a_weight_loss_plan_for_a_minor_breaks_its_rule():
    request = a_creation(a_profile(age=15, goals=["fat_loss"]))
    plan = coached(request).model_copy(update={"goal": Goal.FAT_LOSS})

    assert {"MIN01", "GOAL1"} <= broken(request, plan)


def test_a_deload_keeps_four_repetitions_in_reserve():
    request = an_adaptation(is_deload_due=True)

    plan = coached(request)

    assert plan.progression is ProgressionMethod.DELOAD
    assert all(item.rir is None or item.rir >= 4 for _, item in plan.items())
    hard = edit(plan, lambda i: i if i.rir is None else i.model_copy(update={"rir": 3}))
    assert "INT02" in broken(request, hard)


def test_a_deload_that_is_not_taken_is_refused():
    request = an_adaptation(is_deload_due=True)
    assert request.current_plan is not None

    graves = {f.rule_id: f.severity for f in review(request, request.current_plan)}

    assert graves["PRG05"] is Severity.BLOCK


def test_no_set_is_added_in_a_careful_week():
    request = an_adaptation(readiness="poor")
    assert request.current_plan is not None
    more = edit(request.current_plan, lambda i: i.model_copy(update={"sets": i.sets + 1}))

    assert "PRG03" in broken(request, more)
    assert "PRG03" not in broken(request, coached(request))


def test_a_new_plan_with_too_few_days_of_lifting_is_refused():
    request = a_creation()
    plan = coached(request)

    assert "STR01" in broken(request, plan.model_copy(update={"sessions": plan.sessions[:1]}))


def test_a_week_without_its_rest_days_is_found_and_mended():
    days = ["mon", "tue", "wed", "thu", "fri", "sat"]
    request = a_creation(a_profile(weekdays=days, experience_level="novice"))
    plan = a_plan({day: ["goblet_squat 1x8-12 r3 90s rpe7"] for day in days})

    assert "STR03" in broken(request, plan)
    assert "STR03" not in broken(request, repair(request, plan).plan)


@pytest.mark.parametrize("others", [["osteoporosis"], ["low_back_pain"], []])
def test_what_a_condition_requires_fits_twenty_minutes(others: list[str]):
    person = a_profile(session_minutes=20, conditions=cleared("cardiac_disease", *others))
    request = a_creation(person)

    plan = coached(request)

    assert max(session_minutes(session) for session in plan.sessions) <= 22
    assert not {"STR02", "CON03"} & broken(request, plan)


def test_a_session_of_required_work_alone_that_overruns_is_found():
    request = a_creation(a_profile(session_minutes=15, conditions=cleared("cardiac_disease")))

    assert "STR02" in broken(request, coached(request))


def test_only_less_of_the_same_work_counts_as_less():
    item = a_plan().sessions[0].prescriptions[0]

    def moved(**fields: object) -> Prescription:
        return item.model_copy(update=fields)

    assert is_less(item, moved(sets=item.sets - 1))
    assert is_less(item, moved(dose_low=item.dose_low - 1, dose_high=item.dose_high - 1))
    assert not is_less(item, moved(sets=item.sets + 1))
    assert not is_less(item, moved(rir=(item.rir or 0) + 1))
    assert not is_less(item, moved(tempo="3010", sets=item.sets - 1))
    assert not is_less(item, moved(rest_s=item.rest_s + 30))


def test_even_a_session_that_must_shrink_changes_in_no_other_way():
    person = a_profile(session_minutes=20, equipment=[], conditions=[has("low_back_pain")])
    request = a_new_condition("asthma", profile=person)
    before, bounds = request.current_plan, bounds_of(request)
    assert before is not None
    tight = [session for session in before.sessions if must_shrink(session, (), bounds)]

    assert tight
    assert "EXP02" not in broken(request, coached(request))
    same = before.model_copy(update={"reasons": ("condition_added",)})
    days = {session.weekday for session in tight}

    def found(**fields: object) -> set[Weekday]:
        plan = edit(same, lambda item: item.model_copy(update=fields))
        flagged = [f.place for f in review(request, plan) if f.rule_id == "EXP02"]
        return days.intersection(place.split("/")[0] for place in flagged)

    assert found(sets=1) == set()
    assert found(tempo="3010") == days
    assert found(rest_s=75) == days
