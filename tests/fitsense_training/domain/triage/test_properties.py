"""Dressing a text up changes no level; denying a flag removes it; small talk does not."""

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.vocabulary import EscalationLevel
from tests.fitsense_training.domain.triage.phrases import PHRASES

FLAGS = [e for e in load_lexicon().file.entries if "negated" not in e.ignores]
TEXTS = st.sampled_from([phrase.text for phrase in PHRASES if phrase.labels.kind != "injection"])
EXAMPLES = st.sampled_from([entry.example for entry in FLAGS])
SMALL_TALK = st.lists(
    st.sampled_from(
        [
            "I train on Mondays.",
            "The gym is near my home.",
            "My dumbbells go up to twenty.",
            "Thanks for your help.",
            "I like rows.",
            "The weather was nice.",
        ]
    ),
    max_size=3,
)
NOUNS = (
    "chest pain",
    "fainting during workouts",
    "seizures",
    "palpitations",
    "blood clots in my leg",
    "fever",
    "swollen ankles",
    "stress fractures",
    "suicidal thoughts",
)


def level_of(text: str) -> EscalationLevel:
    return triage.__wrapped__(text).level


@given(TEXTS, st.sampled_from([str.upper, str.title, str.swapcase, str.capitalize]))
def test_case_changes_no_level(text: str, dress):
    assert level_of(dress(text)) is level_of(text)


@given(TEXTS, st.sampled_from(["  ", "\t", "\n", " \u00a0", "\u2003"]))
def test_spacing_changes_no_level(text: str, space: str):
    plain = " ".join(text.split())

    assert level_of(plain.replace(" ", space)) is level_of(plain)


@given(TEXTS, st.integers(0, 2**16), st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad"))
def test_invisible_characters_change_no_level(text: str, seed: int, mark: str):
    dice = random.Random(seed)
    dressed = "".join(c + mark * (dice.random() < 0.3) for c in text)

    assert level_of(dressed) is level_of(text)


@given(TEXTS)
def test_wide_letters_change_no_level(text: str):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    assert level_of(wide) is level_of(text)


@given(TEXTS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_unicode_forms_change_no_level(text: str, form):
    assert level_of(unicodedata.normalize(form, text)) is level_of(text)


@given(EXAMPLES, SMALL_TALK, SMALL_TALK)
def test_small_talk_changes_no_level(flag: str, before: list[str], after: list[str]):
    assert level_of(" ".join([*before, flag, *after])) is level_of(flag)


@given(st.sampled_from(NOUNS), st.sampled_from(["No", "I never had", "I do not have", "Without"]))
def test_a_denial_removes_a_flag(noun: str, denial: str):
    assert level_of(f"I have {noun}.") is not EscalationLevel.NONE
    assert level_of(f"{denial} {noun}.") is EscalationLevel.NONE


@given(st.text(max_size=400))
def test_any_text_is_read(text: str):
    found = triage.__wrapped__(text)

    assert found == triage.__wrapped__(text)
    assert found.level in EscalationLevel
