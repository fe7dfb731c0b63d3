"""Weekly sets: the least a trained muscle is owed, how fast sets may grow, and soft landmarks."""

import functools

from pydantic import BaseModel

from fitsense_training.domain.errors import UnknownName
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import ByLevel, Sourced, Value
from fitsense_training.domain.vocabulary import ExperienceLevel, Muscle


class TargetGroups(Sourced):
    """Muscles that stand in for each other."""

    groups: dict[str, tuple[Muscle, ...]]


class Landmarks(Sourced):
    """Sets a week by muscle group: least that works, usual low and high, most to recover from."""

    novice_share: float
    intermediate_share: float
    sets: dict[str, tuple[int, int, int, int]]


class Priority(Sourced):
    """Factors of a muscle's weekly sets by how much the person cares for it."""

    focus: float
    normal: float
    maintain: float


class Budgeted(Sourced):
    """The muscles that have a budget of weekly sets."""

    muscles: tuple[Muscle, ...]


class VolumeRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/volume.yaml`, typed."""

    weekly_sets_min_share: Value
    hard_set_rir_max: ByLevel
    priority: Priority
    weekly_growth_sets: Value
    budgeted: Budgeted
    sets_that_fit: Value
    change_share: Value
    change_sets: Value
    target_groups: TargetGroups
    landmarks: Landmarks


@functools.cache
def load_volume_rules() -> VolumeRules:
    """The rules of weekly sets; RuleBookError names the field that breaks them."""
    return read_typed("volume.yaml", VolumeRules)


def landmarks(group: str, level: ExperienceLevel) -> tuple[float, float, float, float]:
    """The soft landmarks of a muscle group for a level, in sets a week: hints, never limits.

    UnknownName lists the groups.
    """
    rule = load_volume_rules().landmarks
    if group not in rule.sets:
        raise UnknownName(f"no landmarks for {group[:40]!r}: use one of {', '.join(rule.sets)}")
    share = {
        ExperienceLevel.NOVICE: rule.novice_share,
        ExperienceLevel.INTERMEDIATE: rule.intermediate_share,
        ExperienceLevel.ADVANCED: 1.0,
    }[level]
    least, low, high, most = (count * share for count in rule.sets[group])
    return least, low, high, most


def most_next_week(sets_before: float) -> float:
    """The most sets of a muscle after so many a week: 20 percent or two sets more."""
    rules = load_volume_rules()
    return max(sets_before * (1 + rules.change_share.value), sets_before + rules.change_sets.value)
