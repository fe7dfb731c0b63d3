"""Every entry fires on its example, stays silent on its look-alike, and says where it is from."""

from typing import Any

import pytest

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.triage.entries import Entry, Hit
from fitsense_training.domain.safety.triage.lexicon import Flag, load_lexicon, parse_lexicon
from fitsense_training.domain.safety.triage.normalise import words_of
from fitsense_training.domain.safety.triage.report import read_phrases
from fitsense_training.domain.safety.triage.topics import load_topics
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.text.templates import load_templates
from fitsense_training.domain.vocabulary import Condition, EscalationLevel
from tests.fitsense_training.domain.triage.phrases import PHRASES

FILE = load_lexicon().file
NONE = EscalationLevel.NONE


def by_id(entry: Entry) -> str:
    return entry.id


@pytest.mark.parametrize("entry", FILE.entries, ids=by_id)
def test_a_flag_fires_on_its_example(entry: Flag):
    found = triage(entry.example)

    assert entry.id in {m.pattern for m in found.matches if m.level is not NONE}
    assert found.level.rank >= FILE.categories[entry.category].level.rank


@pytest.mark.parametrize("entry", FILE.entries, ids=by_id)
def test_a_flag_is_silent_on_its_look_alike(entry: Flag):
    assert triage(entry.look_alike).level is NONE


@pytest.mark.parametrize("entry", FILE.told, ids=by_id)
def test_a_told_condition_is_heard_and_its_look_alike_is_not(entry: Any):
    assert entry.condition in triage(entry.example).told_conditions
    assert entry.condition not in triage(entry.look_alike).told_conditions


@pytest.mark.parametrize("entry", FILE.minor, ids=by_id)
def test_a_minor_is_heard_and_the_look_alike_is_not(entry: Entry):
    assert triage(entry.example).tells_minor
    assert not triage(entry.look_alike).tells_minor


@pytest.mark.parametrize("entry", FILE.injections, ids=by_id)
def test_an_injection_is_seen_and_its_look_alike_is_not(entry: Entry):
    assert triage(entry.example).is_injection
    assert not triage(entry.look_alike).is_injection


@pytest.mark.parametrize("entry", load_topics().file.entries, ids=by_id)
def test_a_topic_is_seen_and_its_look_alike_is_not(entry: Any):
    assert triage(entry.example).topic == entry.topic
    assert triage(entry.look_alike).topic != entry.topic


def test_every_level_and_every_named_flag_of_the_table_has_a_category():
    by_level = {level: set[str]() for level in EscalationLevel}
    for name, category in FILE.categories.items():
        by_level[category.level].add(name)

    assert by_level[EscalationLevel.E0] >= {
        *("cardiac", "collapse", "breathing", "stroke", "headache", "palpitations_dizzy"),
        *("anaphylaxis", "heat_stroke", "seizure", "glucose_low", "ketones", "head_injury"),
        *("fracture", "limb", "cauda_equina", "embolism", "pregnancy_emergency"),
        *("self_harm", "overdose"),
    }
    assert by_level[EscalationLevel.E1] >= {
        *("rhabdo", "calf_clot", "syncope", "blood_pressure_high", "fever", "joint_infection"),
        *("weakness", "eye", "hernia_painful", "hypo_repeats", "postpartum"),
    }
    assert by_level[EscalationLevel.E2] >= {
        *("dizzy_exertion", "palpitations", "fatigue", "claudication", "ankle_swelling", "pain"),
        *("weight_loss", "energy_deficiency", "wheeze", "blood_pressure_raised"),
    }
    assert by_level[EscalationLevel.E3] >= {
        *("eating_disorder", "compulsive_exercise", "body_image", "low_mood", "abuse")
    }


def test_every_condition_can_be_told():
    assert {entry.condition for entry in FILE.told} == set(Condition)


def test_every_text_that_is_named_exists():
    named = {category.template for category in FILE.categories.values()}
    named |= {topic.template for topic in load_topics().file.topics.values()}

    assert named <= set(load_templates().templates)


def test_looking_for_words_first_loses_nothing():
    """A pattern is only tried where its words stand; trying them all must find no more."""
    lexicon = load_lexicon()
    for phrase in PHRASES:
        words = words_of(phrase.text, lexicon.spelling)
        quick = {(hit.entry.id, hit.start, hit.end) for hit in lexicon.flags.hits(words)}
        everything = {
            (hit.entry.id, hit.start, hit.end) for hit in lexicon.flags.hits_without_index(words)
        }
        assert quick == everything, phrase.text


def test_labels_of_phrases_are_parsed():
    document = {"groups": [{"texts": ["hello"], "kind": "plain", "level": "E2"}]}

    (phrase,) = read_phrases(document)

    assert (phrase.text, phrase.labels.level, phrase.part) == ("hello", "E2", "known")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"categories": {}}, "unknown categories"),
        ({"entries": [{"id": "x"}]}, "entries.0"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_broken_file_says_where(change: dict[str, Any], told: str):
    with pytest.raises(RuleBookError, match=told):
        parse_lexicon({**read_rules("lexicon.yaml"), **change})


def test_hits_say_which_words_they_cover():
    lexicon = load_lexicon()
    words = words_of("So my chest really hurts today", lexicon.spelling)

    hits: list[Hit[Flag]] = list(lexicon.flags.hits(words))

    assert [words.part(h.start, h.end).strip() for h in hits if h.entry.id == "chest_hurts"] == [
        "chest really hurts"
    ]
