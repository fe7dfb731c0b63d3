"""The few exercises of a pattern that coach and grammar choose from."""

import functools
from collections.abc import Collection

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.science.substitution import load_substitutions
from fitsense_training.domain.vocabulary import Equipment, ExperienceLevel, Pattern, RiskTag

ASKED_FOR = frozenset({RiskTag.PLYOMETRIC, RiskTag.OLYMPIC_LIFT, RiskTag.BALLISTIC, RiskTag.HIIT})


def shortlist(bounds: Bounds, pattern: Pattern, known: Collection[str]) -> tuple[Exercise, ...]:
    """The allowed exercises of a pattern worth choosing from: the best fitting, known, preferred.

    Coach and grammar choose from the same few, so that people meet exercises that suit them.
    """
    best = _best_of_pattern(pattern, bounds.allowed, bounds.profile.experience_level)
    most, liked = int(load_substitutions().shortlist.value), preferred(bounds)
    return (*best[:most], *(e for e in best[most:] if e.id in known or e.id in liked))


def preferred(bounds: Bounds) -> frozenset[str]:
    """What to reach for first: what conditions and age prefer, and the table for what they avoid.

    For everybody else nothing: the usual choice is theirs.
    """
    return _preferred(bounds.limits.prefer, bounds.limits.avoid, bool(bounds.limits.conditions))


@functools.lru_cache(maxsize=4096)
def _preferred(named: tuple[str, ...], avoid: frozenset[RiskTag], is_sick: bool) -> frozenset[str]:
    table = load_substitutions().table
    columns = table.columns_for(avoid) if is_sick else ()
    cells = (table.cell(pattern, column) or () for pattern in Pattern for column in columns)
    return frozenset(named).union(*cells)


@functools.lru_cache(maxsize=65536)
def _best_of_pattern(
    pattern: Pattern, allowed: frozenset[str], level: ExperienceLevel
) -> tuple[Exercise, ...]:
    found = (e for e in load_catalogue().of_pattern(pattern) if e.id in allowed)
    return tuple(sorted(found, key=lambda e: (-level_fit(e.id, level), e.id)))


@functools.lru_cache(maxsize=4096)
def level_fit(exercise_id: str, level: ExperienceLevel) -> float:
    """How well an exercise suits a level, as a score: stable tools for novices."""
    exercise = load_catalogue().by_id(exercise_id)
    points = load_substitutions().fit
    if exercise.tags & ASKED_FOR:
        return points.asked_for  # never by default: a person asks for these
    if level is ExperienceLevel.NOVICE:
        free_bar = all(Equipment.BARBELL in needed for needed in exercise.equipment)
        loadable = points.novice_loadable if exercise.is_loadable else 0.0
        return loadable + (points.novice_free_bar if free_bar else 0.0)
    loadable = points.trained_loadable if exercise.is_loadable else 0.0
    return loadable + points.trained_level * exercise.level.rank
