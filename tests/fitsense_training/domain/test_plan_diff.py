"""Differences between plans: carried out and taken back, whole and in any part that fits."""

import functools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.apply import apply, revert
from fitsense_training.domain.plan.diff import FieldChange, LineChange, PlanDiff, diff
from fitsense_training.domain.plan.model import Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.vocabulary import Goal, ReasonCode, Weekday
from tests.builders import (
    a_creation,
    a_modification,
    a_new_condition,
    a_pain,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
)
from tests.fitsense_training.domain.strategies import plans

MONDAY = [
    "goblet_squat 3x8-12 r2 90s rpe8",
    "push_up 2x8-12 r2 90s bw",
    "dead_bug 2x8-12 r2 60s bw",
]


@functools.cache
def revisions() -> tuple[PlanRequest, ...]:
    """Requests of every kind that change a plan of the coach."""
    plan = coached(a_creation())
    first = plan.sessions[0].prescriptions[0].exercise_id
    return (
        a_modification("swap", plan, exercise_id=first),
        a_modification("remove", plan, exercise_id=first),
        a_modification("harder", plan),
        a_modification("change_minutes", plan, a_profile(session_minutes=30), minutes=30),
        a_modification("change_goal", plan, a_profile(goals=("endurance",)), goal=Goal.ENDURANCE),
        a_pain("knee", 7, plan),
        a_new_condition("hypertension", plan),
        an_adaptation({first: "top"}, plan),
        an_adaptation({}, plan, is_deload_due=True),
    )


@st.composite
def mutations(draw: st.DrawFn) -> tuple[WorkoutPlan, WorkoutPlan]:
    """A plan, and the plan with lines lost, gained, dosed otherwise and put in another order."""
    before, other = draw(plans()), draw(plans())
    sessions: list[Session] = []
    for session in before.sessions:
        spare = [item for s in other.sessions for item in s.prescriptions]
        held = {item.exercise_id for item in session.prescriptions}
        kept = [item for item in session.prescriptions if draw(st.booleans())]
        new = [i for i in spare[: draw(st.integers(0, 3))] if i.exercise_id not in held]
        lines = {item.exercise_id: item for item in (*kept, *new)}
        if lines:
            shuffled = draw(st.permutations(list(lines.values())))
            dosed = tuple(i.model_copy(update={"sets": draw(st.integers(1, 3))}) for i in shuffled)
            sessions.append(session.model_copy(update={"prescriptions": dosed}))
    kept_days = tuple(sessions) or before.sessions
    return before, before.model_copy(update={"sessions": kept_days})


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), plans())
def test_any_plan_becomes_any_other_and_comes_back(before: WorkoutPlan, after: WorkoutPlan):
    found = PlanDiff.model_validate_json(diff(before, after).model_dump_json())

    assert found == diff(before, after)
    assert apply(found, before) == after
    assert revert(found, after) == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_a_mutated_plan_is_reached_and_left_again(pair: tuple[WorkoutPlan, WorkoutPlan]):
    before, after = pair
    found = diff(before, after)

    assert apply(found, before) == after
    assert revert(found, after) == before
    assert len({change.id for change in found.changes}) == len(found.changes)


@pytest.mark.parametrize("request_", revisions(), ids=lambda r: str(r.prompt_type))
def test_what_the_coach_changes_is_reached_and_left_again(request_: PlanRequest):
    before = request_.current_plan
    assert before is not None
    after = coached(request_)
    found = diff(before, after)

    assert found.choices
    assert apply(found, before) == after
    assert revert(found, after) == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(mutations(), st.data())
def test_an_accepted_part_is_taken_back_whole(
    pair: tuple[WorkoutPlan, WorkoutPlan], data: st.DataObject
):
    before, after = pair
    found = diff(before, after)
    ids = [change.id for change in found.choices]
    accepted = data.draw(st.sets(st.sampled_from(ids))) if ids else set[str]()

    try:
        part = apply(found, before, accepted)
    except BadInput:
        return  # such a part makes no plan, and says so

    assert revert(found, part, accepted) == before


def test_equal_plans_differ_in_nothing():
    plan = coached(a_creation())

    assert diff(plan, plan).changes == ()
    assert apply(diff(plan, plan), plan) == plan


def test_an_exercise_in_the_place_of_another_is_one_change():
    before = a_plan({"mon": MONDAY})
    after = a_plan({"mon": [MONDAY[0], "band_row 2x8-12 r2 90s rpe8", MONDAY[2]]})

    (change,) = diff(before, after).changes

    assert isinstance(change, LineChange)
    assert change.id == "mon/line/push_up"
    assert change.after is not None
    assert change.after.exercise_id == "band_row"


def test_a_session_on_another_day_is_moved_and_not_lost():
    before, after = a_plan({"mon": MONDAY}), a_plan({"tue": MONDAY})

    (change,) = diff(before, after).changes

    assert isinstance(change, FieldChange)
    assert (change.id, change.before, change.after) == ("mon/weekday", "mon", "tue")


def test_what_is_rejected_stays_as_it_was():
    before = a_plan({"mon": MONDAY})
    after = a_plan({"mon": [MONDAY[0].replace("3x", "2x"), MONDAY[2]]}, aerobic_min_per_week=150)

    part = apply(diff(before, after), before, {"mon/line/goblet_squat"})

    assert [item.sets for _, item in part.items()] == [2, 2, 2]
    assert part.aerobic_min_per_week == before.aerobic_min_per_week


def test_history_goes_along_with_anything_accepted_and_is_no_choice():
    before = a_plan({"mon": MONDAY})
    after = a_plan({"mon": MONDAY[:2]}, reasons=(ReasonCode.USER_REQUEST,))
    found = diff(before, after)

    assert [change.id for change in found.choices] == ["mon/line/dead_bug"]
    assert apply(found, before, {"mon/line/dead_bug"}) == after
    assert apply(found, before, ()) == before


def test_a_change_without_a_reason_of_its_own_has_that_of_its_plan():
    before = a_plan({"mon": MONDAY})
    after = a_plan({"mon": MONDAY[:2]}, reasons=(ReasonCode.STALL,))

    assert {change.reason for change in diff(before, after).changes} == {ReasonCode.STALL}


def test_a_session_left_without_exercises_is_refused_in_words():
    before = a_plan({"mon": MONDAY[:1]})
    after = a_plan({"mon": MONDAY[1:]})
    found = diff(before, after)
    lost = LineChange.model_validate({**dict(found.changes[0]), "after": None})

    with pytest.raises(BadInput, match=r"leaves no session on mon .* together"):
        apply(PlanDiff(changes=(lost,)), before)


def test_two_sessions_on_one_day_are_refused_in_words():
    before, after = a_plan({"mon": MONDAY}), a_plan({"tue": MONDAY})
    crowded = a_plan({"mon": MONDAY, "tue": ["glute_bridge 2x8-12 r2 60s bw"]})

    with pytest.raises(BadInput, match="makes no plan by itself"):
        apply(diff(before, after), crowded, {"mon/weekday"})


def test_a_plan_that_was_changed_since_is_refused_in_words():
    before, after = (
        a_plan({"mon": MONDAY}),
        a_plan({"mon": [MONDAY[0].replace("3x", "2x"), *MONDAY[1:]]}),
    )
    changed = a_plan({"mon": [MONDAY[0].replace("3x", "4x"), *MONDAY[1:]]})
    elsewhere = a_plan({"wed": MONDAY})

    for plan in (changed, elsewhere):
        with pytest.raises(BadInput, match="not the plan it was made for"):
            apply(diff(before, after), plan)


def test_an_unknown_id_is_refused_and_the_known_ones_are_named():
    before, after = a_plan({"mon": MONDAY}), a_plan({"mon": MONDAY[:2]})

    with pytest.raises(BadInput, match=r"sun/focus is no change .* mon/line/dead_bug"):
        apply(diff(before, after), before, {"sun/focus"})


def test_days_and_ids_are_those_of_the_plan_before():
    before = a_plan({"mon": MONDAY, "wed": MONDAY})
    after = a_plan({"tue": MONDAY[:2], "wed": MONDAY})
    found = diff(before, after)

    assert {change.id for change in found.changes} == {"mon/weekday", "mon/line/dead_bug"}
    assert apply(found, before, {"mon/line/dead_bug"}).sessions[0].weekday is Weekday.MON
