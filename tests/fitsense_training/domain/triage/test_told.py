"""What a text tells of the person is heard; what it tells of others is not."""

import pytest

from fitsense_training.domain.safety.triage.told import not_on_file
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.vocabulary import Condition
from tests.builders import a_profile, has


@pytest.mark.parametrize(
    ("weeks", "third"),
    [
        (13, Condition.PREGNANCY_T1),
        (14, Condition.PREGNANCY_T2),
        (27, Condition.PREGNANCY_T2),
        (28, Condition.PREGNANCY_T3),
    ],
)
def test_the_week_decides_the_third_of_a_pregnancy(weeks: int, third: Condition):
    assert triage(f"I am {weeks} weeks pregnant.").told_conditions == (third,)


def test_a_pregnancy_of_an_untold_week_is_taken_at_its_strictest():
    assert triage("I am pregnant.").told_conditions == (Condition.PREGNANCY_T3,)


def test_several_conditions_are_heard_at_once():
    found = triage("I have asthma and high blood pressure.")

    assert found.told_conditions == (Condition.ASTHMA, Condition.HYPERTENSION)


def test_an_unknown_condition_is_other():
    assert triage("I was diagnosed with Blorb syndrome.").told_conditions == (Condition.OTHER,)


def test_an_old_heart_attack_is_still_heart_disease():
    found = triage("I had a heart attack in 2015.")

    assert found.told_conditions == (Condition.CARDIAC_DISEASE,)


def test_only_what_is_not_on_file_is_asked_about():
    profile = a_profile(conditions=[has("asthma")])
    told = triage("I have asthma and high blood pressure.").told_conditions

    assert not_on_file(profile, told) == (Condition.HYPERTENSION,)


@pytest.mark.parametrize(
    ("text", "is_minor"),
    [
        ("I'm 17.", True),
        ("I'm 18.", False),
        ("I am 15 minutes early.", False),
        ("I am 12 weeks into the block.", False),
        ("My son is 15.", False),
        ("My mum won't let me go to the gym.", True),
    ],
)
def test_the_young_are_heard(text: str, is_minor: bool):
    assert triage(text).tells_minor is is_minor
