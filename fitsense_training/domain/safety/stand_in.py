"""What may stand in for an exercise, and what a condition makes people reach for first.

Coach and grammar look here alike, so that whatever the coach puts in, the grammar lets be written.
"""

import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.inclusions import stand_ins
from fitsense_training.domain.safety.shortlist import shortlist
from fitsense_training.domain.science.substitution import (
    Column,
    SubstitutionStep,
    load_substitutions,
)
from fitsense_training.domain.vocabulary import DoseKind, Equipment, ExerciseRole

_LIFTS = frozenset(
    {ExerciseRole.POWER, ExerciseRole.COMPOUND, ExerciseRole.ISOLATION, ExerciseRole.CORE}
)


def stand_in_steps(
    exercise: Exercise, bounds: Bounds
) -> Iterator[tuple[SubstitutionStep, tuple[Exercise, ...]]]:
    """The allowed stand-ins of every step in the order of `rules/substitutions.yaml`.

    A step may be empty; within the listed ones the nearest stands first. After the last step the
    line is dropped, and a movement that the table drops has no step but the related patterns.
    """
    looks = {
        SubstitutionStep.LISTED: _listed,
        SubstitutionStep.SAME_PATTERN: _same_pattern,
        SubstitutionStep.SUPPORTED: _supported,
        SubstitutionStep.STATIC: _static,
        SubstitutionStep.RELATED_PATTERN: _related,
    }
    dropped = {SubstitutionStep.SAME_PATTERN} if is_dropped(exercise, bounds) else set()
    for step in load_substitutions().order.steps:
        if step in looks and step not in dropped:
            found = looks[step](exercise, bounds)
            yield step, tuple(e for e in found if e.id != exercise.id)


def likeness(first: Exercise, second: Exercise) -> float:
    """How near a substitute is to what it replaces: shared muscles, and being loaded alike."""
    points = load_substitutions().nearest
    overlap = sum(min(w, second.muscles.get(m, 0.0)) for m, w in first.muscles.items())
    alike = first.is_loadable is second.is_loadable
    return points.shared_muscle * overlap + points.loaded_alike * alike


@functools.lru_cache(maxsize=1 << 16)
def tie(seed: int, exercise_id: str) -> float:
    """Between 0 and 1, what decides between equally good exercises."""
    digest = hashlib.blake2b(f"{seed}/{exercise_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def nearest_stand_ins(
    exercise: Exercise, bounds: Bounds, taken: Collection[str], most: int, seed: int = 0
) -> list[Exercise]:
    """The first stand-ins in the order in which the coach looks for one, nearest first.

    What a condition requires is replaced by what meets the same need. None of `taken` is among
    them.
    """

    def nearness(other: Exercise) -> tuple[float, float]:
        return likeness(other, exercise), tie(seed, other.id)

    found = {e.id: e for e in stand_ins(exercise, bounds) if e.id not in taken}
    for step, group in stand_in_steps(exercise, bounds):
        if len(found) >= most:
            break
        is_ordered = step is SubstitutionStep.LISTED
        nearest = group if is_ordered else sorted(group, key=nearness, reverse=True)
        found |= {e.id: e for e in nearest if e.id not in taken}
    return list(found.values())[:most]


def is_dropped(exercise: Exercise, bounds: Bounds) -> bool:
    """Whether the table gives a movement up for what rules this exercise out."""
    table = load_substitutions().table
    columns = table.columns_for(exercise.tags & bounds.limits.avoid)
    return any(table.cell(exercise.pattern, column) == () for column in columns)


def _listed(exercise: Exercise, bounds: Bounds) -> Iterator[Exercise]:
    """The exercises of the table for what rules this one out; nothing where nothing does.

    A condition rules out by its tags, pain by any tag, missing equipment by itself; for what only
    the person rules out, the usual exercise of the movement is listed.
    """
    if exercise.id in bounds.allowed:
        return
    table = load_substitutions().table
    columns = list(table.columns_for(exercise.tags & bounds.limits.avoid))
    if not exercise.is_doable_with(frozenset(bounds.profile.equipment)):
        columns.append(Column.NO_EQUIPMENT)
    columns = columns or list(table.columns_for(exercise.tags))
    for column in columns or [Column.DEFAULT]:
        yield from _allowed(table.cell(exercise.pattern, column) or (), bounds)


def _same_pattern(exercise: Exercise, bounds: Bounds) -> tuple[Exercise, ...]:
    return shortlist(bounds, exercise.pattern, ())


def _supported(exercise: Exercise, bounds: Bounds) -> tuple[Exercise, ...]:
    return _of_muscle(exercise.direct, bounds.allowed, is_static=False)


def _static(exercise: Exercise, bounds: Bounds) -> tuple[Exercise, ...]:
    return _of_muscle(exercise.direct, bounds.allowed, is_static=True)


def _related(exercise: Exercise, bounds: Bounds) -> Iterator[Exercise]:
    for pattern in load_substitutions().related_patterns.patterns[exercise.pattern]:
        found = shortlist(bounds, pattern, ())
        if found:
            yield from found
            return


@functools.lru_cache(maxsize=65536)
def _of_muscle(
    muscles: tuple[str, ...], allowed: frozenset[str], *, is_static: bool
) -> tuple[Exercise, ...]:
    """Allowed lifts that train one of these muscles directly: on a machine, or held still."""
    wanted = set(muscles)
    return tuple(
        exercise
        for exercise in load_catalogue()
        if exercise.id in allowed
        and exercise.role in _LIFTS
        and wanted & set(exercise.direct)
        and _is_static(exercise) is is_static
        and (is_static or all(Equipment.MACHINES in option for option in exercise.equipment))
    )


def _is_static(exercise: Exercise) -> bool:
    return exercise.dose_kind is DoseKind.SECONDS


def _allowed(names: Iterable[str], bounds: Bounds) -> Iterator[Exercise]:
    return (load_catalogue().by_id(name) for name in names if name in bounds.allowed)
