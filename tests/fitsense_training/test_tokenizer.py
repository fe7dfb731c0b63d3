"""What a student reads and writes: whatever may change alone is a token, rare ones a few parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from fitsense_training.tokenizer import token_strings, train_tokenizer

COMMON = '[["goblet_squat 12kg","3x8-12 r2 90s"],["plank","2x10-15 r3 60s rpe7"],["plank"'
RARE = '["plank","2x8-12 r4 60s rpe6"]'
LIFTS = "lifts goblet_squat 12kg; plank 8kg"
WEEK = '{"g":"strength","s":[["mon","upper",8,[["plank"]]],["thu","lower",8,[["plank"]]]]'
SIGNS = (
    '"p":"hold","x":["chest_pain","fainting","severe_breathlessness","sharp_pain","dizziness"],'
    '"w":["pain"]}'
)
PERSON = "\ngoal strength mobility\ndays mon thu 60min\nask change_days thu mon"


def a_tokenizer(vocab_size: int = 2000) -> Tokenizer:
    texts = [COMMON, COMMON, SIGNS, SIGNS, WEEK, WEEK, PERSON, PERSON]
    return train_tokenizer(texts, ["goblet_squat", "plank"], vocab_size)


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    strings = token_strings(tokenizer)
    return [strings[token] for token in tokenizer.encode(text, add_special_tokens=False).ids]


def test_load_sets_range_and_effort_are_tokens_of_their_own():
    written = pieces(a_tokenizer(), COMMON)

    line = ["goblet_squat", "Ġ12kg", '","3x', "8-12", 'Ġr2Ġ90s"],["']
    assert written[1:6] == line
    assert written[6:10] == ["plank", '","2x', "10-15", 'Ġr3Ġ60sĠrpe7"],["']


def test_a_load_is_one_token_in_a_plan_and_in_a_list_of_lifts():
    assert "Ġ12kg" in pieces(a_tokenizer(), COMMON)
    assert "Ġ12kg" in pieces(a_tokenizer(), LIFTS)


def test_a_line_is_cut_alike_wherever_it_stands():
    line = 'goblet_squat 12kg","3x8-12 r2 90s'
    session = f'"full_body",8,[["{line}"],["{line}"]]]'
    written = pieces(a_tokenizer(), f'["mon",{session},["wed",{session}]')
    cut = ["goblet_squat", "Ġ12kg", '","3x', "8-12"]

    assert sum(written[i : i + 4] == cut for i in range(len(written))) == 4


def test_a_session_opens_with_its_day_and_then_with_what_it_is_about():
    written = pieces(a_tokenizer(), WEEK)

    assert written[1:3] == ['["mon', '","upper",8,[["']
    assert written[4:6] == ['"]]],["thu', '","lower",8,[["']


def test_a_session_that_stays_is_a_token():
    text = WEEK.replace('"mon","upper",8,[["plank"]]', '"=mon"')
    tokenizer = train_tokenizer([text, text], ["plank"], 2000)

    assert pieces(tokenizer, text)[1:4] == ['["=mon', '"],["thu', '","lower",8,[["']


def test_the_number_of_a_line_is_a_token_and_a_load_behind_it_is_as_everywhere():
    text = '8,[["#mon1"],["#mon2 12kg","3x8-12 r2 90s"],["#mon3.:plank","2x10-15 r3 60s rpe7"]]]'
    tokenizer = train_tokenizer([text, text, COMMON], ["goblet_squat", "plank"], 2000)

    written = pieces(tokenizer, text)

    assert written[written.index("#mon1") + 1] == '"],["'
    assert written[written.index("#mon2") + 1] == "Ġ12kg"
    assert written[written.index("#mon3") + 1 :][:2] == [".:", "plank"]


def test_the_number_of_a_line_is_the_same_token_where_it_is_read_and_where_it_is_written():
    read, written = '[["goblet_squat 24kg#mon2.","3x8-12 r2 90s"]]', '[["#mon2.","3x8-12 r2 90s"]]'
    tokenizer = train_tokenizer([read, written], ["goblet_squat"], 2000)

    both = [pieces(tokenizer, text) for text in (read, written)]

    assert both[0][both[0].index("#mon2") :] == both[1][both[1].index("#mon2") :]


def test_a_word_is_one_token_wherever_it_stands_in_a_row():
    written = pieces(a_tokenizer(), PERSON)

    assert written.count("Ġmon") == 2
    assert written.count("Ġthu") == 2


def test_effort_never_seen_whole_is_put_together_from_parts():
    written = pieces(a_tokenizer(), RARE)

    assert written[:4] == ['["', "plank", '","2x', "8-12"]
    assert len(written) < 4 + len(" r4 60s rpe6")


def test_a_stop_sign_more_is_a_token_more():
    written = pieces(a_tokenizer(), SIGNS)

    first = '","x":["chest_pain","fainting","severe_breathlessness","sharp_pain"'
    assert written[written.index(first) :][:3] == [first, ',"dizziness"', '],"w":["']


def test_same_texts_give_the_same_tokenizer():
    assert a_tokenizer().to_str() == a_tokenizer().to_str()


@pytest.mark.parametrize("vocab_size", [600, 700, 2000])
def test_vocabulary_stays_within_its_size(vocab_size: int):
    assert a_tokenizer(vocab_size).get_vocab_size() <= vocab_size


TOKENIZER = a_tokenizer()


@given(st.text())
def test_every_text_comes_back(text: str):
    ids = TOKENIZER.encode(text, add_special_tokens=False).ids

    assert TOKENIZER.decode(ids) == text
