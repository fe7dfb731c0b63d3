"""An exercise stands once in a session: what the watch of an answer remembers, and when."""

import pytest

from fitsense_training.repeats import (
    NO_DAY,
    SessionWatch,
    Unique,
    days_written,
    unique_tokens,
    weekday_orders,
    would_repeat,
)

PIECES = ('["mon","full_body",5,[["', "goblet_squat", '","3x8-12"],["', "plank", ']]],["thu",[["')
OPEN, SQUAT, DOSE, PLANK, NEXT_DAY = range(5)
EXERCISES = Unique(frozenset({SQUAT, PLANK}))


def test_names_of_the_catalogue_are_the_exercises():
    assert unique_tokens(PIECES) == EXERCISES


def test_watch_remembers_the_exercises_of_the_session():
    watch = SessionWatch(PIECES, EXERCISES)

    for token in (OPEN, SQUAT, DOSE, PLANK):
        watch.see(token)

    assert watch.written == EXERCISES.exercises


def test_next_session_begins_with_none():
    watch = SessionWatch(PIECES, EXERCISES)

    for token in (OPEN, SQUAT, NEXT_DAY):
        watch.see(token)

    assert watch.written == set()


def test_session_may_open_across_two_tokens():
    pieces = ("goblet_squat", ']]],["thu",[', '["')
    watch = SessionWatch(pieces, Unique(frozenset({0})))

    for token in (0, 1, 2):
        watch.see(token)

    assert watch.written == set()


def test_an_exercise_that_is_due_is_not_spelled_in_pieces():
    pieces = ('["mon","full_body",5,[["', "goblet_squat", '","3x8-12', '"],["', "p", "plank")
    watch = SessionWatch(pieces, Unique(frozenset({1, 5})))

    spelled: list[bool] = []
    for token in (0, 1, 2, 3):
        watch.see(token)
        spelled.append(watch.is_repeat(4))

    assert spelled == [True, False, False, True]
    assert not watch.is_repeat(5)


def test_no_exercise_is_due_behind_a_session_that_stays():
    pieces = ('{"s":[', '["=mon', '"],["', "=thu", '","upper",5,[["', "plank", '"]]],["=fri', '"]]')
    watch = SessionWatch(pieces, Unique(frozenset({5})))

    due: list[bool] = []
    for token in (0, 1, 2, 3, 4, 5, 6, 2):
        watch.see(token)
        due.append(watch.is_repeat(1))

    assert due == [False, False, False, False, True, False, False, False]


@pytest.mark.parametrize("number", ["#mon2:", "#mon2.:"])
def test_behind_a_line_s_number_only_a_whole_exercise_is_due(number: str):
    pieces = (',[["', "#mon1", '","3x', '"],["', number, "plank", "pl", '#mon3"],["', "goblet")
    watch = SessionWatch(pieces, Unique(frozenset({5})))

    barred: list[list[int]] = []
    for token in (0, 1, 3, 4):
        watch.see(token)
        barred.append([other for other in (1, 5, 6, 7, 8) if watch.is_repeat(other)])

    assert barred == [[6, 8], [], [6, 8], [1, 6, 7, 8]]


def test_places_where_a_repeat_would_stand_are_those_where_an_exercise_is_due():
    answer = (OPEN, SQUAT, DOSE, PLANK, NEXT_DAY, SQUAT)

    assert list(would_repeat(answer, PIECES, EXERCISES)) == [(3, SQUAT)]


def test_a_line_is_named_once_in_an_answer():
    pieces = (',[["', "#mon1", '"],["', "#mon2", "plank", ']]],["thu",[["')
    unique = Unique(frozenset({4}), frozenset({1, 3}))
    watch = SessionWatch(pieces, unique)

    for token in (0, 1, 2, 4, 5):
        watch.see(token)

    assert unique_tokens(pieces) == unique
    assert [token for token in (1, 3, 4) if watch.is_repeat(token)] == [1]
    assert list(would_repeat((0, 1, 2, 3, 5, 4), pieces, unique)) == [(3, 1), (5, 1), (5, 3)]


WEEK = ('["mon', '","full_body",5,[["', '"]]],["thu', '"]]]],"a":"60', '["monday_walk"')
MON, THU, END = 0, 2, 3


def test_a_token_knows_the_day_it_opens():
    assert weekday_orders(WEEK) == (0, NO_DAY, 3, NO_DAY, NO_DAY)
    assert weekday_orders(('["=mon', '"],["=thu')) == (0, 3)


def test_only_a_later_day_may_follow_a_day_and_none_that_is_over_the_last():
    answer = (MON, 1, THU, 1, END)

    assert list(days_written(answer, WEEK, weekday_orders(WEEK))) == [(2, 0), (4, 3)]


def test_an_answer_without_days_has_no_such_place():
    assert list(days_written((1, 1), WEEK, weekday_orders(WEEK))) == []
