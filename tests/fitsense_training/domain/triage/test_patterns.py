"""The little language of the lexicon means what its file says."""

import pytest

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.safety.triage.patterns import (
    compile_pattern,
    literal_words,
    number_of,
)

LISTS = {"hurt": ["pain", "ach*", "on fire"]}


def finds(pattern: str, text: str) -> bool:
    return compile_pattern(pattern, LISTS).regex.search(f" {text} ") is not None


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("chest", "my chest", True),
        ("chest", "my chestnut", False),
        ("chest*", "my chestnut", True),
        ("chest|passed out", "i passed out", True),
        ("chest ~2 <hurt>", "chest is on fire", True),
        ("chest ~2 <hurt>", "chest a b c pain", False),
        ("chest ~2 <hurt>", "chest . pain", False),
        ("chest ~0 <hurt>", "chest aching", True),
        ("^ chest", "my chest", False),
        ("^ chest", "yes . chest", True),
        ("what is $", "so what is", True),
        ("what is $", "what is this", False),
        ("for # weeks", "for five weeks", True),
        ("in {year}", "in 2015", True),
        ("in {year}", "in 20", False),
        ("sugar ~3 #bare", "sugar was 45", True),
        ("sugar ~3 #bare", "sugar and lost 2 kg", False),
        ("sugar ~3 #bare", "sugar for 2 weeks", False),
        ("sugar ~6 #bare", "sugar 30 minutes later was 45", True),
    ],
)
def test_patterns(pattern: str, text: str, is_found: bool):
    assert finds(pattern, text) is is_found


def test_numbers_are_caught_in_order():
    found = compile_pattern("lose # ~0 {mass} ~2 # ~0 {time}", {}).regex.search(
        " lose 10 kg in two weeks "
    )

    assert found is not None
    assert (number_of(found["n1"]), found["mass"]) == (10, "kg")
    assert (number_of(found["n2"]), found["time"]) == (2, "weeks")


def test_two_numbers_are_caught_from_a_ratio():
    found = compile_pattern("bp ~3 #/#", {}).regex.search(" bp was 182/95 ")

    assert found is not None
    assert (found["n1"], found["n2"]) == ("182", "95")


@pytest.mark.parametrize("text", ["<unknown>", "chest|", "# ~2 #"])
def test_patterns_that_cannot_be_read_are_refused(text: str):
    with pytest.raises(RuleBookError):
        compile_pattern(text, LISTS)


def test_every_word_of_a_pattern_is_known():
    assert set(literal_words("chest ~3 <hurt>|sore", LISTS)) == {
        *("chest", "pain", "ach*", "on", "fire", "sore")
    }
