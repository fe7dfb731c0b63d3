"""People change their plan in ways that leave it a sound plan, and that nobody can guess."""

import numpy as np
import pytest

from fitsense_assets.lib.cohort.config import OwnChanges, make_config
from fitsense_assets.lib.cohort.dice import Dice
from fitsense_assets.lib.cohort.own_changes import DRAWS, LINES_LEFT_MIN, with_own_changes
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.vocabulary import Severity
from tests.builders import a_creation, a_profile, coached, has

PEOPLE = [
    a_profile(),
    a_profile(equipment=["machines", "barbell", "bench"], weekdays=["mon", "tue", "thu", "fri"]),
    a_profile(conditions=[has("knee_osteoarthritis")], excluded_exercises=["goblet_squat"]),
    a_profile(equipment=[], experience_level="novice"),
]


def dice(seed: int) -> Dice:
    return Dice(np.random.default_rng(seed).random(DRAWS))


NOTHING = {"exchanged": 0.0, "eased": 0.0, "dropped": 0.0, "reordered": 0.0}
MUCH = {"exchanged": 0.5, "eased": 0.3, "dropped": 0.3, "reordered": 0.5}


def shares(**changed: float) -> OwnChanges:
    return make_config(users=1).own_changes.model_copy(update=NOTHING | changed)


def names(plan: WorkoutPlan) -> list[str]:
    return [item.exercise_id for _, item in plan.items()]


def test_who_changes_nothing_keeps_the_plan():
    request = a_creation()
    plan = coached(request)

    assert with_own_changes(plan, request.profile, shares(), dice(1)) == plan


@pytest.mark.parametrize("person", PEOPLE)
def test_what_comes_is_allowed_of_the_same_kind_and_the_same_wherever_it_stood(person: Profile):
    request, catalogue = a_creation(person), load_catalogue()
    plan = coached(request)

    exchanged = with_own_changes(plan, person, shares(exchanged=1.0), dice(2))

    assert set(names(exchanged)) <= bounds_of(request).allowed
    became = dict(zip(names(plan), names(exchanged), strict=True))
    assert [became[name] for name in names(plan)] == names(exchanged)
    moved = {old: new for old, new in became.items() if old != new}
    assert moved
    for old, new in moved.items():
        before, after = catalogue.by_id(old), catalogue.by_id(new)
        kind = (before.pattern, before.role, before.dose_kind)
        assert kind == (after.pattern, after.role, after.dose_kind)
        assert new not in names(plan)


def test_small_lifts_are_dropped_and_no_session_is_left_with_next_to_nothing():
    request = a_creation(PEOPLE[1])
    plan = coached(request)

    fewer = with_own_changes(plan, request.profile, shares(dropped=0.5), dice(3))

    assert len(names(fewer)) < len(names(plan))
    for before, after in zip(plan.sessions, fewer.sessions, strict=True):
        assert set(after.prescriptions) <= set(before.prescriptions)
        assert len(after.prescriptions) >= min(LINES_LEFT_MIN, len(before.prescriptions))


def test_a_lift_is_made_easier_by_a_set_or_a_repetition_in_reserve():
    request = a_creation()
    plan = coached(request)

    easier = with_own_changes(plan, request.profile, shares(eased=0.5), dice(7))

    pairs = [(old, new) for (_, old), (_, new) in zip(plan.items(), easier.items(), strict=True)]
    assert {(old.sets - new.sets, (new.rir or 0) - (old.rir or 0)) for old, new in pairs} == {
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    }
    assert names(easier) == names(plan)


def test_another_order_still_goes_from_big_to_small():
    request, catalogue = a_creation(PEOPLE[1]), load_catalogue()
    plan = coached(request)

    other = with_own_changes(plan, request.profile, shares(reordered=1.0), dice(4))

    assert names(other) != names(plan)
    assert sorted(names(other)) == sorted(names(plan))
    for session in other.sessions:
        orders = [catalogue.by_id(i.exercise_id).role.order for i in session.prescriptions]
        assert orders == sorted(orders)


@pytest.mark.parametrize("person", PEOPLE)
def test_what_was_sound_stays_sound(person: Profile):
    request = a_creation(person)
    plan = coached(request)

    for seed in range(20):
        changed = with_own_changes(plan, person, shares(**MUCH), dice(seed))
        WorkoutPlan.model_validate(changed.model_dump())
        assert {finding.severity for finding in review(request, changed)} <= {Severity.WARN}


def test_the_same_dice_change_the_same():
    request = a_creation()
    plan, usual = coached(request), shares(**MUCH)

    again = [with_own_changes(plan, request.profile, usual, dice(5)) for _ in range(2)]

    assert again[0] == again[1]
    assert again[0] != with_own_changes(plan, request.profile, usual, dice(6))
