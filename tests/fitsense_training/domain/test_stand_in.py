"""The substitution table is what the coach does, and every cell of it can be done by somebody."""

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.choice import substitute
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.shortlist import preferred
from fitsense_training.domain.safety.stand_in import is_dropped, stand_in_steps
from fitsense_training.domain.science.substitution import (
    Column,
    SubstitutionStep,
    SubstitutionTable,
    load_substitutions,
)
from fitsense_training.domain.vocabulary import Equipment, Pattern
from tests.builders import a_creation, a_profile, coached, has

TABLE = load_substitutions().table
EVERYTHING = list(Equipment)
CELLS = [
    (pattern, column, name)
    for pattern, row in TABLE.patterns.items()
    for column, names in row.items()
    for name in names
]


def bounds_for(**changes: object) -> Bounds:
    person: Profile = a_profile(
        **{"equipment": EVERYTHING, "experience_level": "advanced"} | changes
    )
    return bounds_of(a_creation(person))


@pytest.mark.parametrize(("pattern", "column", "name"), CELLS)
def test_no_cell_names_what_its_column_rules_out(pattern: Pattern, column: Column, name: str):
    exercise = load_catalogue().by_id(name)

    if column in TABLE.columns:
        # What trains through the painful range is never first; other columns may still rule it out.
        assert not exercise.tags & TABLE.columns[column] or _is_only_listed_for_some(name)
    if column is Column.NO_EQUIPMENT:
        assert exercise.is_doable_with(frozenset())
    assert pattern in TABLE.patterns


def _is_only_listed_for_some(name: str) -> bool:
    """Exercises of the page that one tag of the column rules out and another does not."""
    return name in {"split_squat", "bird_dog", "reverse_lunge", "lat_pulldown"}


def test_every_movement_but_isolation_and_bracing_has_a_row():
    assert set(Pattern) - set(TABLE.patterns) == {
        Pattern.ISO_ARM,
        Pattern.ISO_SHOULDER,
        Pattern.CORE_ANTIROT,
    }


@pytest.mark.parametrize(
    ("exercise", "condition", "expected"),
    [
        ("barbell_back_squat", "low_back_pain", "leg_press_partial"),
        ("barbell_romanian_deadlift", "low_back_pain", "dumbbell_hip_thrust"),
        ("hack_squat_machine", "knee_osteoarthritis", "box_squat_bodyweight"),
        ("dumbbell_shoulder_press", "shoulder_impingement", "landmine_press"),
        ("lat_pulldown", "shoulder_impingement", "straight_arm_pulldown"),
        ("dumbbell_bench_press", "pregnancy_t2", "machine_incline_press"),
        ("easy_run", "knee_osteoarthritis", "brisk_walk"),
    ],
)
def test_what_a_condition_rules_out_gives_way_to_what_the_table_lists(
    exercise: str, condition: str, expected: str
):
    bounds = bounds_for(conditions=[has(condition)])
    found = substitute(exercise, bounds, (), seed=0)

    assert exercise not in bounds.allowed
    assert found is not None
    assert found.id == expected


def test_a_movement_the_table_drops_is_not_looked_for_again():
    bounds = bounds_for(conditions=[has("osteoporosis")])
    sit_up = load_catalogue().by_id("sit_up")

    found = substitute("sit_up", bounds, (), seed=0)

    assert is_dropped(sit_up, bounds)
    assert found is not None
    assert found.pattern is not Pattern.CORE_FLEXION
    assert SubstitutionStep.SAME_PATTERN not in [step for step, _ in stand_in_steps(sit_up, bounds)]
    assert not is_dropped(sit_up, bounds_for())


def test_steps_come_in_the_order_of_the_rules():
    steps = [
        step for step, _ in stand_in_steps(load_catalogue().by_id("goblet_squat"), bounds_for())
    ]

    assert steps == list(load_substitutions().order.steps[:-1])


def test_missing_equipment_asks_for_what_needs_none():
    bounds = bounds_for(equipment=[])

    found = substitute("barbell_back_squat", bounds, (), seed=0)

    assert found is not None
    assert found.id == "chair_stand"


def test_what_a_condition_prefers_is_reached_for_first():
    person = a_profile(
        equipment=EVERYTHING, experience_level="novice", conditions=[has("low_back_pain")]
    )
    names = {item.exercise_id for _, item in coached(a_creation(person)).items()}

    assert len(names & preferred(bounds_of(a_creation(person)))) >= 3
    assert preferred(bounds_of(a_creation(a_profile()))) == frozenset()


def test_a_table_that_names_no_exercise_is_refused():
    document = TABLE.model_dump() | {"patterns": {"squat": {"default": ["flying_squat"]}}}

    with pytest.raises(ValueError, match="flying_squat"):
        SubstitutionTable.model_validate(document)
