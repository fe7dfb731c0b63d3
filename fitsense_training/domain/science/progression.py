"""How a lift grows: from the log of its sets to the next load and repetitions.

Loads in kg, effort as reps in reserve (RIR). Completed weight and repetitions are both compared:
a set done with less than planned never earns a raise.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.rulebook import load_rulebook, read_typed
from fitsense_training.domain.science.strength import round_down
from fitsense_training.domain.sourced import LowHigh, Value
from fitsense_training.domain.vocabulary import ExperienceLevel

LOAD_MAX_KG = 500.0


class IncrementShares(BaseModel, frozen=True, extra="forbid"):
    """Shares of the load to add, by experience."""

    novice: LowHigh
    trained: LowHigh


class IncrementKilos(BaseModel, frozen=True, extra="forbid"):
    """Kilograms to add, by part of the body and experience."""

    upper_novice: LowHigh
    upper_trained: LowHigh
    lower_novice: LowHigh
    lower_trained: LowHigh


class ProgressionRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/progression.yaml`, typed."""

    double_progression_rir_slack: Value
    two_for_two_reps: Value
    two_for_two_sessions: Value
    increment_share: IncrementShares
    increment_kg: IncrementKilos
    minor_clean_reps: Value
    autoregulation_share_per_half_rpe: Value
    autoregulation_clamp_share: Value
    uncertain_rir_from: Value
    uncertain_novice_weeks: Value
    uncertain_weight: Value
    stall_reps_missed: Value
    stall_exposures: Value
    stall_load_share: LowHigh
    stalls_to_change: Value
    deload_weeks_trained: LowHigh
    deload_weeks_novice: Value
    deload_signs_needed: Value
    deload_1rm_drop_share: Value
    deload_lifts_down: Value
    deload_rpe_rise: Value
    deload_sleep_h: Value
    deload_joint_ache: Value
    deload_missed_sessions: Value
    readiness_sleep_mean_h: Value
    readiness_sleep_last_h: Value
    sleep_adult_h: Value
    sleep_minor_h: LowHigh
    readiness_soreness: Value
    readiness_pain: Value
    fever_return_share: Value
    first_week_region_sets: Value
    first_week_rir: Value
    adherence_simplify_share: Value
    adherence_progress_share: Value


@functools.cache
def load_progression_rules() -> ProgressionRules:
    """The rules of progression; RuleBookError names the field that breaks them."""
    return read_typed("progression.yaml", ProgressionRules)


@dataclass(frozen=True)
class SetDone:
    """One logged working set; `rir` is None where the person did not report it."""

    load_kg: float
    reps: int
    rir: int | None = None


@dataclass(frozen=True)
class Target:
    """What was planned for the exercise: sets of reps_low to reps_high at a load and a reserve."""

    load_kg: float
    sets: int
    reps_low: int
    reps_high: int
    rir: int


class Step(StrEnum):
    """What the next exposure of a lift brings."""

    RAISE = "raise"
    ADD_REP = "add_rep"
    HOLD = "hold"


def double_progression(target: Target, done: Sequence[SetDone]) -> Step:
    """Raise when all sets reached the top at the planned load or more, with the reserve kept.

    The mean of the reported reserve may miss the target by half a rep; without any report nothing
    is raised. Otherwise a rep is added to the weakest set, and without a log all holds.
    """
    if not done:
        return Step.HOLD
    slack = load_progression_rules().double_progression_rir_slack.value
    reported = [item.rir for item in done if item.rir is not None]
    is_full = len(done) >= target.sets and all(
        item.reps >= target.reps_high and item.load_kg >= target.load_kg - 1e-9 for item in done
    )
    if is_full and reported and sum(reported) / len(reported) >= target.rir - slack:
        return Step.RAISE
    at_top = all(item.reps >= target.reps_high for item in done)
    return Step.HOLD if at_top else Step.ADD_REP


def next_reps(target: Target, done: Sequence[SetDone]) -> tuple[int, ...]:
    """Repetitions to aim for, set by set, after `double_progression`."""
    step = double_progression(target, done)
    if step is Step.RAISE or not done:
        return (target.reps_low,) * target.sets
    reps = [min(max(item.reps, target.reps_low), target.reps_high) for item in done]
    if step is Step.ADD_REP:
        weakest = min(range(len(done)), key=lambda index: (done[index].reps, index))
        reps[weakest] = min(max(done[weakest].reps + 1, target.reps_low), target.reps_high)
    return tuple(reps)


def two_for_two(goal_reps: int, last_set_reps: Sequence[int]) -> bool:
    """Whether the last set beat the goal by two reps in two sessions running (newest last)."""
    rules = load_progression_rules()
    recent = last_set_reps[-int(rules.two_for_two_sessions.value) :]
    wanted = goal_reps + rules.two_for_two_reps.value
    return len(recent) == rules.two_for_two_sessions.value and min(recent) >= wanted


@dataclass(frozen=True)
class Lift:
    """What decides how much a lift may grow by: who lifts, with what, and how heavy it is now.

    `step_kg` is the smallest step of the inventory; `cap_share` the most a load may grow at once
    (0.10, or 0.05 at 65 and over and with a condition, 0 where no load may grow).
    """

    load_kg: float
    level: ExperienceLevel
    is_lower_body: bool
    step_kg: float
    cap_share: float | None = None


def increment_kg(lift: Lift) -> float | None:
    """Kilograms to add, in whole steps of the inventory; None where the smallest step is too big.

    Then repetitions or sets are added instead. No exposure adds more than the cap.
    """
    if lift.load_kg <= 0 or lift.step_kg <= 0:
        return None
    rules, is_novice = load_progression_rules(), lift.level is ExperienceLevel.NOVICE
    share = rules.increment_share.novice if is_novice else rules.increment_share.trained
    kilos = _increment_kilos(is_lower_body=lift.is_lower_body, is_novice=is_novice)
    cap = load_rulebook().limits.load_step_share.value if lift.cap_share is None else lift.cap_share
    wanted = min(lift.load_kg * share.high, kilos.high, lift.load_kg * cap)
    step = max(round_down(wanted, lift.step_kg), lift.step_kg)
    return step if step <= lift.load_kg * cap + 1e-9 else None


def _increment_kilos(*, is_lower_body: bool, is_novice: bool) -> LowHigh:
    kilos = load_progression_rules().increment_kg
    if is_lower_body:
        return kilos.lower_novice if is_novice else kilos.lower_trained
    return kilos.upper_novice if is_novice else kilos.upper_trained


def raised_load_kg(lift: Lift) -> float | None:
    """The next load in kg, or None where repetitions are to be added instead; never above 500."""
    more = increment_kg(lift)
    if more is None or lift.load_kg + more > LOAD_MAX_KG:
        return None
    return round(lift.load_kg + more, 2)


def may_minor_raise(done: Sequence[SetDone]) -> bool:
    """Whether somebody under 18 may add load: only after 15 clean reps in every set."""
    clean = load_progression_rules().minor_clean_reps.value
    return bool(done) and all(item.reps >= clean for item in done)


def next_set_load_kg(
    load_kg: float, target_rir: int, reported_rir: int, *, is_uncertain: bool = False
) -> float:
    """The load of the next set of a session, moved by 2 percent per half point of effort missed.

    The move stays within 10 percent. Reports far from failure (RIR 5 and more), and of novices in
    their first eight weeks (`is_uncertain`), count half. Round it down to the inventory.
    BadInput for a reserve beyond 0-10.
    """
    if min(target_rir, reported_rir) < 0 or max(target_rir, reported_rir) > 10:
        raise BadInput("reps in reserve lie between 0 and 10")
    rules = load_progression_rules()
    if is_uncertain or reported_rir >= rules.uncertain_rir_from.value:
        weight = rules.uncertain_weight.value
    else:
        weight = 1.0
    halves = 2 * (reported_rir - target_rir)
    clamp = rules.autoregulation_clamp_share.value
    move = weight * halves * rules.autoregulation_share_per_half_rpe.value
    return round(load_kg * (1 + min(max(move, -clamp), clamp)), 2)


def is_stalled(reps_low: int, exposures: Sequence[Sequence[int]]) -> bool:
    """Whether some set missed the low end by two reps or more in two exposures running."""
    rules = load_progression_rules()
    recent = exposures[-int(rules.stall_exposures.value) :]
    least = reps_low - rules.stall_reps_missed.value
    missed = [any(reps <= least for reps in sets) for sets in recent]
    return len(recent) == rules.stall_exposures.value and all(missed)


class StallStep(StrEnum):
    """What a stall brings: hold once, then lighter, then another exercise or volume."""

    HOLD = "hold"
    REDUCE = "reduce"
    CHANGE = "change"


def stall_step(count_stalls: int) -> StallStep:
    """The step for the first, second, third ... stall within six weeks; BadInput below 1."""
    if count_stalls < 1:
        raise BadInput("count stalls from 1 on")
    if count_stalls >= load_progression_rules().stalls_to_change.value:
        return StallStep.CHANGE
    return StallStep.HOLD if count_stalls == 1 else StallStep.REDUCE


def after_stall_kg(load_kg: float, step_kg: float) -> float:
    """The load to rebuild from: 10 percent less, or 5 where the inventory has no such step."""
    share = load_progression_rules().stall_load_share
    usual = round_down(load_kg * share.low, step_kg)
    if usual < load_kg * share.low - 1e-9:
        usual = round_down(load_kg * share.high, step_kg)
    return max(usual, min(load_kg, step_kg))
