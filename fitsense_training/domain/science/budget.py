"""Weekly sets a muscle is to get: the goal's range by level, times how much the person cares.

Sets are fractional hard sets a week: direct work counts 1, indirect 0.5 (Pelland 2024).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.science.landmarks import load_volume_rules
from fitsense_training.domain.vocabulary import Muscle


@dataclass(frozen=True)
class SetBudget:
    """Sets of one muscle a week: where a new person starts, what one grows to, and the most."""

    low: float
    middle: float
    high: float

    def target(self, *, is_new: bool) -> float:
        """Sets a week a plan aims at: the lower bound for somebody new, else mid-range."""
        return self.low if is_new else self.middle


@functools.lru_cache(maxsize=4096)
def set_budgets(profile: Profile) -> Mapping[Muscle, SetBudget]:
    """The budget of every muscle that has one, never above the cap of the level (VOL01).

    The goal's range by level, times 1.25 for a muscle of focus and 0.5 for one that is only kept
    (domain notes F4).
    """
    low, high = load_rulebook().goals[profile.main_goal].sets_per_muscle[profile.experience_level]
    cap = load_rulebook().limits.weekly_sets_cap.at(profile.experience_level)
    budgets = {
        muscle: SetBudget(
            *(min(sets * _factor(muscle, profile), cap) for sets in (low, (low + high) / 2, high))
        )
        for muscle in load_volume_rules().budgeted.muscles
    }
    return MappingProxyType(budgets)


def _factor(muscle: Muscle, profile: Profile) -> float:
    rule = load_volume_rules().priority
    if muscle in profile.focus_muscles:
        return rule.focus
    return rule.maintain if muscle in profile.maintain_muscles else rule.normal
