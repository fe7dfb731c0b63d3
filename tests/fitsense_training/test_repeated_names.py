"""An exercise spelled in several tokens is not named twice in a session, and others still are."""

from fitsense_training.repeated_names import NameWatch

PIECES = (
    '"s":[["mon","full_body",5,[["',
    "push",
    "_up",
    "_plus",
    '"',
    ',"3x8-12 r2 90s bw"],["',
    "plank",
    ']]],["thu","full_body",5,[["',
    "thu",
)
OPEN, PUSH, UP, PLUS, QUOTE, ROW, PLANK, NEXT, THU = range(len(PIECES))


def repeats(written: list[int], allowed: list[int], names: set[str]) -> set[int]:
    watch = NameWatch(PIECES, sorted(names))
    for token in written:
        watch.see(token)
    return {token for token in allowed if watch.is_repeat(token)}


def test_name_may_begin_again_while_another_could_come_of_it():
    written = [OPEN, PUSH, UP, QUOTE, ROW]

    assert repeats(written, [PUSH, PLANK], {"push_up", "push_up_plus", "plank"}) == set()


def test_name_is_not_closed_a_second_time():
    written = [OPEN, PUSH, UP, QUOTE, ROW, PUSH, UP]

    assert repeats(written, [QUOTE, PLUS], {"push_up", "push_up_plus"}) == {QUOTE}


def test_name_that_can_only_end_as_a_repeat_is_not_begun():
    written = [OPEN, PUSH, UP, QUOTE, ROW]

    assert repeats(written, [PUSH, PLANK], {"push_up", "plank"}) == {PUSH}


def test_next_session_may_hold_the_same_exercise():
    written = [OPEN, PUSH, UP, QUOTE, ROW, PLANK, QUOTE, NEXT]

    assert repeats(written, [PUSH, PLANK], {"push_up", "plank"}) == set()


def test_weekday_is_no_exercise():
    watch = NameWatch([*PIECES, ']]],["'], ["thruster"])
    for token in (OPEN, PUSH, QUOTE):
        watch.see(token)
    watch.see(len(PIECES))

    assert not any(map(watch.is_repeat, range(len(PIECES))))


def test_name_that_may_not_stand_in_this_place_keeps_no_beginning_open():
    names = {"push_up", "push_up_plus", "plank"}
    watch = NameWatch(
        PIECES, sorted(names), lambda text: text in {'push_up"', 'plank"', '"', '_up"'}
    )
    for token in (OPEN, PUSH, UP, QUOTE, ROW):
        watch.see(token)

    assert watch.is_repeat(PUSH)
    assert not watch.is_repeat(PLANK)
