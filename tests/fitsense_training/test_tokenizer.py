"""What a student reads and writes: a frequent dose is one token, a rare one a few parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from fitsense_training.tokenizer import token_strings, train_tokenizer

COMMON = '["goblet_squat","3x8-12 r2 90s bw"],["plank","2x8-12 r3 60s rpe7"],'
RARE = '["plank","2x8-12 r2 90s bw"]'
SIGNS = '"p":"hold","x":["chest_pain","fainting"],"w":["pain"]}'


def a_tokenizer(vocab_size: int = 2000) -> Tokenizer:
    texts = [COMMON, COMMON, SIGNS, SIGNS]
    return train_tokenizer(texts, ["goblet_squat", "plank"], vocab_size)


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    strings = token_strings(tokenizer)
    return [strings[token] for token in tokenizer.encode(text, add_special_tokens=False).ids]


def test_frequent_dose_is_one_token():
    assert '","3x8-12Ġr2Ġ90sĠbw"],["' in pieces(a_tokenizer(), COMMON)


def test_dose_never_seen_whole_is_put_together_from_parts():
    written = pieces(a_tokenizer(), RARE)

    assert '","2x8-12Ġ' in written
    assert "r2Ġ90sĠ" in written


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
