"""Whatever the planner writes, what leaves the ladder may be shown."""

import pytest

from fitsense_training import guard
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import Goal, PromptType, TemplateId
from fitsense_training.guard import NOT_DONE, Guarded, GuardPath, answer_safely
from fitsense_training.task_success import task_success
from tests.builders import a_modification


def a_request(**changes: object) -> PlanRequest:
    fields: dict[str, object] = {
        "age": 40,
        "sex": "male",
        "height_cm": 180,
        "weight_kg": 80,
        "activity_level": "sedentary",
        "experience_level": "novice",
        "goals": ("general_health",),
        "weekdays": ("mon", "thu"),
        "session_minutes": 45,
        "equipment": ("dumbbells", "bands"),
        **changes,
    }
    profile = Profile.model_validate(fields)
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile)


def a_plan(request: PlanRequest) -> WorkoutPlan:
    plan = coach(request)
    assert isinstance(plan, WorkoutPlan)
    return plan


def unchanged(request: PlanRequest) -> WorkoutPlan:
    """The plan as it was, said to be what was asked for."""
    assert request.current_plan is not None
    return request.current_plan.model_copy(update={"reasons": a_plan(request).reasons})


def answered(request: PlanRequest, answer: Answer) -> Guarded:
    return answer_safely(request, lambda _: write_answer(answer))


def test_a_clean_plan_passes_through() -> None:
    request = a_request()
    plan = a_plan(request)

    found = answered(request, plan)

    assert found == Guarded(plan, GuardPath.PLANNER, (), ())


def test_a_plan_with_a_mendable_slip_is_mended() -> None:
    request = a_request()
    plan = a_plan(request).model_copy(update={"stop_signs": ()})

    found = answered(request, plan)

    assert found.path is GuardPath.REPAIRED
    assert "found CON05 (FIX)" in found.actions
    assert review(request, found.answer) == ()


@pytest.mark.parametrize("reply", ["", "I would rather not.", '{"g":"strength","s":[['])
def test_unreadable_text_brings_the_coach(reply: str) -> None:
    request = a_request()

    found = answer_safely(request, lambda _: reply)

    assert found.path is GuardPath.COACH
    assert found.answer == coach(request)
    assert found.actions[0].startswith("unreadable")


def test_a_blocked_plan_is_replaced_not_mended() -> None:
    request = a_request()
    plan = a_plan(request).model_copy(update={"goal": Goal.STRENGTH})

    found = answered(request, plan)

    assert found.path is GuardPath.COACH
    assert "found GOAL1 (BLOCK)" in found.actions


def test_a_sound_plan_that_misses_the_point_is_replaced() -> None:
    request = a_modification("lighter")
    plan = unchanged(request)

    found = answered(request, plan)

    assert review(request, plan) == ()
    assert found.path is GuardPath.COACH
    assert found.actions == (NOT_DONE,)
    assert task_success(request, found.answer)


def test_a_mended_plan_that_misses_the_point_is_replaced() -> None:
    request = a_modification("lighter")
    plan = unchanged(request).model_copy(update={"stop_signs": ()})

    found = answered(request, plan)

    assert found.path is GuardPath.COACH
    assert found.actions[0] == "found CON05 (FIX)"
    assert found.actions[-1] == NOT_DONE


def test_a_planner_that_fails_brings_the_coach() -> None:
    def broken(_: PlanRequest) -> str:
        raise FitSenseError("the model is not there")

    found = answer_safely(a_request(), broken)

    assert found.path is GuardPath.COACH
    assert found.actions == ("planner failed: the model is not there",)


def test_a_blocked_person_never_reaches_the_planner() -> None:
    def must_not_be_asked(_: PlanRequest) -> str:
        raise AssertionError("the planner was asked")

    found = answer_safely(a_request(has_symptoms=True), must_not_be_asked)

    assert found.answer == Handoff(template=TemplateId.SEE_CLINICIAN)
    assert found.path is GuardPath.TEMPLATE


def test_a_planner_that_sends_a_well_person_away_is_overruled() -> None:
    request = a_request()

    found = answered(request, Handoff(template=TemplateId.EMERGENCY))

    assert found.path is GuardPath.COACH
    assert found.answer == coach(request)


def test_it_fails_closed_when_even_the_coach_is_unsafe(monkeypatch: pytest.MonkeyPatch) -> None:
    request = a_request()
    unsafe = a_plan(request).model_copy(update={"goal": Goal.STRENGTH})
    monkeypatch.setattr(guard, "coach", lambda _: unsafe)

    found = answer_safely(request, lambda _: "nonsense")

    assert found.answer == Handoff(template=TemplateId.SEE_CLINICIAN)
    assert found.path is GuardPath.TEMPLATE
