"""What a student reads and writes: sets, a set and its load are tokens, rare ones a few parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from fitsense_training.tokenizer import token_strings, train_tokenizer

COMMON = '["goblet_squat","3x8-12 r2 90s 12kg"],["plank","2x10-15 r3 60s rpe7"],'
RARE = '["plank","2x8-12 r3 60s rpe7"]'
LIFTS = "lifts goblet_squat 12kg; plank 8kg"
SIGNS = '"p":"hold","x":["chest_pain","fainting"],"w":["pain"]}'


def a_tokenizer(vocab_size: int = 2000) -> Tokenizer:
    texts = [COMMON, COMMON, SIGNS, SIGNS]
    return train_tokenizer(texts, ["goblet_squat", "plank"], vocab_size)


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    strings = token_strings(tokenizer)
    return [strings[token] for token in tokenizer.encode(text, add_special_tokens=False).ids]


def test_sets_and_load_are_tokens_of_their_own():
    written = pieces(a_tokenizer(), COMMON)

    assert written[1:6] == ["goblet_squat", '","3x', "8-12Ġr2Ġ90s", "Ġ12kg", '"],["']
    assert written[6:9] == ["plank", '","2x', "10-15Ġr3Ġ60sĠrpe7"]


def test_a_load_is_one_token_in_a_plan_and_in_a_list_of_lifts():
    assert "Ġ12kg" in pieces(a_tokenizer(), COMMON)
    assert "Ġ12kg" in pieces(a_tokenizer(), LIFTS)


def test_a_line_is_cut_alike_wherever_it_stands():
    line = 'goblet_squat","3x8-12 r2 90s 12kg'
    plan = f'["mon","full_body",8,[["{line}"]]],["wed","full_body",8,[["{line}"],["{line}"]]]]'
    written = pieces(a_tokenizer(), plan)
    cut = ["goblet_squat", '","3x', "8-12Ġr2Ġ90s", "Ġ12kg"]

    assert sum(written[i : i + 4] == cut for i in range(len(written))) == 3


def test_set_never_seen_whole_is_put_together_from_parts():
    written = pieces(a_tokenizer(), RARE)

    assert "8-12" in written
    assert "Ġr3Ġ60s" in written


def test_new_row_of_stop_signs_is_put_together_from_signs():
    written = pieces(a_tokenizer(), '"p":"hold","x":["fainting","chest_pain"],"w":["pain"]}')

    assert {"fainting", "chest_pain"} <= set(written)


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
