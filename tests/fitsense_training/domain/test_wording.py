"""Texts: what may not be said, where numbers harm, and totals that agree with the plan."""

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.safety.wording import TEXT_RULES, Text, TextKind, review_text
from fitsense_training.domain.text.explain import change_sentences, explain, stop_sentences
from tests.builders import a_cohort, a_creation, coached

EMERGENCY = (
    "What you describe can be an emergency. Stop exercising now and call your local emergency "
    "number (112, 911 or 999). I have paused your plan."
)


def broken(*sentences: str, kind: TextKind = TextKind.PLAN, plan: WorkoutPlan | None = None):
    return {finding.rule_id for finding in review_text(Text(sentences, kind, plan))}


def test_what_the_coach_says_breaks_no_rule():
    for request in a_cohort(users=80, seed=11).requests()[:150]:
        answer = coach(request)
        if isinstance(answer, WorkoutPlan):
            assert review_text(Text(explain(request, answer), plan=answer)) == ()
            before = request.current_plan
            said = change_sentences(before, answer) if before else ()
            for sentence in (*stop_sentences(answer), *said):
                assert review_text(Text((sentence,))) == ()


def test_no_advice_of_the_rules_breaks_a_rule():
    book = load_conditions()
    for rule in (*book.conditions.values(), *book.age_bands.values()):
        for sentence in (*rule.advice, rule.escalate):
            assert broken(sentence) == set(), sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "You probably have a torn meniscus.",
        "It sounds like a heart attack.",
        "Don't worry, you're fine.",
        "As your doctor I say rest.",
        "Take 400 mg of ibuprofen before training.",
        "Skip your insulin on leg days.",
        "Stop taking your medicine before you train.",
        "Results are guaranteed in four weeks.",
        "You will definitely lose weight.",
        "This plan is 100% safe.",
        "You\u2019re too lazy to train.",
        "Burn off that dessert with a run.",
        "You lift less than other users.",
    ],
)
def test_diagnosis_dose_guarantee_and_shaming_are_refused(sentence: str):
    assert "TXT01" in broken(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Stop and take fast sugar for a glucose below 70 mg/dL.",
        "Ask a clinician what this pain is.",
        "Your reserve was lower than last week.",
        "Fat loss needs a small deficit.",
        "Ask a clinician if you have heart disease or take medicines.",
        "Up to 400 mg of caffeine a day is seen as safe for healthy adults.",
    ],
)
def test_look_alikes_are_left_alone(sentence: str):
    assert broken(sentence) == set()


@pytest.mark.parametrize(
    "sentence",
    ["Eat 1200 kcal a day.", "You weigh 52 kg.", "Your BMI of 19 is low.", "Lose 5 % first."],
)
def test_no_numbers_where_an_eating_disorder_shows(sentence: str):
    assert broken(sentence, kind=TextKind.SUPPORT) == {"TXT02"}
    assert "TXT02" not in broken(sentence)


def test_support_without_numbers_passes():
    kind = TextKind.SUPPORT
    assert broken("Thank you for telling me. I can hide the numbers.", kind=kind) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "That does not sound good. Rest today.",
        EMERGENCY + " Then do 3 sets of squats.",
        EMERGENCY + " Here is your plan.",
        EMERGENCY + " Do 3x8 later.",
    ],
)
def test_an_emergency_text_calls_for_help_and_trains_nobody(sentence: str):
    assert broken(sentence, kind=TextKind.EMERGENCY) == {"TXT03"}


def test_an_emergency_text_that_calls_for_help_passes():
    assert broken(EMERGENCY, kind=TextKind.EMERGENCY) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "Write to anna@example.org for more.",
        "User c0001-u000017 does the same.",
        "Another user liked this plan.",
        "See 123e4567-e89b-12d3-a456-426614174000 for more.",
    ],
)
def test_nobody_else_is_named(sentence: str):
    assert "TXT04" in broken(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mach dreimal pro Woche Kniebeugen und steigere das Gewicht langsam, bis es schwer wird.",
        "Тренируйся три раза в неделю.",
        "Haz sentadillas tres veces por semana y sube el peso poco a poco hasta que cueste.",
    ],
)
def test_another_language_is_noticed(sentence: str):
    assert "TXT05" in broken(sentence)
    assert review_text(Text((sentence,), language="xx")) == ()


def test_texts_are_short():
    assert broken(*["Stop if it hurts."] * 6) == {"TXT06"}
    assert broken("for you " * 81) == {"TXT06"}
    assert broken(EMERGENCY + " Stay with the person." * 30, kind=TextKind.EMERGENCY) == {"TXT06"}


@pytest.mark.parametrize(
    "sentence",
    ["9 sessions a week.", "Train 6 days a week.", "Up to 500 minutes.", "You do 99 sets."],
)
def test_totals_in_prose_are_those_of_the_plan(sentence: str):
    plan = coached(a_creation())

    assert broken(sentence, plan=plan) == {"SCH07"}
    assert broken(sentence) == set()
    assert broken("3 sessions a week, 3 days a week.", plan=plan) == set()
    assert broken("You burn 300 kcal.", plan=plan) == {"SCH07"}


def test_every_text_rule_is_tested_here():
    wanted = {"TXT01", "TXT02", "TXT03", "TXT04", "TXT05", "TXT06", "SCH07"}
    assert {rule.id for rule in TEXT_RULES} == wanted
