"""The trained layer of triage: it raises what no pattern thought of, and lowers nothing."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.normalise import words_of
from fitsense_training.domain.safety.triage.second_reading import (
    LEAST_KNOWN,
    SecondReading,
    SecondReadingFile,
    features_of,
    load_second_reading,
    windows_of,
)
from fitsense_training.domain.safety.triage.triage import SECOND_READING, triage
from fitsense_training.domain.vocabulary import EscalationLevel
from fitsense_training.learn_triage import fingerprint, lessons_of, read_lessons

DATA = Path(__file__).resolve().parents[3] / "data"
LEARNED = ("triage_phrases.yaml", "triage_second_author_tune.yaml", "triage_third_author.yaml")


def words(text: str):
    return words_of(text, load_lexicon().spelling)


def model(**fields: object) -> SecondReading:
    document = {
        "source": "a test",
        "tag": "H",
        "learned_from": "nothing",
        "threshold": 0.5,
        "scale": 0.1,
        "bias": 0.0,
        "categories": {"cardiac": 0.0, "unspecified": 0.5},
        "weights": "30 90 0 elephant\n-30 0 0 zoo",
    }
    return SecondReading(SecondReadingFile.model_validate(document | fields))


def test_a_text_of_known_words_is_scored_by_their_weights():
    reading = model().read(words("elephant"))

    assert reading.urgency == pytest.approx(3.0 / math.sqrt(LEAST_KNOWN) - 0.5)
    assert reading.is_emergency
    assert reading.category == "cardiac"


def test_words_that_calm_weigh_against_words_that_alarm():
    assert not model().read(words("an elephant in the zoo")).is_emergency


def test_a_request_around_it_does_not_drown_a_cry_for_help():
    text = "Make me a plan. Three days are fine. There is an elephant. Thank you. Rows please."

    assert model().read(words(text)).is_emergency


@pytest.mark.parametrize("text", ["", "...", "zzz qqq", "12 34"])
def test_a_text_without_a_known_word_is_no_emergency(text: str):
    assert not model().read(words(text)).is_emergency


@pytest.mark.parametrize("weights", ["1 2 elephant", "1 2 x elephant", "elephant", "1 2 3"])
def test_a_line_that_is_cut_is_refused(weights: str):
    with pytest.raises(ValueError, match="numbers and a feature"):
        model(weights=weights)


def test_features_are_runs_of_words_and_beginnings_and_numbers_are_alike():
    assert features_of(["chest", "hurts", "7"]) == {
        "chest", "hurts", "#", "chest hurts", "hurts #", "chest hurts #", "ches*", "hurt*",
    }  # fmt: skip


def test_windows_take_in_two_sentences_and_each_alone():
    assert list(windows_of(words("Rows. Squats hurt! Why?"))) == [
        ("rows", "squats", "hurt"),
        ("squats", "hurt", "why"),
        ("rows",),
        ("squats", "hurt"),
        ("why",),
    ]
    assert list(windows_of(words("Squats hurt."))) == [("squats", "hurt")]


def test_what_no_pattern_knows_is_raised_with_a_question():
    found = triage("something is pressing down hard behind my ribs and I'm soaked in sweat")

    assert found.level is EscalationLevel.E0
    assert found.pattern == SECOND_READING
    assert found.template == "e0.cardiac"
    assert found.needs_clarifying


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("no reason to wake up tomorrow, it will be over tonight", "e0.selfharm"),
        ("took loads of burners, my heart is going mad", "e0.overdose"),
    ],
)
def test_each_kind_of_emergency_has_the_text_made_for_it(text: str, template: str):
    assert triage(text).template == template


@pytest.mark.parametrize(
    "text",
    ["There is no pain in my chest.", "She had chest pain.", "My glucose is 54"],
)
def test_what_the_patterns_set_aside_is_not_raised_again(text: str):
    assert triage(text).level is EscalationLevel.NONE


@pytest.mark.parametrize(
    "aside",
    [
        "No chest pain.",
        "I had chest pain in 2012.",
        "My dad had a heart attack. He is fine.",
        "What are the signs of a heart attack?",
        "My chest is tight and sore after flyes.",
    ],
)
def test_a_flag_that_is_set_aside_hides_no_emergency_in_another_sentence(aside: str):
    found = triage(
        f"{aside} Something is pressing down hard behind my ribs and I'm soaked in sweat."
    )

    assert found.level is EscalationLevel.E0
    assert found.pattern == SECOND_READING


def test_a_story_that_goes_on_about_somebody_else_is_not_raised():
    story = "My mum collapsed in 2019. She turned blue and did not breathe."

    assert triage(story).level is EscalationLevel.NONE


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str):
    reading = load_second_reading().read(words(text))

    assert reading.category in load_lexicon().file.categories


def test_the_weights_were_learned_from_the_phrases_as_they_are():
    lessons = read_lessons([DATA / name for name in LEARNED])

    assert read_rules("second_reading.yaml")["learned_from"] == fingerprint(lessons), (
        "phrases, patterns or exercises changed: run python -m fitsense_training.learn_triage "
        f"{' '.join(f'tests/data/{name}' for name in LEARNED)}"
    )


def test_nothing_is_learned_from_held_out_and_fresh_phrases():
    texts = ["a phrase"]
    document = {
        "groups": [
            {"texts": texts, "held_out": True},
            {"texts": texts, "fresh": True},
            {"texts": ["another"], "level": "E0", "category": "self_harm"},
        ]
    }

    assert [(lesson.text, lesson.speaker) for lesson in lessons_of(document)] == [
        ("another", "self_harm")
    ]


def test_a_file_that_breaks_names_its_field():
    with pytest.raises((RuleBookError, ValueError), match="scale"):
        model(scale=0)
