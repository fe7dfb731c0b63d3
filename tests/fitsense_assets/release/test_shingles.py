"""Texts become sets of numbers that are the same everywhere."""

from fitsense_assets.lib.release.shingles import number_of, word_grams, words_of


def test_marks_between_words_do_not_count() -> None:
    text = 'plan {"g":"strength","s":[["mon","3x8-12 r2 90s 22.5kg"]]}'

    assert words_of(text) == ["plan", "g", "strength", "s", "mon", "3x8-12", "r2", "90s", "22.5kg"]


def test_texts_share_exactly_the_grams_they_share() -> None:
    first, second = (set(g) for g in word_grams(["a b c d e", "x a b c d"], 3))

    assert len(first) == len(second) == 3
    assert len(first & second) == 2


def test_the_order_of_words_counts() -> None:
    first, second = (set(g) for g in word_grams(["a b c", "c b a"], 3))

    assert not first & second


def test_a_short_text_is_one_gram_and_repeats_count_once() -> None:
    short, same, repeated = word_grams(["a b", "a b", "a a a a"], 3)

    assert list(short) == list(same)
    assert len(short) == len(repeated) == 1


def test_numbers_are_the_same_on_every_machine() -> None:
    # A change here changes which rows near-duplicates are found among: bump splits.VERSION.
    assert number_of("goblet_squat") == 9907479837738743024
    assert [int(g) for g in word_grams(["a b c"], 2)[0]] == [
        2160030090571051720,
        3420821392923754924,
    ]
