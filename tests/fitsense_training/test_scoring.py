"""A score says what a reply is worth, and a scorecard what a student is."""

import json

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import Operation, PlanRequest
from fitsense_training.domain.text.wire import write_answer, write_plan
from fitsense_training.domain.vocabulary import Goal, OperationKind, PromptType, Severity
from fitsense_training.evaluate import Case, EvaluationConfig, evaluate, pick_cases
from fitsense_training.gallery import worst_cases
from fitsense_training.scorecard import flat_metrics, scorecard
from fitsense_training.scoring import SLICES, UNREADABLE, kept_share, score_reply


def a_profile(age: int = 30, **changes: object) -> Profile:
    return Profile.model_validate(
        {
            "age": age,
            "sex": "female",
            "height_cm": 165,
            "weight_kg": 60,
            "activity_level": "very_active",
            "experience_level": "advanced",
            "goals": ("strength",),
            "weekdays": ("mon", "wed", "sat"),
            "session_minutes": 60,
            "equipment": ("barbell", "bench", "dumbbells", "pull_up_bar"),
            **changes,
        }
    )


def a_request(age: int = 30) -> PlanRequest:
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=a_profile(age))


def a_plan(request: PlanRequest) -> WorkoutPlan:
    plan = coach(request)
    assert isinstance(plan, WorkoutPlan)
    return plan


def a_case(age: int, prompt_type: str = "plan_creation") -> Case:
    slices = {**dict.fromkeys(SLICES, "any"), "prompt_type": prompt_type}
    request = a_request(age)
    reply = write_answer(coach(request))
    return Case(f"q{age:03d}", f"u{age}", "c0001", slices, request, reply)


class Parrot:
    """Says the coach's words when held, and others when free."""

    def __init__(self, free: str) -> None:
        self.free = free

    def reply_freely(self, request: PlanRequest) -> str:
        return self.free or write_answer(coach(request))

    def reply(self, request: PlanRequest) -> str:
        return write_answer(coach(request))


def test_a_good_plan_scores_on_everything() -> None:
    request = a_request()

    score = score_reply(request, write_answer(coach(request)))

    assert (score.is_schema_valid, score.is_block_free, score.is_clean) == (True, True, True)
    assert score.is_task_success
    assert score.rule_ids == ()


@pytest.mark.parametrize("reply", ["", "a plan!", '{"g":"strength"}'])
def test_text_without_a_plan_scores_nothing(reply: str) -> None:
    assert score_reply(a_request(), reply) == UNREADABLE


def test_a_mendable_slip_is_block_free_but_not_clean() -> None:
    request = a_request()
    plan = a_plan(request).model_copy(update={"stop_signs": ()})

    score = score_reply(request, write_plan(plan))

    assert (score.is_block_free, score.is_clean) == (True, False)
    assert score.rule_ids == ("CON05",)
    assert score.severities == (Severity.FIX,)


def test_an_exercise_nobody_knows_is_a_block_and_no_success() -> None:
    request = a_request()
    text = write_plan(a_plan(request))
    first = a_plan(request).sessions[0].prescriptions[0].exercise_id

    score = score_reply(request, text.replace(first, "made_up_lift"))

    assert score.is_schema_valid
    assert not score.is_block_free
    assert not score.is_task_success


def test_lines_nobody_spoke_of_are_counted_when_they_move() -> None:
    plan = a_plan(a_request())
    swapped = plan.sessions[0].prescriptions[0].exercise_id
    request = PlanRequest(
        prompt_type=PromptType.PLAN_MODIFICATION,
        profile=a_profile(excluded_exercises=(swapped,)),
        current_plan=plan,
        operations=(Operation(kind=OperationKind.SWAP, exercise_id=swapped),),
    )
    good = coach(request)
    assert isinstance(good, WorkoutPlan)
    others = sum(item.exercise_id != swapped for _, item in plan.items())
    last = good.sessions[-1]
    moved = last.prescriptions[-1].model_copy(update={"sets": 9})
    sessions = (
        *good.sessions[:-1],
        last.model_copy(update={"prescriptions": (*last.prescriptions[:-1], moved)}),
    )

    assert kept_share(request, good) == 1.0
    assert kept_share(request, good.model_copy(update={"sessions": sessions})) == 1 - 1 / others


def test_an_even_draw_over_prompt_types_is_the_same_every_time() -> None:
    cases = [a_case(age, "plan_creation") for age in range(18, 58)]
    cases += [a_case(age, "plan_modification") for age in range(58, 61)]

    picked = pick_cases(cases, EvaluationConfig(count=10))

    assert picked == pick_cases(reversed(cases), EvaluationConfig(count=10))
    assert [case.slices["prompt_type"] for case in picked].count("plan_modification") == 3
    assert len(picked) == 10
    assert picked != pick_cases(cases, EvaluationConfig(count=10, seed=1))


def test_systems_stand_side_by_side_on_the_same_cases() -> None:
    cases = [a_case(30), a_case(40)]

    card = scorecard(evaluate(Parrot(free="no plan"), cases).scored)

    assert card["count_cases"] == 2
    assert card["overall"]["free"]["schema"]["share"] == 0.0
    assert card["overall"]["guarded"]["all_pass"]["share"] == 1.0
    assert card["overall"]["teacher"]["all_pass"]["n"] == 2
    assert card["guard_paths"] == {"planner": {"count": 2, "share": 1.0}}
    assert card["safety_deltas"]["free"]["queries"] == ["q030", "q040"]
    assert card["safety_deltas"]["guarded"]["count"] == 0
    assert card["same_as_teacher"]["constrained"]["share"] == 1.0


def test_metrics_are_flat_and_named_by_system() -> None:
    metrics = flat_metrics(scorecard(evaluate(Parrot(free=""), [a_case(30)]).scored))

    assert metrics["free.schema"] == metrics["guarded.block_free"] == 1.0
    assert metrics["slices.prompt_type.plan_creation.guarded.all_pass"] == 1.0
    assert metrics["guard.planner_share"] == 1.0


def test_the_worst_case_comes_first_and_the_good_are_left_out() -> None:
    unsafe = write_plan(a_plan(a_request(40)).model_copy(update={"goal": Goal.MOBILITY}))

    class Mixed(Parrot):
        def reply_freely(self, request: PlanRequest) -> str:
            by_age = {30: write_answer(coach(request)), 40: unsafe, 50: "nothing"}
            return by_age[request.profile.age]

    evaluation = evaluate(Mixed(free=""), [a_case(30), a_case(40), a_case(50)])

    gallery = worst_cases(evaluation.scored)
    assert [entry["query_id"] for entry in gallery] == ["q050", "q040"]
    assert gallery[1]["free"]["rules"] == ["GOAL1"]


def test_scores_do_not_depend_on_the_clock() -> None:
    cases = [a_case(30), a_case(70)]

    first, second = (evaluate(Parrot(free=""), cases) for _ in range(2))

    assert first.scored == second.scored
    assert len(first.speed.guarded_ms) == 2
    assert json.dumps(scorecard(first.scored)) == json.dumps(scorecard(second.scored))
