"""Fixed texts: short, with one next step, and free of what may not stand in them."""

import re

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import BadInput, RuleBookError, UnknownName
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.text.templates import (
    handoff_text,
    load_templates,
    parse_templates,
    render,
    text_for,
)
from fitsense_training.domain.vocabulary import TemplateId
from tests.builders import a_creation, a_profile

BOOK = load_templates()
KEYS = sorted(BOOK.templates)
EMERGENCIES = [key for key in KEYS if key.startswith(("e0.", "offline.e0", "handoff.emergency"))]
SUPPORT = [key for key in KEYS if key.startswith("e3.")]
EXAMPLES = [entry.example for entry in load_lexicon().file.entries]
TRAINING = re.compile(
    r"\b(sets?|reps?|kg|rir|rpe|warm-up|workouts?|sessions?|squats?|deadlifts?|cardio|dumbbells?|"
    r"barbells?|walk\w*|stretch\w*|minutes of)\b"
)
SCOLDING = re.compile(r"!|as an ai\b|unfortunately|you should have|poor you", re.IGNORECASE)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("country", ["", "US", "GB", "DE"])
def test_a_text_is_short_and_its_slots_are_filled(key: str, country: str):
    text = render(key, country)

    assert len(text.split()) <= 120
    assert "{" not in text
    assert "  " not in text
    assert not SCOLDING.search(text)


@pytest.mark.parametrize("key", EMERGENCIES)
def test_an_emergency_text_calls_for_help_and_holds_no_training(key: str):
    text = render(key).lower()

    assert "call your local emergency number" in text or "emergency number" in text
    assert not TRAINING.search(text)
    assert not [e.name for e in load_catalogue() if e.name.lower() in text]


@pytest.mark.parametrize("key", SUPPORT)
def test_a_supporting_text_has_no_digits(key: str):
    assert not re.search(r"\d", render(key, "US"))


def test_a_slot_cannot_bring_numbers_into_support():
    with pytest.raises(BadInput, match="no digits"):
        render("e3.ed", support="a plan of 1200 kcal")


def test_a_slot_must_belong_to_the_text_and_leave_it_short():
    with pytest.raises(BadInput, match="no slots"):
        render("e0.cardiac", diagnosis="angina")
    with pytest.raises(BadInput, match="shorten"):
        render("e0.cardiac", symptom="very " * 120)


def test_an_unknown_text_is_refused():
    with pytest.raises(UnknownName, match="nonsense"):
        render("nonsense")


def test_numbers_to_call_depend_on_the_country():
    assert "988" in render("e0.selfharm", "US")
    assert "116 123" in render("e0.selfharm", "GB")
    assert "a crisis line in your country" in render("e0.selfharm")
    assert "112, 911 or 999" in render("e0.selfharm", "XX")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_flag_is_answered_and_never_diagnosed(example: str):
    text = text_for(triage(example))

    assert text
    assert not re.search(r"you (have|are having) (a|an) |you are fine|nothing to worry", text)


def test_what_is_said_names_the_category_and_never_quotes_the_person():
    text = text_for(triage("Bananarama, my chest hurts"))

    assert text is not None
    assert "pressure or pain in the chest" in text
    assert "banana" not in text.lower()


def test_where_it_is_unsure_a_question_comes_with_the_line_for_emergencies():
    assert text_for(triage("My urine is dark after beetroot.")) == render("e0.clarify")


def test_a_plain_wish_is_answered_by_no_fixed_text():
    assert text_for(triage("Three days a week, please.")) is None


def test_the_words_of_a_handoff_fit_the_note():
    note = "I want to kill myself."

    assert handoff_text(TemplateId.EMERGENCY, a_creation(note=note)) == render("e0.selfharm")
    assert handoff_text(TemplateId.EMERGENCY) == render("handoff.emergency")
    assert handoff_text(TemplateId.SUPPORT, a_creation(note="I purge.")) == render("e3.ed")


def test_a_blocked_person_gets_the_general_words():
    request = a_creation(a_profile(has_symptoms=True), note="I get dizzy on every run.")

    assert handoff_text(TemplateId.SEE_CLINICIAN, request) == render("handoff.see_clinician")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call {nobody}", "no default"),
        ("word " * 121, "more than 120 words"),
    ],
)
def test_a_broken_file_says_where(text: str, told: str):
    document = read_rules("templates.yaml")
    entry = {"text": text, "source": "test", "tag": "H"}
    broken = {**document, "templates": {**document["templates"], "e0.new": entry}}

    with pytest.raises(RuleBookError, match=told):
        parse_templates(broken)


def test_digits_in_a_supporting_text_are_refused():
    document = read_rules("templates.yaml")
    entry = {"text": "eat 1200", "source": "test", "tag": "H"}
    broken = {**document, "templates": {**document["templates"], "e3.new": entry}}

    with pytest.raises(RuleBookError, match="digits"):
        parse_templates(broken)
