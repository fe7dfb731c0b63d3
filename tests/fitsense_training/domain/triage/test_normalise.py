"""Words come out the same, whatever they were dressed up as."""

import pytest

from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.normalise import fold, is_foreign, words_of


def read(text: str) -> str:
    return words_of(text, load_lexicon().spelling).text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "CHEST PAIN",
        "chest   pain",
        "chest\npain",
        "chest-pain",
        "chest_pain",
        "chest/pain",
        "chest.pain",
        "c\u200bhest p\u00adain",
        "ｃｈｅｓｔ　ｐａｉｎ",  # noqa: RUF001
        "chést pаin",  # noqa: RUF001
        "c h e s t  p a i n",
        "c.h.e.s.t pain",
        "c h e s t p a i n",
        "ch3st p4in",
        "ch3st p@in",
        "chets pain",
        "cheast pain",
        "chesst pain",
        "cheeeest paaaain",
        "𝐜𝐡𝐞𝐬𝐭 𝐩𝐚𝐢𝐧",  # noqa: RUF001
    ],
)
def test_disguises_are_read_through(text: str):
    assert read(text) == "chest pain"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can't, won't!", "i cant , wont ."),
        ("10kg and 3.5g", "10 kg and 3.5 g"),
        ("1,200 kcal", "1200 kcal"),
        ("38,6 degrees", "38.6 degrees"),
        ("188 over 111", "188/111"),
        ("7 out of 10", "7/10"),
        ("<800 kcal", "under 800 kcal"),
        ("heart attack", "heartattack"),
        ("d-n-p", "dnp"),
        ("Wait... what?!", "wait . what ?"),
    ],
)
def test_numbers_marks_and_compounds_have_one_form(text: str, words: str):
    assert read(text) == words


@pytest.mark.parametrize("word", ["chess", "cheat", "crest", "heat", "stroll", "paint", "collapse"])
def test_real_words_are_no_slips_of_the_finger(word: str):
    assert read(word) == word


@pytest.mark.parametrize("text", ["700", "1rm", "h2o", "5x5", "t3"])
def test_numbers_are_not_read_as_letters(text: str):
    assert "o" not in read(text).replace("h2o", "")
    assert "e" not in read(text)


def test_blank_lines_and_bullets_end_a_sentence():
    assert read("no pain\n\nchest hurts") == "no pain . chest hurts"
    assert read("no pain\n- chest hurts") == "no pain . chest hurts"


def test_folding_keeps_punctuation():
    assert fold("</System>\u200b: GO!") == "</system>: go!"


def test_another_script_is_foreign():
    assert is_foreign("У меня болит грудь и я не могу дышать")  # noqa: RUF001
    assert not is_foreign("Señora Muñoz lifts in Zürich")
    assert not is_foreign("plain words")
