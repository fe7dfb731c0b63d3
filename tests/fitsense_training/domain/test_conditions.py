"""Condition rules are complete, combine to the strictest, and leave something safe to train."""

import itertools
from collections.abc import Iterator

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.conditions import (
    Caps,
    CombinedLimits,
    ConditionRule,
    Inclusion,
    Rule,
    load_conditions,
    parse_conditions,
    strictest,
)
from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.vocabulary import (
    AgeBand,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Intensity,
    Pattern,
    RiskTag,
    ScreeningState,
)

BOOK = load_conditions()
CATALOGUE = load_catalogue()
CONDITIONS = BOOK.conditions
EVERY_RULE: dict[str, Rule] = {
    **{str(code): rule for code, rule in CONDITIONS.items()},
    **{str(band): rule for band, rule in BOOK.age_bands.items()},
}
EQUIPMENT_SETS = {
    "none": frozenset[Equipment](),
    "bands and dumbbells": frozenset({Equipment.BANDS, Equipment.DUMBBELLS}),
    "kettlebell": frozenset({Equipment.KETTLEBELL}),
    "full gym": frozenset(Equipment),
}
NEVER_DROPPED = {
    Pattern.SQUAT,
    Pattern.HINGE,
    Pattern.H_PUSH,
    Pattern.H_PULL,
    Pattern.CORE_ANTIEXT,
    Pattern.CARDIO_LOW_IMPACT,
}


def a_profile(*records: ConditionRecord, age: int = 30) -> Profile:
    return Profile.model_validate(
        {
            "age": age,
            "sex": "female",
            "height_cm": 168,
            "weight_kg": 66,
            "activity_level": "lightly_active",
            "experience_level": "novice",
            "goals": ["general_health"],
            "weekdays": ["mon", "thu"],
            "session_minutes": 45,
            "conditions": records,
        }
    )


def has(
    condition: Condition,
    severity: ConditionSeverity = ConditionSeverity.MILD,
    *,
    is_cleared: bool = False,
) -> ConditionRecord:
    return ConditionRecord(condition=condition, severity=severity, is_cleared=is_cleared)


def patterns_left(avoid: frozenset[RiskTag], equipment: frozenset[Equipment]) -> set[Pattern]:
    return {
        exercise.pattern
        for exercise in CATALOGUE.doable_with(equipment)
        if exercise.level is ExperienceLevel.NOVICE and not exercise.tags & avoid
    }


def pairs_without_exercise() -> Iterator[tuple[str, Pattern]]:
    for code, rule in EVERY_RULE.items():
        for equipment in EQUIPMENT_SETS.values():
            for pattern in set(Pattern) - patterns_left(rule.avoid, equipment):
                yield code, pattern


def test_exactly_the_named_patterns_are_dropped():
    declared = {
        (str(code), entry.pattern)
        for entry in BOOK.dropped
        for code in (*entry.conditions, *entry.age_bands)
    }

    assert set(pairs_without_exercise()) == declared


def test_what_everybody_needs_is_never_dropped():
    assert not {entry.pattern for entry in BOOK.dropped} & NEVER_DROPPED


def every_pair() -> Iterator[tuple[str, CombinedLimits]]:
    for first, second in itertools.combinations(sorted(EVERY_RULE), 2):
        yield f"{first} + {second}", BOOK.combine([EVERY_RULE[first], EVERY_RULE[second]])


def test_two_conditions_leave_something_of_all_but_impact():
    for pair, limits in every_pair():
        left = patterns_left(limits.avoid, frozenset())

        assert set(Pattern) - left <= {Pattern.CARDIO_HIGH_IMPACT}, pair


def test_two_conditions_leave_reps_to_do_and_signs_to_list():
    for pair, limits in every_pair():
        assert (limits.caps.reps_min or 1) <= (limits.caps.reps_max or 30), pair
        assert len(limits.stop_signs) <= 24, pair


def test_two_conditions_leave_an_exercise_for_every_inclusion():
    for pair, limits in every_pair():
        for inclusion in limits.include - {Inclusion.LONG_WARM_UP}:
            options = [CATALOGUE.by_id(name) for name in BOOK.inclusion_exercises[inclusion]]
            bare = [e for e in options if e.is_doable_with(frozenset()) and limits.allows(e.tags)]
            assert bare, f"{pair}: {inclusion}"


def test_severe_conditions_that_still_train_lose_only_impact():
    for rule in CONDITIONS.values():
        severe = rule.as_reported(has(rule.condition, ConditionSeverity.SEVERE))
        if severe.gate is ScreeningState.CLEAR_LIGHT:
            left = patterns_left(severe.avoid, frozenset())
            assert set(Pattern) - left <= {Pattern.CARDIO_HIGH_IMPACT}, rule.condition


def test_every_rule_says_where_it_comes_from_and_is_unreviewed():
    for code, rule in EVERY_RULE.items():
        assert rule.source, code
        assert rule.escalate, code
        assert rule.tag in "VSKH", code
        assert rule.reviewed_by_clinician is False, code


def test_preferred_exercises_are_known_and_allowed():
    for code, rule in EVERY_RULE.items():
        for exercise_id in rule.prefer:
            assert not CATALOGUE.by_id(exercise_id).tags & rule.avoid, f"{code}: {exercise_id}"


def test_every_stop_sign_is_used_and_is_a_sentence():
    used = {sign for rule in EVERY_RULE.values() for sign in rule.stop_signs}

    assert used | set(BOOK.always_stop_signs) == set(BOOK.stop_signs)
    assert all(sentence.endswith(".") for sentence in BOOK.stop_signs.values())


def test_every_condition_forbids_maximal_work_and_keeps_three_reps():
    for code, rule in CONDITIONS.items():
        assert {RiskTag.HIIT, RiskTag.MAX_EFFORT} <= rule.avoid, code
        assert rule.caps.rir_min >= 3, code
        assert rule.caps.load_step_max_share <= 0.05, code


def test_pregnancy_gets_stricter_by_trimester():
    first, second, third = (
        CONDITIONS[code].avoid
        for code in (Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3)
    )

    assert first < second < third
    assert RiskTag.SUPINE not in first
    assert {RiskTag.SUPINE, RiskTag.PRONE, RiskTag.ABDOMINAL_PRESSURE} <= second
    assert CONDITIONS[Condition.PREGNANCY_T3].caps.load_step_max_share == 0
    assert CONDITIONS[Condition.PREGNANCY_T3].caps.rir_min == 4


def test_obesity_warns_of_kneeling_without_forbidding_it():
    rule = CONDITIONS[Condition.OBESITY]

    assert RiskTag.KNEELING in rule.warn - rule.avoid


def test_unknown_condition_stays_light():
    assert CONDITIONS[Condition.OTHER].gate is ScreeningState.CLEAR_LIGHT


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (has(Condition.HYPERTENSION), ScreeningState.CLEAR_LIGHT),
        (has(Condition.HYPERTENSION, is_cleared=True), ScreeningState.CLEAR),
        (has(Condition.HYPERTENSION, ConditionSeverity.SEVERE), ScreeningState.BLOCKED),
        (has(Condition.CARDIAC_DISEASE), ScreeningState.BLOCKED),
        (has(Condition.CARDIAC_DISEASE, is_cleared=True), ScreeningState.CLEAR_LIGHT),
        (
            has(Condition.CARDIAC_DISEASE, ConditionSeverity.SEVERE, is_cleared=True),
            ScreeningState.BLOCKED,
        ),
        (has(Condition.KNEE_OSTEOARTHRITIS), ScreeningState.CLEAR),
    ],
)
def test_gate_follows_severity_and_clearance(record: ConditionRecord, state: ScreeningState):
    assert BOOK.limits_for(a_profile(record)).gate is state


def test_clearance_given_is_no_longer_asked_for():
    uncleared = BOOK.limits_for(a_profile(has(Condition.HERNIA)))
    cleared = BOOK.limits_for(a_profile(has(Condition.HERNIA, is_cleared=True)))

    assert (uncleared.needs_clearance, cleared.needs_clearance) == (True, False)


def test_severe_condition_avoids_more():
    mild = BOOK.limits_for(a_profile(has(Condition.OBESITY)))
    severe = BOOK.limits_for(a_profile(has(Condition.OBESITY, ConditionSeverity.SEVERE)))

    assert severe.avoid - mild.avoid == {RiskTag.FALL_RISK}
    assert RiskTag.FALL_RISK not in severe.warn


def test_two_conditions_combine_to_the_strictest():
    limits = BOOK.limits_for(
        a_profile(
            has(Condition.HYPERTENSION),
            has(Condition.CARDIAC_DISEASE, is_cleared=True),
            age=70,
        )
    )

    assert limits.caps == Caps(
        max_percent_1rm=60,
        rir_min=3,
        reps_min=10,
        reps_max=12,
        sets_max=3,
        rest_min_s=120,
        aerobic_intensity_max=Intensity.MODERATE,
        rpe_max=5,
        load_step_max_share=0.05,
        warm_up_min=10,
        cool_down_min=10,
    )
    assert limits.include == {Inclusion.LONG_WARM_UP, Inclusion.COOL_DOWN, Inclusion.BALANCE}
    assert {RiskTag.GRIP_MAX, RiskTag.HIIT, RiskTag.HIGH_IMPACT} <= limits.avoid
    assert limits.no_heart_rate_targets
    assert limits.conditions == (Condition.CARDIAC_DISEASE, Condition.HYPERTENSION)


def test_three_conditions_leave_no_plan():
    three = (Condition.ASTHMA, Condition.KNEE_OSTEOARTHRITIS, Condition.LOW_BACK_PAIN)

    assert BOOK.limits_for(a_profile(*map(has, three))).gate is ScreeningState.BLOCKED
    assert BOOK.limits_for(a_profile(*map(has, three[:2]), age=70)).gate is ScreeningState.CLEAR


def test_healthy_adult_is_held_by_nothing_but_the_common_signs():
    limits = BOOK.limits_for(a_profile())

    assert limits.gate is ScreeningState.CLEAR
    assert limits.caps == Caps()
    assert not limits.avoid
    assert set(limits.stop_signs) == set(BOOK.always_stop_signs)


def test_order_of_conditions_does_not_matter():
    rules = [CONDITIONS[code] for code in (Condition.OBESITY, Condition.POSTPARTUM)]

    there, back = BOOK.combine(rules), BOOK.combine(reversed(rules))

    assert set(there.advice) == set(back.advice)
    assert there.model_copy(update={"prefer": (), "advice": (), "escalate": ()}) == (
        back.model_copy(update={"prefer": (), "advice": (), "escalate": ()})
    )


def test_older_people_balance_and_minors_lose_no_weight():
    older, minor = BOOK.age_bands[AgeBand.OLDER], BOOK.age_bands[AgeBand.MINOR]

    assert Inclusion.BALANCE in older.include
    assert older.caps.load_step_max_share == 0.05
    assert minor.no_deficit
    assert (minor.caps.rir_min, minor.caps.reps_min, minor.caps.reps_max) == (2, 6, 15)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_strictest_caps_do_not_depend_on_order(is_reversed: bool):
    gentle = Caps(
        max_percent_1rm=50,
        rir_min=4,
        reps_min=8,
        reps_max=12,
        sets_max=2,
        rest_min_s=120,
        aerobic_intensity_max=Intensity.LIGHT,
        rpe_max=4,
        load_step_max_share=0.0,
        warm_up_min=10,
    )
    pair = [gentle, Caps(max_percent_1rm=80, reps_min=6, reps_max=15, rest_min_s=60)]

    assert strictest(reversed(pair) if is_reversed else pair) == gentle


def test_no_caps_at_all_are_the_default_caps():
    assert strictest([]) == Caps()


def test_missing_condition_is_reported():
    document = read_rules("conditions.yaml")
    del document["conditions"]["glaucoma"]

    with pytest.raises(RuleBookError, match="glaucoma"):
        parse_conditions(document)


def test_unknown_stop_sign_is_reported():
    document = read_rules("conditions.yaml")
    document["conditions"]["asthma"]["stop_signs"] = ["hiccups"]

    with pytest.raises(RuleBookError, match="hiccups"):
        parse_conditions(document)


def test_misspelt_tag_is_reported_with_its_place():
    document = read_rules("conditions.yaml")
    document["conditions"]["asthma"]["avoid"] = ["scuba"]

    with pytest.raises(RuleBookError, match=r"conditions\.asthma\.avoid"):
        parse_conditions(document)


def test_gates_that_loosen_with_severity_are_refused():
    rule = CONDITIONS[Condition.HYPERTENSION].model_dump()

    with pytest.raises(ValueError, match="looser"):
        ConditionRule.model_validate(rule | {"gate_severe": ScreeningState.CLEAR})
