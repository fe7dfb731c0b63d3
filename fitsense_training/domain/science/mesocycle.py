"""The wave of a block of training: how near to failure each week goes, and in how many reps.

Reps in reserve (RIR) go from 0 to 10; weeks are counted from 1.
"""

import functools
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import LowHigh, Sourced, Value
from fitsense_training.domain.vocabulary import ExperienceLevel, Goal

ByWeek = tuple[Annotated[int, Field(ge=0, le=10)], ...]


class ReserveWave(Sourced):
    """Reps in reserve by week, for the goals whose effort rises."""

    by_goal: dict[Goal, ByWeek]


class StrengthReps(Sourced):
    """Repetitions of compound lifts by week, for the levels that train so."""

    reps: ByWeek
    levels: frozenset[ExperienceLevel]


class MesocycleRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/mesocycle.yaml`, typed."""

    loading_weeks: Value
    reserve: ReserveWave
    strength_reps: StrengthReps
    strength_novice_reps: LowHigh

    @model_validator(mode="after")
    def _has_a_number_for_every_week(self) -> Self:
        waves = (*self.reserve.by_goal.values(), self.strength_reps.reps)
        if any(len(wave) != self.loading_weeks.value for wave in waves):
            raise ValueError("a wave has one number for each loading week")
        return self


@functools.cache
def load_mesocycle_rules() -> MesocycleRules:
    """The rules of a block; RuleBookError names the field that breaks them."""
    return read_typed("mesocycle.yaml", MesocycleRules)


def week_reserve(goal: Goal, week: int) -> int | None:
    """Reps in reserve in a loading week, 1 to 4; None where the plan's own hold all the time."""
    wave = load_mesocycle_rules().reserve.by_goal.get(goal)
    return None if wave is None else wave[week - 1]


def week_reps(goal: Goal, level: ExperienceLevel, week: int) -> tuple[int, int] | None:
    """Fewest and most reps of a compound lift in a loading week; None where the plan's own hold."""
    rules = load_mesocycle_rules()
    if goal is not Goal.STRENGTH:
        return None
    if level in rules.strength_reps.levels:
        reps = rules.strength_reps.reps[week - 1]
        return reps, reps
    return int(rules.strength_novice_reps.low), int(rules.strength_novice_reps.high)
