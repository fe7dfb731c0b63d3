"""Choosing exercises: the best allowed one for a slot, the nearest one for a substitution."""

import functools
import hashlib
from collections.abc import Collection, Mapping

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.shortlist import level_fit, shortlist
from fitsense_training.domain.science.substitution import load_substitutions, patterns_to_try
from fitsense_training.domain.vocabulary import (
    Muscle,
    Pattern,
    SessionFocus,
)

FOCUS_MUSCLES: Mapping[SessionFocus, frozenset[Muscle]] = {
    SessionFocus.PUSH: frozenset({Muscle.TRICEPS}),
    SessionFocus.PULL: frozenset({Muscle.BICEPS}),
}


@functools.lru_cache(maxsize=1 << 16)
def _tie(seed: int, exercise_id: str) -> float:
    digest = hashlib.blake2b(f"{seed}/{exercise_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


class Chooser:
    """Chooses for one plan: remembers what the week already holds and what the person knows."""

    def __init__(self, bounds: Bounds, known: Collection[str], seed: int) -> None:
        """Choose within bounds, preferring known exercises; the seed breaks ties."""
        self._bounds = bounds
        self._known = frozenset(known)
        self._seed = seed
        self._uses: dict[str, int] = {}

    def pick(
        self, pattern: Pattern, focus: SessionFocus, taken: Collection[str]
    ) -> Exercise | None:
        """The best exercise for a slot, from the next best pattern where there is none."""
        for candidate in patterns_to_try(pattern):
            found = [
                exercise
                for exercise in shortlist(self._bounds, candidate, self._known)
                if exercise.id not in taken
            ]
            if found:
                best = max(found, key=lambda exercise: self._score(exercise, focus))
                self._uses[best.id] = self._uses.get(best.id, 0) + 1
                return best
        return None

    def _score(self, exercise: Exercise, focus: SessionFocus) -> float:
        points = load_substitutions().preference
        score = points.known * (exercise.id in self._known)
        score += level_fit(exercise.id, self._bounds.profile.experience_level)
        wanted = FOCUS_MUSCLES.get(focus, frozenset())
        score += points.muscle_of_focus * bool(wanted & set(exercise.direct))
        score += points.repeat * max(0, self._uses.get(exercise.id, 0) - 1)
        return score + _tie(self._seed, exercise.id)


def substitute(
    exercise_id: str, bounds: Bounds, taken: Collection[str], seed: int
) -> Exercise | None:
    """The nearest allowed exercise by `rules/substitutions.yaml`; None: drop the line."""
    wanted = load_catalogue().by_id(exercise_id)
    for pattern in patterns_to_try(wanted.pattern):
        found = [
            exercise
            for exercise in shortlist(bounds, pattern, ())
            if exercise.id not in taken and exercise.id != exercise_id
        ]
        if found:
            return max(found, key=lambda e: (_shared(e, wanted), _tie(seed, e.id)))
    return None


def _shared(first: Exercise, second: Exercise) -> float:
    points = load_substitutions().nearest
    overlap = sum(min(w, second.muscles.get(m, 0.0)) for m, w in first.muscles.items())
    alike = first.is_loadable is second.is_loadable
    return points.shared_muscle * overlap + points.loaded_alike * alike
