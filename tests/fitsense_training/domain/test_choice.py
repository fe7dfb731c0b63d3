"""Every movement has something safe for everybody, or the book says that it has not."""

import itertools

import pytest

from fitsense_training.domain.coach.choice import Chooser, substitute
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import (
    Condition,
    ExperienceLevel,
    Pattern,
    ScreeningState,
    SessionFocus,
)
from tests.builders import a_creation, a_profile, has

EQUIPMENT = {
    "nothing": [],
    "bands": ["bands"],
    "dumbbells": ["bands", "dumbbells"],
    "kettlebell": ["kettlebell"],
    "gym": [
        "barbell", "bench", "cardio_machine", "dumbbells", "kettlebell", "machines", "pull_up_bar"
    ],
}  # fmt: skip
SLOTS = sorted({p for variants in load_splits().slots.values() for v in variants for p in v})
NAMED = {
    (condition, drop.pattern) for drop in load_conditions().dropped for condition in drop.conditions
}


def with_condition(condition: Condition | None, equipment: list[str]) -> Profile:
    records = [has(condition, is_cleared=True)] if condition else []
    return a_profile(experience_level="novice", equipment=equipment, conditions=records)


def bounds_for(profile: Profile) -> Bounds:
    return bounds_of(a_creation(profile))


def is_planned(profile: Profile) -> bool:
    return screen(profile).state.rank < ScreeningState.BLOCKED.rank


@pytest.mark.parametrize("equipment", EQUIPMENT)
def test_every_slot_is_filled_or_the_book_names_it(equipment: str):
    empty: list[tuple[Condition | None, Pattern]] = []
    for condition, pattern in itertools.product([None, *Condition], SLOTS):
        profile = with_condition(condition, EQUIPMENT[equipment])
        if not is_planned(profile):
            continue
        chooser = Chooser(bounds_for(profile), (), seed=0)
        if chooser.pick(pattern, SessionFocus.FULL_BODY, ()) is None:
            empty.append((condition, pattern))

    assert set(empty) - NAMED == set()


@pytest.mark.parametrize("equipment", EQUIPMENT)
def test_no_level_is_offered_what_it_cannot_do(equipment: str):
    for level in ExperienceLevel:
        profile = a_profile(experience_level=level, equipment=EQUIPMENT[equipment])
        bounds = bounds_for(profile)
        owned = frozenset(profile.equipment)
        for pattern in Pattern:
            for exercise in bounds.exercises(pattern):
                assert exercise.level.rank <= level.rank
                assert exercise.is_doable_with(owned)


def test_known_exercises_come_first():
    chooser = Chooser(bounds_for(a_profile()), ["dumbbell_row"], seed=0)

    picked = chooser.pick(Pattern.H_PULL, SessionFocus.FULL_BODY, ())

    assert picked is not None
    assert picked.id == "dumbbell_row"


def test_a_substitute_trains_the_same_and_is_another_exercise():
    bounds = bounds_for(a_profile())

    found = substitute("dumbbell_row", bounds, {"dumbbell_row"}, seed=0)

    assert found is not None
    assert found.pattern is Pattern.H_PULL
    assert found.id != "dumbbell_row"
