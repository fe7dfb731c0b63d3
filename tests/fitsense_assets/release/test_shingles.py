"""Texts become sets of numbers that are the same everywhere."""

import numpy as np
import polars as pl
import pytest

from fitsense_assets.lib.release import shingles
from fitsense_assets.lib.release.shingles import number_of, word_grams


def grams_of(*texts: str, size: int) -> list[list[int]]:
    grams = word_grams(pl.Series(texts, dtype=pl.String), size)
    return [[int(gram) for gram in grams.of(place)] for place in range(len(texts))]


def test_marks_between_words_do_not_count() -> None:
    text = 'plan {"g":"strength","s":[["mon","3x8-12 r2 90s 22.5kg"]]}'
    words = "plan g strength s mon 3x8-12 r2 90s 22.5kg"

    found, plain = grams_of(text, words, size=3)

    assert found == plain
    assert len(found) == len(words.split()) - 2


def test_texts_share_exactly_the_grams_they_share() -> None:
    first, second = (set(g) for g in grams_of("a b c d e", "x a b c d", size=3))

    assert len(first) == len(second) == 3
    assert len(first & second) == 2


def test_the_order_of_words_counts() -> None:
    first, second = (set(g) for g in grams_of("a b c", "c b a", size=3))

    assert not first & second


def test_a_short_text_is_one_gram_and_repeats_count_once() -> None:
    short, same, repeated = grams_of("a b", "a b", "a a a a", size=3)

    assert short == same
    assert len(short) == len(repeated) == 1


def test_numbers_are_the_same_on_every_machine() -> None:
    # A change here changes which rows near-duplicates are found among: bump splits.VERSION.
    assert number_of("goblet_squat") == 9907479837738743024
    assert grams_of("a b c", size=2) == [[2160030090571051720, 3420821392923754924]]


def test_no_text_and_a_text_without_words_are_no_harm() -> None:
    assert len(word_grams(pl.Series([], dtype=pl.String), 3).values) == 0
    empty, spaces, words = grams_of("", " ,\n", "a b c", size=2)

    assert empty == spaces == [0]
    assert len(words) == 2


def test_texts_are_cut_alike_in_one_chunk_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join("abcdefg"[: n % 7]) for n in range(20)]
    whole = grams_of(*texts, size=3)

    monkeypatch.setattr(shingles, "CHUNK", 3)

    assert grams_of(*texts, size=3) == whole


def test_marked_texts_share_nothing_across_marks() -> None:
    grams = word_grams(pl.Series(["a b c"] * 3), 2)

    one, other, again = (set(grams.marked(np.array([1, 2, 1], np.uint64)).of(n)) for n in range(3))

    assert one == again
    assert not one & other
