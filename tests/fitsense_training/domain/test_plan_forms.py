"""What a plan can say goes over the wire, into its difference and before people, without loss.

Over thousands of plans: those of the coach for golden people, and those a person may make of them.
"""

import functools
import itertools
import random
from collections.abc import Iterator

import pytest

from fitsense_assets.lib.golden import golden_cases
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.apply import apply, revert
from fitsense_training.domain.plan.diff import PlanDiff, diff
from fitsense_training.domain.plan.model import (
    Load,
    Prescription,
    Session,
    WorkoutPlan,
    load_of_reserve,
)
from fitsense_training.domain.text.explain import plan_table
from fitsense_training.domain.text.wire import parse_plan, write_plan
from fitsense_training.domain.vocabulary import DoseKind, LoadKind, ProgressionMethod, ReasonCode
from tests.builders import a_plan

MANY = 2000
LOADS = (
    Load(kind=LoadKind.BODYWEIGHT),
    Load(kind=LoadKind.KG, value=22.5),
    Load(kind=LoadKind.PERCENT_1RM, value=72.5),
    load_of_reserve(2),
)
FORMS = [
    "goblet_squat 3x8-12 r2 90s 22.5kg",
    "dumbbell_row 3x8-12 r2 90s 70%",
    "push_up 2x8-12 r2 90s bw",
    "plank 2x20-30sec r3 60s bw",
    "dumbbell_farmer_carry 2x20-40m r3 60s rpe7",
    "brisk_walk 1x900-900sec r- 0s rpe4",
]


def test_every_kind_of_set_and_load_and_manner_comes_back_from_the_wire():
    plan = a_plan({"mon": FORMS}, progression="find_load", aerobic_min_per_week=135)
    first, second, *rest = plan.sessions[0].prescriptions
    items = (
        first.model_copy(update={"superset": "a", "tempo": "31x0"}),
        second.model_copy(update={"superset": "a", "reason": ReasonCode.PAIN}),
        *rest,
    )
    session = plan.sessions[0].model_copy(update={"prescriptions": items, "warm_up_min": 12})
    full = plan.model_copy(update={"sessions": (session,)})

    back = parse_plan(write_plan(full))

    assert back == full
    assert {item.dose_kind for _, item in back.items()} == set(DoseKind)
    assert {item.load.kind for _, item in back.items()} == set(LoadKind)
    assert back.progression is ProgressionMethod.FIND_LOAD
    assert back.aerobic_min_per_week == 135
    assert back.stop_signs == full.stop_signs


def test_people_see_supersets_and_tempo():
    plan = a_plan({"mon": FORMS})
    first, second = (
        item.model_copy(update={"superset": "b", "tempo": "3010"})
        for item in plan.sessions[0].prescriptions[:2]
    )

    def rows(*items: Prescription) -> list[tuple[str, ...]]:
        session = plan.sessions[0].model_copy(update={"prescriptions": items})
        return [*plan_table(plan.model_copy(update={"sessions": (session,)}))]

    assert rows(first, second)[1][1] == "B: Goblet squat"
    assert rows(first, second)[1][2] == "3 x 8-12, tempo 3010"
    assert rows(first)[1][1] == "Goblet squat"


@functools.cache
def coach_s_plans() -> tuple[WorkoutPlan, ...]:
    """Plans of the coach for people of every golden cell that has one."""
    answers = (coach(case.request) for case in golden_cases(3000, seed=17))
    return tuple(answer for answer in answers if isinstance(answer, WorkoutPlan))[:MANY]


def made_one_s_own(plan: WorkoutPlan, rng: random.Random) -> WorkoutPlan:
    """The plan as somebody may edit it: lines lost, reordered, loaded and timed otherwise."""

    def edited(item: Prescription) -> Prescription:
        update = {
            "sets": rng.randint(1, 10),
            "load": rng.choice(LOADS),
            "superset": rng.choice((None, "a", "d")),
            "tempo": rng.choice((None, "3010", "x0x1")),
            "reason": rng.choice((None, *ReasonCode)),
        }
        return item.model_copy(update=update) if rng.random() < 0.5 else item

    def session(old: Session) -> Session:
        count = rng.randint(1, len(old.prescriptions))
        kept = rng.sample(old.prescriptions, count)
        return old.model_copy(update={"prescriptions": tuple(map(edited, kept))})

    days = rng.sample(plan.sessions, rng.randint(1, len(plan.sessions)))
    days.sort(key=lambda s: s.weekday.order)
    return plan.model_copy(update={"sessions": tuple(map(session, days))})


def pairs() -> Iterator[tuple[WorkoutPlan, WorkoutPlan]]:
    """A plan and what became of it; every fifth time, another person's plan."""
    rng = random.Random(5)
    plans = coach_s_plans()
    for number, (plan, other) in enumerate(itertools.pairwise(plans)):
        yield plan, other if number % 5 == 0 else made_one_s_own(plan, rng)


@pytest.mark.slow
def test_thousands_of_plans_come_back_from_the_wire():
    assert len(coach_s_plans()) == MANY
    for before, after in pairs():
        assert parse_plan(write_plan(before)) == before
        assert parse_plan(write_plan(after)) == after


@pytest.mark.slow
def test_thousands_of_plans_are_reached_and_left_again():
    for number, (before, after) in enumerate(pairs()):
        found = diff(before, after)

        assert apply(found, before) == after
        assert revert(found, after) == before
        assert all(change.reason in ReasonCode for change in found.changes)
        if number % 20 == 0:
            assert PlanDiff.model_validate_json(found.model_dump_json()) == found


@pytest.mark.slow
def test_a_part_of_a_difference_can_be_taken_and_given_back():
    rng = random.Random(9)
    taken = 0
    for before, after in itertools.islice(pairs(), 800):
        found = diff(before, after)
        names = [change.id for change in found.choices]
        some = rng.sample(names, rng.randint(0, len(names)))
        try:
            partly = apply(found, before, some)
        except BadInput:
            continue  # what is accepted makes no plan by itself, and the error says so
        taken += 1
        assert revert(found, partly, some) == before

    assert taken > 600
