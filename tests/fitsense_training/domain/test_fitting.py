"""Sessions fit the time: what goes first, and how antagonists are paired to save rests."""

import pytest
from hypothesis import given, settings

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.fitting import fit_time
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.supersets import pair_up, pairs, saved_minutes
from fitsense_training.domain.science.volume import item_minutes, session_minutes
from fitsense_training.domain.science.week import exercises_least
from fitsense_training.domain.text.explain import change_sentences
from fitsense_training.domain.vocabulary import Goal, LoadKind
from tests.builders import a_creation, a_modification, a_plan, a_profile, coached, edit, has
from tests.fitsense_training.domain.strategies import plans

PRESS, ROW = "dumbbell_floor_press 3x6-12 r2 90s 12kg", "dumbbell_row 3x6-12 r2 90s 16kg"
CURL = "dumbbell_curl 3x10-15 r2 60s 8kg"
SQUAT = "goblet_squat 3x6-12 r2 90s 20kg"
BRIDGE = "glute_bridge 3x6-12 r2 90s bw"


def lines(session: Session) -> list[str]:
    return [item.exercise_id for item in session.prescriptions]


def fitted(plan: WorkoutPlan, minutes: int, **changes: object) -> Session:
    person = a_profile(session_minutes=minutes, **changes)
    return fit_time(plan, bounds_of(a_creation(person))).sessions[0]


def paired(items: tuple[Prescription, ...], letter: str = "a") -> tuple[Prescription, ...]:
    return tuple(item.model_copy(update={"superset": letter}) for item in items)


def test_two_antagonists_share_a_rest():
    items = a_plan({"mon": [PRESS, ROW]}).sessions[0].prescriptions

    assert saved_minutes(items) == 0
    assert saved_minutes(paired(items)) == 3 * 90 / 60


@pytest.mark.parametrize(
    "rows",
    [[PRESS, SQUAT], [SQUAT, BRIDGE], [PRESS, SQUAT, ROW], [PRESS, CURL], [PRESS]],
    ids=["no antagonists", "both legs", "not neighbours", "compound and isolation", "alone"],
)
def test_what_is_no_pair_saves_nothing(rows: list[str]):
    items = a_plan({"mon": rows}).sessions[0].prescriptions
    marked = tuple(
        item.model_copy(update={"superset": "a"}) if place in (0, len(items) - 1) else item
        for place, item in enumerate(items)
    )

    assert not list(pairs(marked))
    assert saved_minutes(marked) == 0


def test_three_lines_under_one_letter_are_no_pair():
    items = a_plan({"mon": [PRESS, ROW, SQUAT]}).sessions[0].prescriptions

    assert not list(pairs(paired(items)))


@given(plans())
@settings(max_examples=100, deadline=None)
def test_a_session_never_takes_longer_for_being_paired(plan: WorkoutPlan):
    for session in plan.sessions:
        more = pair_up(session.prescriptions)
        if more is None:
            continue
        after = session.model_copy(update={"prescriptions": more})
        plain = [item.model_copy(update={"superset": None}) for item in session.prescriptions]

        assert session_minutes(after) <= session_minutes(session)
        assert [i.model_copy(update={"superset": None}) for i in more] == plain
        assert sum(map(item_minutes, more)) == sum(map(item_minutes, session.prescriptions))


def test_isolation_goes_before_antagonists_are_paired():
    plan = a_plan({"mon": [SQUAT, PRESS, ROW, CURL]})

    session = fitted(plan, 28)

    assert lines(session) == ["goblet_squat", "dumbbell_floor_press", "dumbbell_row"]
    assert [item.superset for item in session.prescriptions] == [None, "a", "a"]
    assert all(item.sets == 3 for item in session.prescriptions)


def test_only_as_much_goes_as_the_time_asks_for():
    plan = a_plan({"mon": [SQUAT, PRESS, ROW, CURL]})

    assert lines(fitted(plan, 60)) == lines(plan.sessions[0])
    less = fitted(plan, 32)
    assert lines(less) == lines(plan.sessions[0])[:-1]
    assert not any(item.superset for item in less.prescriptions)


@pytest.mark.parametrize(
    "changes",
    [{"age": 70}, {"age": 16}, {"conditions": [has("hypertension", is_cleared=True)]}],
    ids=["65 and over", "a minor", "with a condition"],
)
def test_nobody_who_needs_care_is_hurried(changes: dict[str, object]):
    short = a_profile(session_minutes=20, **changes)
    plan = a_plan({"mon": [SQUAT, PRESS, ROW]})

    assert not any(item.superset for _, item in coached(a_creation(short)).items())
    assert not any(item.superset for item in fitted(plan, 20, **changes).prescriptions)


@pytest.mark.parametrize("goal", [Goal.STRENGTH, Goal.FAT_LOSS, Goal.GENERAL_HEALTH])
def test_a_short_session_holds_as_many_exercises_as_it_should(goal: Goal):
    person = a_profile(goals=[goal], session_minutes=30, experience_level="advanced")
    request = a_creation(person)

    plan = coached(request)

    lifting = [s for s in plan.sessions if s.focus == "full_body"]
    assert all(len(s.prescriptions) >= exercises_least(30) for s in lifting)
    assert not review(request, plan)


def test_a_stand_in_takes_the_place_of_its_line_in_a_pair():
    base = a_plan({"mon": [PRESS, ROW]})
    plan = edit(base, lambda item: item.model_copy(update={"superset": "a"}))

    answer = coached(a_modification("swap", plan, exercise_id="dumbbell_row"))

    first, second = answer.sessions[0].prescriptions
    assert second.exercise_id != "dumbbell_row"
    assert (first.superset, second.superset) == ("a", "a")


def test_people_are_told_of_a_new_pair():
    before = a_plan({"mon": [PRESS, ROW]})
    after = edit(before, lambda item: item.model_copy(update={"superset": "a"}))

    assert all("in turn with the other A" in said for said in change_sentences(before, after))


def advanced(**changes: object) -> Profile:
    fields = {"experience_level": "advanced", "weekdays": ["mon", "thu"], "goals": ["strength"]}
    return a_profile(**fields | changes)


def test_the_second_of_two_days_of_somebody_advanced_is_light():
    known = tuple((exercise.id, 30.0) for exercise in load_catalogue() if exercise.is_loadable)
    plan = coached(a_creation(advanced(), lifts=known))
    heavy, light = plan.sessions

    reserves = [{i.rir for i in s.prescriptions if i.rir is not None} for s in (heavy, light)]
    assert max(reserves[0]) < min(reserves[1])
    loads = [
        {i.load.value for i in s.prescriptions if i.load.kind is LoadKind.KG} for s in plan.sessions
    ]
    assert loads[0] == {30.0}
    assert loads[1]
    assert max(load or 0.0 for load in loads[1]) < 30.0


@pytest.mark.parametrize(
    "changes", [{"experience_level": "novice"}, {"weekdays": ["mon", "wed", "fri"]}]
)
def test_nobody_else_has_a_light_day(changes: dict[str, object]):
    plan = coached(a_creation(advanced(**changes)))

    first, second = (
        [i.rir for i in s.prescriptions if i.rir is not None] for s in plan.sessions[:2]
    )
    assert min(second) <= max(first)
