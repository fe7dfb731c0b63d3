"""What may stand in an answer: allowed exercises and the range of every dose.

One reading of the rules serves everybody: the coach doses within these bounds, the grammar lets
nothing else be written, and the validator refuses what lies outside.
"""

import functools
from dataclasses import dataclass, field, replace

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.conditions import CombinedLimits, Inclusion, load_conditions
from fitsense_training.domain.plan.model import RIR_MAX, Load, load_of_kilos, load_of_reserve
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import GoalRule, Limits, LowHigh, load_rulebook
from fitsense_training.domain.safety.reasons import is_deload
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.science.endurance import has_aerobic_base
from fitsense_training.domain.science.strength import percent_1rm
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import (
    DoseKind,
    Equipment,
    ExerciseRole,
    ExperienceLevel,
    Intensity,
    LoadKind,
    Pattern,
    RiskTag,
    ScreeningState,
)

EFFORT_ROLES = frozenset({ExerciseRole.CONDITIONING, ExerciseRole.BALANCE, ExerciseRole.MOBILITY})


@dataclass(frozen=True)
class DoseBounds:
    """The dose of one exercise for one person: what is prescribed, and what is allowed."""

    kind: DoseKind
    low: int
    high: int
    low_min: int
    high_max: int
    sets: int
    sets_max: int
    rir: int | None
    rir_min: int
    rir_max: int
    rest_s: int
    rest_min_s: int
    rest_max_s: int


@dataclass(frozen=True)
class Bounds:
    """Everything an answer to one request must keep to."""

    profile: Profile
    limits: CombinedLimits
    state: ScreeningState
    allowed: frozenset[str]
    step_share_max: float
    _doses: dict[str, DoseBounds] = field(
        default_factory=dict[str, DoseBounds], compare=False, repr=False
    )

    @property
    def rules(self) -> Limits:
        """The numbers that hold for everybody."""
        return load_rulebook().limits

    def exercises(self, pattern: Pattern) -> tuple[Exercise, ...]:
        """Allowed exercises of a pattern, in id order."""
        return _of_pattern(pattern, self.allowed)

    def dose(self, exercise: Exercise) -> DoseBounds:
        """The dose of an exercise under goal, level, age and conditions."""
        found = self._doses.get(exercise.id)
        if found is None:
            found = self._doses[exercise.id] = _dose(exercise, self)
        return found

    def load(self, exercise: Exercise, rir: int | None, known_kg: float | None) -> Load:
        """How the load is given: kg where the log knows it, else by effort.

        No kg is ever made up from body weight.
        """
        splits = load_splits()
        if exercise.role is ExerciseRole.CONDITIONING:
            rpe = splits.conditioning_rpe[aerobic_intensity(self)]
            return Load(kind=LoadKind.RPE, value=rpe)
        if exercise.role in EFFORT_ROLES:
            return Load(kind=LoadKind.RPE, value=splits.gentle_rpe)
        if exercise.load_kind_default is LoadKind.BODYWEIGHT:
            return Load(kind=LoadKind.BODYWEIGHT)
        known = load_of_kilos(known_kg) if exercise.is_loadable else None
        return known or load_of_reserve(rir or 0)


def bounds_of(request: PlanRequest) -> Bounds:
    """The bounds of a request; the same profile, pain and deload give the same bounds."""
    bounds = _deload_bounds(request.profile) if is_deload(request) else _bounds(request.profile)
    pain = request.pain
    if pain is None or pain.level <= load_rulebook().limits.pain.regress_max:
        return bounds
    region = load_rulebook().limits.pain_regions.regions[pain.region]
    stopped = {
        e.id
        for e in load_catalogue().exercises
        if e.pattern in region.patterns or e.tags & region.tags
    }
    return replace(bounds, allowed=bounds.allowed - stopped)


@functools.lru_cache(maxsize=2048)
def _bounds(profile: Profile) -> Bounds:
    screening = screen(profile)
    limits = screening.limits
    avoid = limits.avoid if has_aerobic_base(profile) else limits.avoid | {RiskTag.HIIT}
    possible = _possible(profile.equipment, profile.experience_level, avoid)
    return Bounds(
        profile=profile,
        limits=limits,
        state=screening.state,
        allowed=possible - frozenset(profile.excluded_exercises),
        step_share_max=limits.caps.load_step_max_share,
    )


@functools.lru_cache(maxsize=4096)
def _possible(
    equipment: tuple[Equipment, ...], level: ExperienceLevel, avoid: frozenset[RiskTag]
) -> frozenset[str]:
    doable = load_catalogue().doable_with(frozenset(equipment))
    return frozenset(e.id for e in doable if e.level.rank <= level.rank and not e.tags & avoid)


@functools.lru_cache(maxsize=65536)
def _of_pattern(pattern: Pattern, allowed: frozenset[str]) -> tuple[Exercise, ...]:
    return tuple(e for e in load_catalogue().of_pattern(pattern) if e.id in allowed)


@functools.lru_cache(maxsize=2048)
def _deload_bounds(profile: Profile) -> Bounds:
    """The bounds of a person in a lighter week: more is kept in reserve (INT02)."""
    bounds = _bounds(profile)
    caps = bounds.limits.caps
    floor = max(caps.rir_min, bounds.rules.deload.rir_min)
    limits = bounds.limits.model_copy(update={"caps": caps.model_copy(update={"rir_min": floor})})
    return replace(bounds, limits=limits, _doses={})


def aerobic_intensity(bounds: Bounds) -> Intensity:
    """The intensity of aerobic work: moderate, or light where a condition asks for it."""
    cap = bounds.limits.caps.aerobic_intensity_max
    order = list(Intensity)
    wanted = Intensity.MODERATE
    return order[min(order.index(cap), order.index(wanted))]


def aerobic_minutes(bounds: Bounds) -> int:
    """Weekly aerobic minutes to start with: what the person does now, towards the goal's target."""
    goal = load_rulebook().goals[bounds.profile.main_goal]
    return min(goal.aerobic_min[0], load_splits().aerobic_start_min[bounds.profile.activity_level])


def warm_up_minutes(bounds: Bounds) -> int:
    """Warm-up minutes by session length, or more where a condition asks for it."""
    rule = load_splits().warm_up_min
    short = bounds.profile.session_minutes <= rule.short_until_minutes
    return max(rule.short if short else rule.long, bounds.limits.caps.warm_up_min)


def _dose(exercise: Exercise, bounds: Bounds) -> DoseBounds:
    if exercise.role in EFFORT_ROLES:
        return _effort_dose(exercise, bounds)
    goal = load_rulebook().goals[bounds.profile.main_goal]
    level = bounds.profile.experience_level
    rir_min, rir_max = _rir_range(goal, bounds)
    rest_min, rest_max = _rest_range(exercise, goal, bounds)
    low, high, low_min, high_max = _size(exercise, goal, bounds, rir_min)
    sets_max = bounds.limits.caps.sets_max or int(bounds.rules.sets_most.value)
    roomy = bounds.profile.session_minutes > bounds.rules.long_session_min.value
    short = bounds.profile.session_minutes <= load_splits().warm_up_min.short_until_minutes
    compound = exercise.role is ExerciseRole.COMPOUND
    usual = bounds.rules.usual_sets
    has_time = compound and not short and (roomy or level is not ExperienceLevel.NOVICE)
    sets = usual.most if has_time else usual.least
    return DoseBounds(
        kind=exercise.dose_kind,
        low=low,
        high=high,
        low_min=low_min,
        high_max=high_max,
        sets=min(sets, sets_max),
        sets_max=sets_max,
        rir=min(rir_max, rir_min + 1),
        rir_min=rir_min,
        rir_max=max(rir_max, rir_min) + int(bounds.rules.rir_spread.value),
        rest_s=(2 * rest_min + rest_max) // 90 * 30 if roomy else rest_min,
        rest_min_s=rest_min,
        rest_max_s=rest_max,
    )


def _rir_range(goal: GoalRule, bounds: Bounds) -> tuple[int, int]:
    low, high = goal.rir[bounds.profile.experience_level]
    floor = max(low, bounds.limits.caps.rir_min)
    if bounds.profile.experience_level is ExperienceLevel.NOVICE:
        floor = max(floor, int(load_rulebook().limits.rir_novice_min.value))
    return floor, max(high, floor)


def _rest_range(exercise: Exercise, goal: GoalRule, bounds: Bounds) -> tuple[int, int]:
    compound = exercise.role in (ExerciseRole.COMPOUND, ExerciseRole.POWER)
    low, high = goal.rest_compound_s if compound else goal.rest_isolation_s
    low = max(low, bounds.limits.caps.rest_min_s or 0)
    return low, max(low, high)


def _size(
    exercise: Exercise, goal: GoalRule, bounds: Bounds, rir: int
) -> tuple[int, int, int, int]:
    """Prescribed low and high, allowed lowest and highest, in reps, seconds or metres."""
    splits = load_splits()
    level = bounds.profile.experience_level
    if exercise.dose_kind is DoseKind.SECONDS:
        low, high = splits.holds_s[level]
        return low, high, *_whole(bounds.rules.hold_clamp_s)
    if exercise.dose_kind is DoseKind.DISTANCE:
        low, high = splits.distance_m
        return low, high, *_whole(bounds.rules.distance_clamp_m)
    compound = exercise.role in (ExerciseRole.COMPOUND, ExerciseRole.POWER)
    low, high = (goal.reps if compound else goal.reps_isolation)[level]
    caps = bounds.limits.caps
    low_min, high_max = goal.reps_allowed
    low_min = max(low_min, caps.reps_min or 1, _fewest_reps(caps.max_percent_1rm, rir))
    high_max = max(high_max, low_min + int(bounds.rules.reps_spread.value))
    high_max = min(high_max, int(bounds.rules.reps_clamp.high))
    if caps.reps_max:
        high_max = max(min(high_max, caps.reps_max), low_min)
    low = min(max(low, low_min), high_max)
    return low, min(max(high, low + 2), high_max), low_min, high_max


@functools.cache
def _fewest_reps(max_percent_1rm: int | None, rir: int) -> int:
    """Fewest reps at which a load with `rir` in reserve stays under a cap on percent of 1RM."""
    if max_percent_1rm is None:
        return 1
    most = len(load_rulebook().limits.percent_of_1rm_by_reps_to_failure.table)
    for reps in range(1, most + 1):
        percent = percent_1rm(reps, rir)
        if percent is None or percent <= max_percent_1rm:
            return reps
    return most


def _whole(span: LowHigh) -> tuple[int, int]:
    return int(span.low), int(span.high)


def _effort_dose(exercise: Exercise, bounds: Bounds) -> DoseBounds:
    splits, light = load_splits(), bounds.rules.light_work
    if exercise.role is ExerciseRole.CONDITIONING:
        seconds = splits.conditioning_s[aerobic_intensity(bounds)]
        if exercise.id in load_conditions().inclusion_exercises[Inclusion.COOL_DOWN]:
            seconds = splits.cool_down_s
        most = 60 * min(bounds.profile.session_minutes, light.longest_min)
        sets, low, high, rest, ceiling = 1, seconds, seconds, 0, most
    else:
        balance = exercise.role is ExerciseRole.BALANCE
        low, high = splits.balance_s if balance else splits.mobility_s
        sets, rest, ceiling = light.sets, light.rest_s, int(bounds.rules.hold_clamp_s.high)
    if exercise.dose_kind is DoseKind.REPS:
        low, high = _whole(bounds.rules.light_reps)
        ceiling = int(bounds.rules.reps_clamp.high)
    if exercise.dose_kind is DoseKind.DISTANCE:
        low, high = splits.distance_m
        ceiling = int(bounds.rules.distance_clamp_m.high)
    return DoseBounds(
        kind=exercise.dose_kind,
        low=low,
        high=high,
        low_min=1,
        high_max=ceiling,
        sets=sets,
        sets_max=int(bounds.rules.sets_most.value),
        rir=None,
        rir_min=0,
        rir_max=RIR_MAX,
        rest_s=rest,
        rest_min_s=0,
        rest_max_s=light.rest_most_s,
    )
