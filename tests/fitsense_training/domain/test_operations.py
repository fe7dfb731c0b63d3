"""What a person may ask to change: what can be done is done, what cannot is said with its rule."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from fitsense_assets.lib.golden import golden_cases
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.conditions import Inclusion, load_conditions
from fitsense_training.domain.plan.lines import ChangeKind, differing_lines
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import changed as changed_profile
from fitsense_training.domain.request import (
    Operation,
    PlanRequest,
    after_operations,
    possible_moves,
)
from fitsense_training.domain.safety.refusals import refused_operations
from fitsense_training.domain.safety.validator import is_blocked, review
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.vocabulary import OperationKind, PromptType, ReasonCode
from fitsense_training.task_success import task_success
from tests.builders import a_creation, a_plan, a_profile, coached, edit, has
from tests.fitsense_training.domain.test_grammar import accepts_answer


def asked(*operations: Mapping[str, object], **person: object) -> PlanRequest:
    """A request for these changes to the plan that the coach made for this person."""
    profile = a_profile(**person)
    plan = coached(a_creation(profile))
    wanted = tuple(Operation.model_validate(each) for each in operations)
    return PlanRequest(
        prompt_type=PromptType.PLAN_MODIFICATION,
        profile=after_operations(profile, wanted),
        current_plan=plan,
        operations=wanted,
    )


def changed(request: PlanRequest) -> WorkoutPlan:
    """The coach's answer, with nothing that any rule has against it."""
    plan = coach(request)
    assert isinstance(plan, WorkoutPlan)
    assert review(request, plan) == ()
    assert task_success(request, plan)
    assert accepts_answer(request, plan)
    return plan


def refusals(request: PlanRequest) -> list[tuple[str, str]]:
    found = refused_operations(request, changed(request))
    return [(refusal.rule_id, refusal.detail) for refusal in found]


def test_an_added_exercise_comes_in_on_one_day_and_nothing_else_moves():
    request = asked({"kind": "add", "exercise_id": "plank"})
    assert request.current_plan is not None

    plan = changed(request)

    (line,) = differing_lines(request.current_plan, plan)
    assert (line.kind, line.exercise_id) == (ChangeKind.ADDED, "plank")
    assert line.reason is ReasonCode.USER_REQUEST
    assert refused_operations(request, plan) == ()


def test_a_person_of_long_sets_gets_an_exercise_in_as_many_sets_as_fit():
    request = asked({"kind": "add", "exercise_id": "goblet_squat"})

    plan = changed(request)

    lines = [item for _, item in plan.items() if item.exercise_id == "goblet_squat"]
    assert [line.sets for line in lines] == [1]


@pytest.mark.parametrize(
    ("name", "person", "rule_id", "words"),
    [
        ("barbell_back_squat", {}, "STR06", "equipment that is not there"),
        ("plank", {"excluded_exercises": ["plank"]}, "CON04", "the person excludes"),
        ("goblet_squat", {"conditions": [has("knee_osteoarthritis")]}, "CON01", "to be avoided"),
        ("arnold_press", {"session_minutes": 20}, "STR02", "at most 22"),
    ],
)
def test_what_a_rule_forbids_is_refused_with_its_numbers(
    name: str, person: dict[str, object], rule_id: str, words: str
):
    ((found, detail),) = refusals(asked({"kind": "add", "exercise_id": name}, **person))

    assert found == rule_id
    assert detail.startswith(name)
    assert words in detail


def test_the_rest_is_applied_where_one_operation_is_refused():
    request = asked(
        {"kind": "add", "exercise_id": "barbell_back_squat"},
        {"kind": "add", "exercise_id": "plank"},
    )

    assert [rule_id for rule_id, _ in refusals(request)] == ["STR06"]
    assert any(item.exercise_id == "plank" for _, item in changed(request).items())


def test_an_exercise_is_added_to_the_week_that_is_laid_out_anew():
    request = asked(
        {"kind": "add", "exercise_id": "plank"}, {"kind": "change_minutes", "minutes": 75}
    )

    plan = changed(request)

    assert any(item.exercise_id == "plank" for _, item in plan.items())


def test_what_a_condition_requires_is_not_taken_out():
    balance = {"kind": "remove", "exercise_id": "supported_single_leg_stand"}

    ((rule_id, detail),) = refusals(asked(balance, age=70))

    assert rule_id == "CON03"
    assert "balance" in detail


def test_what_nothing_else_can_stand_in_for_is_not_swapped_where_a_condition_requires_it():
    request = asked({"kind": "swap", "exercise_id": "supported_single_leg_stand"}, age=70)
    others = [
        name
        for name in load_conditions().inclusion_exercises[Inclusion.BALANCE]
        if name != "supported_single_leg_stand"
    ]
    alone = changed_profile(request.profile, excluded_exercises=others)
    request = request.model_copy(update={"profile": alone})

    ((rule_id, _),) = refusals(request)

    assert rule_id == "CON03"


def test_a_session_moves_with_all_its_lines():
    request = asked({"kind": "move_day", "weekdays": ["mon", "sun"]})
    assert request.current_plan is not None
    before = request.current_plan.sessions

    after = changed(request).sessions

    assert [session.weekday for session in after] == ["wed", "fri", "sun"]
    assert [s.prescriptions for s in after] == [s.prescriptions for s in (*before[1:], before[0])]
    assert request.profile.weekdays == ("wed", "fri", "sun")
    assert "ask move_day mon sun" in render_prompt(request)


def test_days_that_come_too_close_get_fewer_sets():
    to_wednesday = {"kind": "move_day", "weekdays": ["mon", "wed"]}
    request = asked(to_wednesday, weekdays=["mon", "thu"], session_minutes=75)
    assert request.current_plan is not None

    plan = changed(request)

    lines = differing_lines(request.current_plan, plan)
    assert lines
    assert all(each.before and each.after for each in lines)
    assert all(each.after.sets < each.before.sets for each in lines if each.after and each.before)


@pytest.mark.parametrize(
    ("operations", "words"),
    [
        ([{"kind": "move_day", "weekdays": ["tue", "sun"]}], "no session on tue"),
        ([{"kind": "move_day", "weekdays": ["mon", "wed"]}], "wed has a session already"),
        ([{"kind": "move_day", "weekdays": ["mon", "mon"]}], "two weekdays"),
        ([{"kind": "move_day", "weekdays": ["mon"]}], "two weekdays"),
        (
            [
                {"kind": "move_day", "weekdays": ["mon", "sun"]},
                {"kind": "change_days", "weekdays": ["mon"]},
            ],
            "say the days once",
        ),
    ],
)
def test_a_move_that_cannot_be_is_told(operations: list[dict[str, object]], words: str):
    with pytest.raises(ValidationError, match=words):
        asked(*operations)


def test_lifts_at_their_least_reserve_get_no_harder():
    plan = coached(a_creation())
    hard = edit(plan, lambda line: line.model_copy(update={"rir": 1 if line.rir else line.rir}))
    request = asked({"kind": "harder"}).model_copy(update={"current_plan": hard})

    found = refused_operations(request, hard)

    assert [refusal.rule_id for refusal in found] == ["INT02"]


def test_a_single_easy_set_gets_no_lighter():
    easy = a_plan({"mon": ["goblet_squat 1x8-12 r10 90s rpe5"]})
    request = asked({"kind": "lighter"}).model_copy(update={"current_plan": easy})

    assert [refusal.rule_id for refusal in refused_operations(request, easy)] == ["PRG06"]


def test_whoever_adds_or_moves_the_coach_does_it_and_the_grammar_lets_it_be_written():
    requests = [case.request for case in golden_cases(2500, seed=5)]
    new = {OperationKind.ADD, OperationKind.MOVE_DAY}
    requests = [r for r in requests if any(op.kind in new for op in r.operations)]
    pairs = [(r, answer) for r in requests if isinstance(answer := coach(r), WorkoutPlan)]

    undone = [r for r, plan in pairs if not task_success(r, plan)]
    blocked = [r for r, plan in pairs if is_blocked(review(r, plan))]
    unwritable = [r for r, plan in pairs if not accepts_answer(r, plan)]

    assert len(pairs) >= 60
    assert undone == blocked == []
    assert len(unwritable) <= 0.02 * len(pairs)


def test_nobody_under_18_moves_a_day_next_to_another():
    minor = {"age": 15, "weekdays": ["mon", "wed", "fri"]}
    plan = coached(a_creation(a_profile(**minor)))

    with pytest.raises(ValidationError, match="under 18 lifting days do not touch"):
        asked({"kind": "move_day", "weekdays": ["mon", "tue"]}, **minor)
    moves = possible_moves(plan, a_profile(**minor))
    assert set(moves) == {("mon", "sun"), ("fri", "sat")}
    for move in moves:
        assert changed(asked({"kind": "move_day", "weekdays": move}, **minor))
    assert len(possible_moves(plan, a_profile())) == 3 * 4
