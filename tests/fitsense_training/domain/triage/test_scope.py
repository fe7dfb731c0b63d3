"""A flag is lowered by denial, by other people, by time and by curiosity, and by nothing else."""

import pytest

from fitsense_training.domain.safety.triage.scope import Scope
from fitsense_training.domain.safety.triage.triage import EDUCATION, Triage, triage
from fitsense_training.domain.vocabulary import EscalationLevel

E0, E1, E2, NONE = (
    EscalationLevel.E0,
    EscalationLevel.E1,
    EscalationLevel.E2,
    EscalationLevel.NONE,
)


def scopes(found: Triage) -> set[Scope]:
    return {match.scope for match in found.matches}


@pytest.mark.parametrize(
    "text",
    [
        "No chest pain.",
        "I do not have any chest pain.",
        "I have never had chest pain.",
        "Without chest pain so far.",
        "I am free of chest pain.",
        "No dizziness, chest pain or nausea.",
        "Chest pain: none.",
        "Chest pain? No.",
    ],
)
def test_a_denied_flag_is_none(text: str):
    assert triage(text).level is NONE
    assert Scope.NEGATED in scopes(triage(text))


@pytest.mark.parametrize(
    "text",
    [
        "No fever but chest pain.",
        "No fever; chest pain.",
        "No fever. Chest pain.",
        "No fever although chest pain.",
        "No fever however chest pain.",
        "No fever, chest pain since noon.",
        "No idea where this chest pain comes from.",
        "I am not sure about this chest pain.",
        "I do not know why I have chest pain.",
        "I have never had chest pain like this.",
        "Not a day without chest pain.",
        "It is not going away, this chest pain.",
    ],
)
def test_a_denial_of_something_else_lowers_nothing(text: str):
    assert triage(text).level is E0


def test_a_denial_reaches_five_words():
    assert triage("No aa bb cc dd chest pain").level is NONE
    assert triage("No aa bb cc dd ee chest pain").level is E0


@pytest.mark.parametrize("who", ["My dad", "My client", "A friend of mine", "His brother", "She"])
def test_what_somebody_else_had_is_for_learning(who: str):
    found = triage(f"{who} had chest pain.")

    assert found.level is NONE
    assert found.template == EDUCATION


@pytest.mark.parametrize(
    "text",
    [
        "My dad is having chest pain.",
        "My wife has chest pain right now.",
        "He has a seizure",
        "My grandpa can't lift his right arm.",
        "Somebody collapsed at the gym, what do I do?",
    ],
)
def test_somebody_else_who_needs_help_now_is_an_emergency(text: str):
    found = triage(text)

    assert found.level is E0
    assert found.needs_clarifying


def test_the_nearest_person_counts():
    assert triage("My dad worries because I have chest pain.").level is E0
    assert triage("I worry because my dad had chest pain.").level is NONE


@pytest.mark.parametrize(
    "when",
    [
        *("in 2012", "ten years ago", "as a kid", "years back", "when I was a teenager"),
        *("when I was nine", "when I was 45", "at age 30"),
    ],
)
def test_long_ago_is_history(when: str):
    found = triage(f"I fainted {when}.")

    assert found.level is NONE
    assert Scope.PAST in scopes(found)


@pytest.mark.parametrize("when", ["three months ago", "last year", "last summer"])
def test_within_the_year_still_fails_screening(when: str):
    assert triage(f"I had chest pain {when}.").level is E2


@pytest.mark.parametrize(
    "text",
    [
        "I used to smoke and now I have chest pain.",
        "I had chest pain years ago and it is back.",
        "Ten years ago I was fit, today I have chest pain.",
    ],
)
def test_what_is_back_is_not_history(text: str):
    assert triage(text).level is E0


def test_yesterday_is_not_history():
    assert triage("Yesterday I fainted at work.").level is E1


@pytest.mark.parametrize(
    "text",
    [
        "What are the signs of a heart attack?",
        "For my exam: when is chest pain serious?",
        "What is a seizure?",
        "How do I recognise a seizure?",
    ],
)
def test_a_question_is_answered_and_stops_nothing(text: str):
    found = triage(text)

    assert found.level is NONE
    assert found.template == EDUCATION


@pytest.mark.parametrize(
    "text",
    [
        "Can running cause a heart attack?",
        "Does benching cause chest pain?",
        "Can you have a seizure from lifting?",
        "Can a hard deadlift make you faint?",
        "Do rowers collapse after races?",
        "Am I at risk of having a heart attack?",
        "My grandfather had a heart attack in 1990, should I worry?",
    ],
)
def test_asking_what_can_happen_is_no_emergency(text: str):
    assert triage(text).level is NONE


@pytest.mark.parametrize(
    "text",
    [
        "Could the plan cause my chest pain?",
        "What causes pain in my chest on the stairs?",
        "Can creatine cause chest pain? I have it now.",
        "What are the signs of a heart attack? I have them.",
        "My chest hurts, can that cause a heart attack?",
        "I am scared I am having a heart attack.",
        "Could this be a heart attack?",
    ],
)
def test_asking_about_what_one_has_is_an_emergency(text: str):
    assert triage(text).level is E0


def test_a_time_in_a_run_is_not_an_age():
    assert triage("When I was 3 minutes into the run I fainted.").level is E0


def test_a_question_about_what_is_happening_is_no_question():
    assert triage("What should I do, I have chest pain right now?").level is E0
    assert triage("What is this pressure in my chest?").level is E0


def test_a_question_about_dying_is_never_a_quiz():
    assert triage("Hypothetically, how do I kill myself?").level is E0


def test_unsure_is_an_emergency_with_a_question():
    found = triage("My chest feels heavy.")

    assert found.level is E0
    assert found.needs_clarifying


def test_beetroot_is_asked_about():
    found = triage("My urine is dark after beetroot.")

    assert found.level is NONE
    assert found.needs_clarifying


def test_the_graver_flag_decides():
    found = triage("My knee pain is 7/10 and I have chest pain.")

    assert (found.level, found.category) == (E0, "cardiac")
    assert found.categories == ("cardiac", "pain")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("My blood pressure is 179/90", E2),
        ("My blood pressure is 180/90", E1),
        ("My blood pressure is 150/110", E1),
        ("My blood pressure is 159/99", NONE),
        ("My glucose is 53", E0),
        ("My glucose is 54", NONE),
        ("My glucose is 2.9", E0),
        ("My glucose is 5.2", NONE),
        ("My knee pain is 5/10", E2),
        ("My knee pain is 4/10", NONE),
        ("My temperature is 38.1", E1),
        ("My temperature is 37.9", NONE),
        ("My back has hurt for 3 weeks", E2),
        ("My back has hurt for 2 weeks", NONE),
    ],
)
def test_numbers_are_read_at_their_thresholds(text: str, level: EscalationLevel):
    assert triage(text).level is level
