"""Which exercises may come into a session: of a day that is laid out, or for lines that go."""

from collections.abc import Collection

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.inclusions import options, required_inclusions, stand_ins
from fitsense_training.domain.safety.shortlist import shortlist
from fitsense_training.domain.safety.stand_in import stand_in_steps
from fitsense_training.domain.science.substitution import patterns_to_try
from fitsense_training.domain.science.week import Day


def choices_of(
    day: Day,
    bounds: Bounds,
    known: Collection[str],
    gone: Collection[str],
    asked: frozenset[str],
) -> list[Exercise]:
    """What may stand on a day: its patterns, what is required, what comes in for what goes."""
    found = _exercises(day, bounds, known)
    swapped = [e for e in found if e.id in gone]
    left = [e for e in found if e.id not in gone]
    new = [e for e in stand_ins_of(swapped, bounds) if e.id not in gone and e not in left]
    wanted = [load_catalogue().by_id(name) for name in sorted(asked & bounds.allowed)]
    new += [e for e in wanted if e not in left and e not in new]
    return [*left, *new] or found


def stand_ins_of(replaced: Collection[Exercise], bounds: Bounds) -> list[Exercise]:
    """What may stand in for any of these, then what may for one that is required."""
    steps = (step for exercise in replaced for step in stand_in_steps(exercise, bounds))
    found = {e.id: e for _, group in steps for e in group}
    found |= {e.id: e for exercise in replaced for e in stand_ins(exercise, bounds)}
    return list(found.values())


def _exercises(day: Day, bounds: Bounds, known: Collection[str]) -> list[Exercise]:
    """Allowed exercises for a day: its patterns, what stands in for them, what is required."""
    found: dict[str, Exercise] = {}
    for pattern in dict.fromkeys(day.slots):
        for candidate in patterns_to_try(pattern):
            group = shortlist(bounds, candidate, known)
            found |= {exercise.id: exercise for exercise in group}
            if group:
                break
    for code in required_inclusions(bounds):
        found |= {exercise.id: exercise for exercise in options(code, bounds)[:1]}
    return list(found.values())
