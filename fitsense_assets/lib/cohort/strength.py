"""Strength: each person's true one-rep max per exercise, and the loads they lift week by week.

The lifter follows double progression on what they see; the true maximum grows, stalls or falls
underneath. Loads move in the steps of the inventory.
"""

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.chance import Bools, Floats, Ints
from fitsense_assets.lib.cohort.config import CORE, Implement, Logs, Strength
from fitsense_assets.lib.cohort.habits import LEVELS
from fitsense_assets.lib.cohort.standards import load_standards
from fitsense_assets.lib.cohort.templates import EXERCISES
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import KG_RANGE
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import Equipment, ExerciseRole, Pattern, Sex

EPLEY = 30.0
REPS_MAX = 40.0
REST_LOSS = 0.004
STUCK_LOSS_MAX = 0.006
FEMALE_SHARE = {str(Sex.FEMALE): 1.0, str(Sex.MALE): 0.0, str(Sex.UNSPECIFIED): 0.5}
HEAVIEST_KG = KG_RANGE[1]
_UPPER = frozenset(
    {Pattern.H_PUSH, Pattern.V_PUSH, Pattern.H_PULL, Pattern.V_PULL, Pattern.CARRY}
    | {Pattern.ISO_ARM, Pattern.ISO_SHOULDER}
)
_STEADIEST: tuple[Implement, ...] = (
    Equipment.BARBELL,
    Equipment.MACHINES,
    Equipment.DUMBBELLS,
    Equipment.KETTLEBELL,
)


@dataclass(frozen=True)
class Lifters:
    """One entry per person: what strength depends on."""

    weight_kg: Floats
    level: Ints
    female_share: Floats
    age: Ints

    @staticmethod
    def of(profiles: pl.DataFrame) -> "Lifters":
        """The lifters of these profiles."""
        levels = {str(level): number for number, level in enumerate(LEVELS)}
        return Lifters(
            weight_kg=profiles["weight_kg"].to_numpy(),
            level=np.array([levels[name] for name in profiles["experience_level"]]),
            # Who does not say stands between the sexes.
            female_share=profiles["sex"].replace_strict(FEMALE_SHARE).to_numpy(),
            age=profiles["age"].to_numpy(),
        )


@dataclass(frozen=True)
class Lifts:
    """One entry per person and exercise: who, what, and the dose they work with."""

    user: Ints
    exercise: Ints
    low: Ints
    high: Ints
    rir: Ints
    sets: Ints

    @property
    def reserve(self) -> Ints:
        """Reps in reserve that are aimed at; none where the plan does not say."""
        return np.maximum(self.rir, 0)


@dataclass(frozen=True)
class Inventory:
    """One entry per exercise of EXERCISES: the lightest load, the step to the next, and where."""

    lightest_kg: Floats
    step_kg: Floats
    is_upper: Bools

    def down(self, load_kg: Floats, exercise: Ints) -> Floats:
        """The heaviest load of the inventory at or below, but at least the lightest."""
        step = self.step_kg[exercise]
        step = np.where(step > 0, step, 1.0)
        possible = np.minimum(load_kg, HEAVIEST_KG)
        return np.maximum(np.floor(possible / step + 1e-9) * step, self.lightest_kg[exercise])


@functools.cache
def inventory() -> Inventory:
    """The inventory as the catalogue has it."""
    exercises = [load_catalogue().by_id(name) for name in EXERCISES]
    return Inventory(
        lightest_kg=np.array([exercise.min_load_kg for exercise in exercises]),
        step_kg=np.array([exercise.load_step_kg for exercise in exercises]),
        is_upper=np.array([exercise.pattern in _UPPER for exercise in exercises]),
    )


def _per_body_kg(exercise: Exercise, rules: Strength) -> float:
    if not exercise.is_loadable:
        return 0.0
    needed = frozenset[Equipment]().union(*exercise.equipment)
    known: list[Implement] = [tool for tool in _STEADIEST if tool in needed]
    implement = known[0] if known else Equipment.DUMBBELLS
    name = CORE if exercise.pattern.startswith(CORE) else str(exercise.pattern)
    share = rules.patterns.get(name, rules.patterns[CORE]) * rules.implements[implement]
    is_named_isolation = exercise.pattern in (Pattern.ISO_ARM, Pattern.ISO_SHOULDER)
    isolated = exercise.role is ExerciseRole.ISOLATION and not is_named_isolation
    share *= load_standards().exercises.shares.get(exercise.id, 1.0)
    return share * (rules.isolation if isolated else 1.0)


def true_max_kg(
    rng: np.random.Generator, rules: Strength, lifters: Lifters, lifts: Lifts
) -> Floats:
    """The true one-rep max at the start, per lift; 0 where the load is not in kg."""
    user, exercise = lifts.user, lifts.exercise
    per_kg = np.array([_per_body_kg(load_catalogue().by_id(e), rules) for e in EXERCISES])
    level = np.array([rules.levels[name] for name in LEVELS])[lifters.level]
    years = np.maximum(lifters.age - 40, 0)
    # Fat is not muscle: strength follows body weight less than in proportion.
    base = level * lifters.weight_kg**0.67 * 70**0.33
    base *= np.maximum(1 - rules.loss_per_year_after_40 * years, 0.4)
    base *= np.array([*load_standards().minors.shares, 1.0])[np.clip(lifters.age - 13, 0, 5)]
    person = np.exp(rules.spread * rng.standard_normal(len(base)))
    exact = np.exp(rules.spread / 2 * rng.standard_normal(len(user)))
    by_sex = np.where(inventory().is_upper, rules.female["upper"], rules.female["lower"])
    strength = per_kg[exercise] * (base * person)[user] * exact
    strength *= 1 - lifters.female_share[user] * (1 - by_sex[exercise])
    # Whoever cannot lift the lightest of an exercise has another one in the plan.
    reps = lifts.low + lifts.reserve + 1
    needed = inventory().lightest_kg[exercise] * (1 + reps / EPLEY)
    return np.where(per_kg[exercise] > 0, np.maximum(strength, needed), 0.0)


def weekly_gains(rng: np.random.Generator, rules: Strength, logs: Logs, lifters: Lifters) -> Floats:
    """Share by which each person's strength grows in a week of training."""
    low, high = np.array([rules.gain_per_week[name] for name in LEVELS])[lifters.level].T
    gain = low + (high - low) * rng.random(len(low))
    is_stuck = rng.random(len(low)) < logs.plateau_share
    return np.where(is_stuck, -STUCK_LOSS_MAX * rng.random(len(low)), gain)


class Lifting:
    """All lifts side by side, week after week: what is lifted, and what it does."""

    def __init__(
        self, rng: np.random.Generator, logs: Logs, lifts: Lifts, true_max: Floats, gain: Floats
    ) -> None:
        """Start from the true max of each lift and its weekly gain."""
        self._rng, self._logs, self._lifts = rng, logs, lifts
        self._true_max, self._gain = true_max.copy(), gain
        self._has_kg = true_max > 0
        off = np.exp(logs.heavy_start_sd * rng.standard_normal(len(true_max)))
        start = true_max / (1 + (lifts.high + lifts.reserve - 1) / EPLEY) * off
        self._load = inventory().down(start, lifts.exercise)
        # Without kg, strength is counted in reps.
        self._capacity = lifts.high + lifts.reserve + 2.5 * rng.standard_normal(len(true_max))
        self._count_missed = np.zeros(len(true_max), dtype=np.int64)
        count_users = int(lifts.user.max(initial=-1)) + 1
        self._is_impatient = (rng.random(count_users) < logs.impatient_share)[lifts.user]

    def week(self, is_trained: Bools, is_deload: Bools) -> tuple[Floats, Floats]:
        """The load and the possible reps of every lift in the next week."""
        share = load_rulebook().limits.deload.load_share
        light = inventory().down(self._load * share, self._lifts.exercise)
        lifted = np.where(is_deload, light, self._load)
        with np.errstate(divide="ignore"):
            reps = EPLEY * (self._true_max / np.where(self._has_kg, lifted, 1.0) - 1)
        reps = np.where(self._has_kg, reps, self._capacity)
        reps += self._logs.day_form_reps_sd * self._rng.standard_normal(len(reps))
        self._decide(reps, is_trained & ~is_deload)
        self._true_max *= 1 + np.where(is_trained, self._gain, -REST_LOSS)
        self._capacity += np.where(is_trained, self._gain, -REST_LOSS) * EPLEY
        return np.where(self._has_kg, lifted, 0.0), np.clip(reps, 1.0, REPS_MAX)

    def _decide(self, reps: Floats, is_judged: Bools) -> None:
        """Double progression on the last set; after two bad weeks a tenth less."""
        lifts, step = self._lifts, inventory().step_kg[self._lifts.exercise]
        fatigue = self._logs.fatigue_reps_per_set * (lifts.sets - 1)
        last = np.floor(reps - fatigue - lifts.reserve + 0.5)
        # The next load must still allow the low end of the range: large steps wait for more reps.
        harder = 1 + step / np.where(self._has_kg, self._load, 1.0)
        needed = EPLEY * (harder * (1 + (lifts.low + lifts.reserve) / EPLEY) - 1)
        is_ready = is_judged & (last >= lifts.high) & (reps - fatigue >= needed)
        # The impatient add weight as soon as the low end is done.
        is_ready |= is_judged & self._is_impatient & (last >= lifts.low) & (harder <= 1.2)
        is_ready &= self._load + step <= HEAVIEST_KG
        self._load = np.where(self._has_kg & is_ready, self._load + step, self._load)
        is_missed = last <= lifts.low - 2
        count = np.where(is_missed, self._count_missed + 1, 0)
        self._count_missed = np.where(is_judged, count, self._count_missed)
        is_eased = self._count_missed >= 2
        eased = inventory().down(self._load * 0.9, lifts.exercise)
        self._load = np.where(self._has_kg & is_eased, eased, self._load)
        self._count_missed = np.where(is_eased, 0, self._count_missed)
