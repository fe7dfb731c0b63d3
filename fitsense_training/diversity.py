"""Whether a planner writes for the person or for everybody: how its new plans differ.

Looked at over new plans alone, since every other answer starts from a plan of its own. People are
similar where they have the same goal, level and number of days: there a planner that has learned
one plan by heart shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from fitsense_training.agreement import jaccard
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import WorkoutPlan

GROUP_MAX = 12  # pairs grow with the square of a group; the first dozen tells enough


@dataclass(frozen=True)
class Written:
    """One new plan, and what makes the person it is for similar to others."""

    plan: WorkoutPlan
    similar: tuple[str, ...]

    @property
    def exercises(self) -> frozenset[str]:
        """The exercises of the week."""
        return frozenset(item.exercise_id for _, item in self.plan.items())


def diversity(written: Iterable[Written]) -> dict[str, Any]:
    """Distinct plans, exercises used, and how alike the plans of similar people are."""
    plans = list(written)
    texts = {each.plan.model_dump_json() for each in plans}
    used = frozenset[str]().union(*(each.exercises for each in plans))
    alike = [jaccard(one, other) for one, other in _similar_pairs(plans)]
    return {
        "n": len(plans),
        "distinct_share": len(texts) / len(plans) if plans else 0.0,
        "distinct_selections": len({each.exercises for each in plans}),
        "exercises_used": len(used),
        "catalogue_share": len(used) / len(list(load_catalogue())),
        "count_similar_pairs": len(alike),
        "similar_overlap": sum(alike) / len(alike) if alike else 0.0,
    }


def _similar_pairs(plans: list[Written]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    groups: dict[tuple[str, ...], list[frozenset[str]]] = defaultdict(list)
    for each in plans:
        groups[each.similar].append(each.exercises)
    for members in groups.values():
        yield from combinations(members[:GROUP_MAX], 2)
