"""Aerobic work: how long one session may get, how weekly minutes grow, and who may go hard.

The weekly 10 percent rule and the acute-chronic ratio are not used: neither is supported. A single
session far longer than the longest of the last 30 days is what raises injury risk (BJSM 2025).
"""

import functools
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import LowHigh, Sourced, Value
from fitsense_training.domain.vocabulary import ActivityLevel, ExperienceLevel, Goal


class ReturnShares(Sourced):
    """Shares of conditioning volume in the first weeks after a long pause."""

    shares: tuple[float, ...]
    days_off_min: int


class EnduranceRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/endurance.yaml`, typed."""

    spike_warn_share: Value
    spike_block_share: Value
    spike_floor_min: Value
    spike_window_days: Value
    hard_sessions_max: Value
    hard_sessions_gap_h: Value
    hard_rpe: Value
    hiit_base_weeks: Value
    easy_share: Value
    easy_from_min: Value
    ramp_start_min: Value
    ramp_start_novice_min: Value
    ramp_step_min: Value
    ramp_step_share: Value
    ramp_session_min: LowHigh
    fat_loss_target_min: Value
    return_shares: ReturnShares


@functools.cache
def load_endurance_rules() -> EnduranceRules:
    """The rules of aerobic work; RuleBookError names the field that breaks them."""
    return read_typed("endurance.yaml", EnduranceRules)


class Spike(StrEnum):
    """How a session compares with the longest of the last 30 days."""

    NONE = "none"
    WARN = "warn"
    BLOCK = "block"


def spike(session_min: float, longest_min: float) -> Spike:
    """Whether a session of so many minutes (or km) is a jump over the longest of 30 days.

    Above 110 percent warns, above 130 percent blocks; short sessions, up to 30, are no jump.
    BadInput where either is negative.
    """
    if session_min < 0 or longest_min < 0:
        raise BadInput("minutes cannot be negative")
    rules = load_endurance_rules()
    if session_min <= rules.spike_floor_min.value:
        return Spike.NONE
    if session_min > longest_min * rules.spike_block_share.value + 1e-9:
        return Spike.BLOCK
    is_long = session_min > longest_min * rules.spike_warn_share.value + 1e-9
    return Spike.WARN if is_long else Spike.NONE


def longest_next_min(longest_min: float) -> float:
    """Minutes a session may take without being a jump, by the longest of 30 days (BJSM 2025)."""
    rules = load_endurance_rules()
    return max(rules.spike_floor_min.value, longest_min * rules.spike_warn_share.value)


def starting_minutes(current_min: float, level: ExperienceLevel) -> float:
    """Weekly aerobic minutes of a first week: what one does already, or 60 (novices 30)."""
    rules = load_endurance_rules()
    is_novice = level is ExperienceLevel.NOVICE
    least = rules.ramp_start_novice_min if is_novice else rules.ramp_start_min
    return max(current_min, least.value)


def next_minutes(current_min: float, target_min: float) -> float:
    """Weekly minutes of the next week: 10 more or 15 percent, whichever is more, to the target.

    What lies above the target already stays as it is.
    """
    rules = load_endurance_rules()
    more = max(rules.ramp_step_min.value, current_min * rules.ramp_step_share.value)
    return max(current_min, min(target_min, current_min + more))


def returning_share(weeks_back: int, days_off: int) -> float:
    """Share of the old conditioning volume in the first, second ... week back (1 or more).

    Halved, then 70, 80 and 90 percent after two weeks off; all of it afterwards. BadInput below 1.
    """
    if weeks_back < 1:
        raise BadInput("count the weeks back from 1 on")
    rule = load_endurance_rules().return_shares
    if days_off < rule.days_off_min or weeks_back > len(rule.shares):
        return 1.0
    return rule.shares[weeks_back - 1]


def has_aerobic_base(profile: Profile) -> bool:
    """Whether hard intervals may be planned: four weeks of base, which a profile only hints at.

    Novices, people who sit all day, and anybody with a condition or a symptom have none.
    """
    return (
        profile.experience_level is not ExperienceLevel.NOVICE
        and profile.activity_level is not ActivityLevel.SEDENTARY
        and not profile.conditions
        and not profile.has_symptoms
    )


def target_minutes(goal: Goal, goal_min: float) -> float:
    """Weekly minutes to grow towards: the goal's own, or 250 for losing fat."""
    return load_endurance_rules().fat_loss_target_min.value if goal is Goal.FAT_LOSS else goal_min
