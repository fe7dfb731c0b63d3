"""People exchange lifts of their plan for others of the same kind, and the plan stays a plan."""

import numpy as np
import pytest

from fitsense_assets.lib.cohort.dice import Dice
from fitsense_assets.lib.cohort.exchanges import EXCHANGES_MAX, with_exchanges
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from tests.builders import a_creation, a_profile, coached, has

PEOPLE = [
    a_profile(),
    a_profile(equipment=["machines", "barbell", "bench"], weekdays=["mon", "tue", "thu", "fri"]),
    a_profile(conditions=[has("knee_osteoarthritis")], excluded_exercises=["goblet_squat"]),
    a_profile(equipment=[], experience_level="novice"),
]


def dice(seed: int) -> Dice:
    return Dice(np.random.default_rng(seed).random(48))


def names(plan: WorkoutPlan) -> list[str]:
    return [item.exercise_id for _, item in plan.items()]


def test_who_exchanges_nothing_keeps_the_plan():
    request = a_creation()
    plan = coached(request)

    assert with_exchanges(plan, request.profile, 0.0, dice(1)) is plan


@pytest.mark.parametrize("request_", [a_creation(person) for person in PEOPLE])
def test_what_comes_is_allowed_of_the_same_kind_and_the_same_wherever_it_stood(
    request_: PlanRequest,
):
    plan, catalogue = coached(request_), load_catalogue()

    exchanged = with_exchanges(plan, request_.profile, 1.0, dice(2))

    WorkoutPlan.model_validate(exchanged.model_dump())
    assert set(names(exchanged)) <= bounds_of(request_).allowed
    became = dict(zip(names(plan), names(exchanged), strict=True))
    assert [became[name] for name in names(plan)] == names(exchanged)
    moved = {old: new for old, new in became.items() if old != new}
    assert 0 < len(moved) <= EXCHANGES_MAX
    for old, new in moved.items():
        before, after = catalogue.by_id(old), catalogue.by_id(new)
        assert (before.pattern, before.role, before.dose_kind) == (
            after.pattern,
            after.role,
            after.dose_kind,
        )
        assert new not in names(plan)


def test_only_what_comes_is_dosed_anew_and_in_as_many_sets():
    request = a_creation()
    plan = coached(request)

    exchanged = with_exchanges(plan, request.profile, 0.5, dice(3))

    pairs = list(zip(plan.items(), exchanged.items(), strict=True))
    assert any(old != new for (_, old), (_, new) in pairs)
    for (_, old), (_, new) in pairs:
        assert new == old or new.exercise_id != old.exercise_id
        assert new.sets <= old.sets


def test_the_same_dice_exchange_the_same():
    request = a_creation()
    plan = coached(request)

    again = [with_exchanges(plan, request.profile, 0.5, dice(4)) for _ in range(2)]

    assert again[0] == again[1]
    assert again[0] != with_exchanges(plan, request.profile, 0.5, dice(5))
