"""Choosing exercises: the best allowed one for a slot, the nearest one for a substitution."""

from collections.abc import Collection, Mapping

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.shortlist import level_fit, preferred, shortlist
from fitsense_training.domain.safety.stand_in import likeness, stand_in_steps, tie
from fitsense_training.domain.science.budget import set_budgets
from fitsense_training.domain.science.substitution import (
    SubstitutionStep,
    load_substitutions,
    patterns_to_try,
)
from fitsense_training.domain.science.volume import RESISTANCE_ROLES
from fitsense_training.domain.vocabulary import (
    ExperienceLevel,
    Muscle,
    Pattern,
    SessionFocus,
)

FOCUS_MUSCLES: Mapping[SessionFocus, frozenset[Muscle]] = {
    SessionFocus.PUSH: frozenset({Muscle.TRICEPS}),
    SessionFocus.PULL: frozenset({Muscle.BICEPS}),
}


class Chooser:
    """Chooses for one plan: remembers what the week already holds and what the person knows."""

    def __init__(self, bounds: Bounds, known: Collection[str], seed: int) -> None:
        """Choose within bounds, preferring known exercises; the seed breaks ties."""
        self._bounds = bounds
        self._known = frozenset(known)
        self._seed = seed
        self._uses: dict[str, int] = {}
        self._sets: dict[Muscle, float] = {}
        self._liked = preferred(bounds)
        budgets = set_budgets(bounds.profile)
        self._budget = {m: b.target(is_new=not known) for m, b in budgets.items()}

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
                found = self._within_free_weights(found, taken)
                best = max(found, key=lambda exercise: self._score(exercise, focus))
                self._remember(best)
                return best
        return None

    def _remember(self, exercise: Exercise) -> None:
        self._uses[exercise.id] = self._uses.get(exercise.id, 0) + 1
        sets = self._bounds.dose(exercise).sets
        for muscle, weight in exercise.muscles.items():
            self._sets[muscle] = self._sets.get(muscle, 0.0) + weight * sets

    def _within_free_weights(self, found: list[Exercise], taken: Collection[str]) -> list[Exercise]:
        """For novices: no free weight beyond its share of the session, where there is a choice."""
        if self._bounds.profile.experience_level is not ExperienceLevel.NOVICE:
            return found
        lifts = [e for e in map(load_catalogue().by_id, taken) if e.role in RESISTANCE_ROLES]
        free = sum(e.is_free_weight for e in lifts)
        share = self._bounds.rules.novice_free_weight_share.value
        if free + 1 <= share * (len(lifts) + 1):
            return found
        return [e for e in found if not e.is_free_weight] or found

    def _score(self, exercise: Exercise, focus: SessionFocus) -> float:
        points = load_substitutions().preference
        score = points.known * (exercise.id in self._known)
        score += level_fit(exercise.id, self._bounds.profile.experience_level)
        score += points.preferred * (exercise.id in self._liked)
        score += points.warned * bool(exercise.tags & self._bounds.limits.warn)
        score += points.muscle_gap * self._gap(exercise)
        wanted = FOCUS_MUSCLES.get(focus, frozenset())
        score += points.muscle_of_focus * bool(wanted & set(exercise.direct))
        score += points.repeat * max(0, self._uses.get(exercise.id, 0) - 1)
        return score + tie(self._seed, exercise.id)

    def _gap(self, exercise: Exercise) -> float:
        """How much of their budget the muscles of an exercise still lack, 0-1, on average."""
        gaps = [
            max(0.0, 1 - self._sets.get(muscle, 0.0) / self._budget[muscle])
            for muscle in exercise.direct
            if muscle in self._budget
        ]
        return sum(gaps) / len(gaps) if gaps else 0.0


def substitute(
    exercise_id: str, bounds: Bounds, taken: Collection[str], seed: int
) -> Exercise | None:
    """The nearest allowed exercise by `rules/substitutions.yaml`; None: drop the line.

    What the table lists comes in its order; in every other step the nearest is taken.
    """
    wanted = load_catalogue().by_id(exercise_id)
    for step, group in stand_in_steps(wanted, bounds):
        found = [exercise for exercise in group if exercise.id not in taken]
        if found and step is SubstitutionStep.LISTED:
            return found[0]
        if found:
            return max(found, key=lambda e: (likeness(e, wanted), tie(seed, e.id)))
    return None
