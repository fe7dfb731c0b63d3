"""Screening by answers: the cells of the table, the stops, and answers that expire."""

import datetime

import pytest

from fitsense_training.domain.safety.screening_answers import (
    AbsoluteStop,
    ScreeningAnswers,
    Symptom,
    are_stale,
    screen_answers,
    screening_findings,
)
from fitsense_training.domain.vocabulary import Intensity, ScreeningState, Severity

TODAY = datetime.date(2026, 3, 1)
CLEAR, LIGHT = ScreeningState.CLEAR, ScreeningState.CLEAR_LIGHT
BLOCKED, EMERGENCY = ScreeningState.BLOCKED, ScreeningState.EMERGENCY


def answers(**changes: object) -> ScreeningAnswers:
    """A person of 30 who said no to everything today."""
    return ScreeningAnswers.model_validate({"answered_on": TODAY, "age": 30, **changes})


def state(**changes: object) -> ScreeningState:
    return screen_answers(answers(**changes), TODAY).state


DISEASE = {"has_heart_metabolic_or_renal_disease": True}
ACTIVE = {"is_regularly_active": True}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, CLEAR),
        (ACTIVE, CLEAR),
        (DISEASE, LIGHT),
        (DISEASE | ACTIVE, LIGHT),
        (DISEASE | {"is_cleared": True}, LIGHT),
        (DISEASE | ACTIVE | {"is_cleared": True}, CLEAR),
        ({"symptoms": [Symptom.PALPITATIONS]}, BLOCKED),
        (DISEASE | {"symptoms": [Symptom.CLAUDICATION]}, BLOCKED),
        (ACTIVE | {"symptoms": [Symptom.CHEST_PAIN]}, BLOCKED),
        (ACTIVE | DISEASE | {"is_cleared": True, "symptoms": ["known_murmur"]}, BLOCKED),
    ],
)
def test_every_cell_of_the_table(changes, expected):
    assert state(**changes) is expected


@pytest.mark.parametrize("symptom", Symptom)
def test_any_symptom_stops_whatever_was_cleared(symptom):
    assert state(symptoms=[symptom], is_cleared=True, is_regularly_active=True) is BLOCKED


def test_a_symptom_right_now_is_an_emergency():
    assert state(is_symptom_now=True) is EMERGENCY
    assert state(is_symptom_now=True, stops=list(AbsoluteStop)) is EMERGENCY


@pytest.mark.parametrize("stop", AbsoluteStop)
def test_every_absolute_stop_blocks(stop):
    found = screen_answers(answers(stops=[stop], is_cleared=True), TODAY)

    assert found.state is BLOCKED
    assert "medical team" in found.reasons[0]


@pytest.mark.parametrize(
    "question",
    [
        "has_heart_condition_or_pressure",
        "has_other_chronic_condition",
        "takes_prescribed_medicine",
        "has_joint_problem",
    ],
)
def test_a_yes_waits_for_its_follow_up_questions(question):
    assert state(**{question: True}) is BLOCKED
    assert state(**{question: True}, follow_up_yes=True) is BLOCKED
    assert state(**{question: True}, follow_up_yes=False) is LIGHT
    assert state(**{question: True}, follow_up_yes=True, is_cleared=True) is LIGHT


@pytest.mark.parametrize("question", ["has_chest_pain", "has_dizziness_or_fainted"])
def test_two_questions_ask_for_signs(question):
    assert state(**{question: True}, follow_up_yes=False) is BLOCKED


def test_supervised_only_means_no_plan():
    assert state(is_supervised_only=True, follow_up_yes=False, is_cleared=True) is BLOCKED


def test_pregnancy_stays_light():
    assert state(is_pregnant=True) is LIGHT


@pytest.mark.parametrize(
    ("systolic", "diastolic", "is_cleared", "expected"),
    [
        (139, 89, False, CLEAR),
        (140, 80, False, LIGHT),
        (120, 90, False, LIGHT),
        (160, 80, False, BLOCKED),
        (150, 100, False, BLOCKED),
        (160, 99, True, LIGHT),
        (180, 80, True, BLOCKED),
        (140, 110, True, BLOCKED),
    ],
)
def test_blood_pressure_decides_at_its_limits(systolic, diastolic, is_cleared, expected):
    found = state(systolic=systolic, diastolic=diastolic, is_cleared=is_cleared)

    assert found is expected


def test_a_fast_resting_heart_stops():
    assert state(resting_heart_rate=120) is CLEAR
    assert state(resting_heart_rate=121) is BLOCKED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"age": 45}, Intensity.VIGOROUS),
        ({"age": 46}, Intensity.MODERATE),
        ({"age": 46, "is_used_to_vigorous": True}, Intensity.VIGOROUS),
        (DISEASE, Intensity.MODERATE),
    ],
)
def test_vigorous_work_is_asked_about_first_from_46_on(changes, expected):
    assert screen_answers(answers(**changes), TODAY).intensity_max is expected


@pytest.mark.parametrize(
    ("changes", "days", "stale"),
    [
        ({}, 365, False),
        ({}, 366, True),
        ({}, -1, True),
        ({"has_health_changed": True}, 1, True),
        ({"version": "0"}, 1, True),
    ],
)
def test_answers_expire_after_twelve_months_or_when_health_changes(changes, days, stale):
    given, day = answers(**changes), TODAY + datetime.timedelta(days=days)

    assert are_stale(given, day) is stale
    found = screen_answers(given, day)
    assert found.needs_new_answers is stale
    assert found.state is (BLOCKED if stale else CLEAR)
    findings = screening_findings(given, day, is_plan_shown=True)
    assert [(f.rule_id, f.severity) for f in findings] == [("SCR02", Severity.BLOCK)] * stale
    assert screening_findings(given, day, is_plan_shown=False) == ()
