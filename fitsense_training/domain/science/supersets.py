"""Supersets: two antagonists done in turn, with one rest after both.

The lines of a pair stand next to each other under one letter. The rest of the shorter one is taken
within the rest of the other, so no muscle rests less than its line says; that is the time saved.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import ExerciseRole

LETTERS = "abcd"


def pairs(items: Sequence[Prescription]) -> Iterator[tuple[Prescription, Prescription]]:
    """The supersets of a session: two neighbouring antagonists under a letter of their own."""
    by_letter: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.superset is not None:
            by_letter[item.superset].append(place)
    for places in by_letter.values():
        if len(places) == 2 and places[1] == places[0] + 1:
            first, second = items[places[0]], items[places[1]]
            if are_antagonists(first, second):
                yield first, second


def saved_minutes(items: Sequence[Prescription]) -> float:
    """Minutes that the supersets of a session save: one of two rests, as often as both are done."""
    if all(item.superset is None for item in items):
        return 0.0
    return sum(
        min(first.sets, second.sets) * min(first.rest_s, second.rest_s) / 60
        for first, second in pairs(items)
    )


def are_antagonists(first: Prescription, second: Prescription) -> bool:
    """Whether two lines may be done in turn: opposite movements, or opposite isolated muscles."""
    catalogue, rule = load_catalogue(), load_splits().supersets
    if first.exercise_id not in catalogue or second.exercise_id not in catalogue:
        return False
    one, other = catalogue.by_id(first.exercise_id), catalogue.by_id(second.exercise_id)
    if one.role is not other.role:
        return False
    if one.role is ExerciseRole.COMPOUND:
        return frozenset({one.pattern, other.pattern}) in rule.movements
    return one.role is ExerciseRole.ISOLATION and any(
        frozenset({mine, theirs}) in rule.isolated_muscles
        for mine in one.direct
        for theirs in other.direct
    )


def pair_up(items: Sequence[Prescription]) -> tuple[Prescription, ...] | None:
    """The session with its first pair of antagonists that is none yet; None where there is none."""
    free = [letter for letter in LETTERS if all(item.superset != letter for item in items)]
    for place, (first, second) in enumerate(itertools.pairwise(items)):
        is_open = first.superset is None and second.superset is None
        if free and is_open and are_antagonists(first, second):
            mark = {"superset": free[0]}
            marked = first.model_copy(update=mark), second.model_copy(update=mark)
            return (*items[:place], *marked, *items[place + 2 :])
    return None
