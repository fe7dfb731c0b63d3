"""What may stand in an answer: allowed exercises and the range of every dose.

One reading of the rules serves everybody: the coach doses within these bounds, the grammar lets
nothing else be written, and the validator refuses what lies outside.
"""

import functools
from dataclasses import dataclass, field, replace

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.conditions import CombinedLimits
from fitsense_training.domain.plan.model import Load, load_of_kilos, load_of_reserve
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import Limits, load_rulebook
from fitsense_training.domain.safety.dose_bounds import (
    EFFORT_ROLES,
    DoseBounds,
    dose_bounds,
    light_intensity,
)
from fitsense_training.domain.safety.reasons import is_deload
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.science.endurance import has_aerobic_base
from fitsense_training.domain.science.volume import SetCounter
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import (
    AgeBand,
    BodyRegion,
    Equipment,
    ExerciseRole,
    ExperienceLevel,
    Intensity,
    LoadKind,
    Pattern,
    RiskTag,
    ScreeningState,
)

BODYWEIGHT = Load(kind=LoadKind.BODYWEIGHT)


@dataclass(frozen=True)
class Bounds:
    """Everything an answer to one request must keep to.

    `longest_aerobic_min` is the longest aerobic session of 30 days in minutes, where it is known.
    """

    profile: Profile
    limits: CombinedLimits
    state: ScreeningState
    allowed: frozenset[str]
    step_share_max: float
    longest_aerobic_min: float | None = None
    _doses: dict[str, DoseBounds] = field(
        default_factory=dict[str, DoseBounds], compare=False, repr=False
    )

    @property
    def rules(self) -> Limits:
        """The numbers that hold for everybody."""
        return load_rulebook().limits

    @property
    def counter(self) -> SetCounter:
        """How the hard sets of this person are counted."""
        return SetCounter(load_catalogue(), self.profile.experience_level)

    def exercises(self, pattern: Pattern) -> tuple[Exercise, ...]:
        """Allowed exercises of a pattern, in id order."""
        return _of_pattern(pattern, self.allowed)

    def dose(self, exercise: Exercise) -> DoseBounds:
        """The dose of an exercise under goal, level, age and conditions."""
        found = self._doses.get(exercise.id)
        if found is None:
            found = self._doses[exercise.id] = dose_bounds(exercise, self.profile, self.limits.caps)
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
            return BODYWEIGHT
        known = load_of_kilos(known_kg) if exercise.is_loadable else None
        return known or load_of_reserve(rir or 0)


def bounds_of(request: PlanRequest) -> Bounds:
    """The bounds of a request; the same profile, pain and deload give the same bounds."""
    bounds = _deload_bounds(request.profile) if is_deload(request) else _bounds(request.profile)
    if request.longest_aerobic_min is not None:
        bounds = replace(bounds, longest_aerobic_min=request.longest_aerobic_min)
    pain = request.pain
    if pain is None or pain.level <= load_rulebook().limits.pain.regress_max:
        return bounds
    return replace(bounds, allowed=bounds.allowed - exercises_of(pain.region))


@functools.cache
def exercises_of(region: BodyRegion) -> frozenset[str]:
    """The exercises that load a region, and that pain there eases or stops."""
    rule = load_rulebook().limits.pain_regions.regions[region]
    return frozenset(e.id for e in load_catalogue() if rule.concerns(e.pattern, e.tags))


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
    floor = {"rir_min": _in_deload(caps.rir_min)}
    limits = bounds.limits.model_copy(update={"caps": caps.model_copy(update=floor)})
    return replace(bounds, limits=limits, _doses={})


def least_reserve(request: PlanRequest) -> int:
    """The fewest reps in reserve that conditions and a due deload leave: that of `bounds_of`.

    It is known without looking at every exercise, which a prompt has no use for.
    """
    least = screen(request.profile).limits.caps.rir_min
    return _in_deload(least) if is_deload(request) else least


def _in_deload(rir_min: int) -> int:
    return max(rir_min, load_rulebook().limits.deload.rir_min)


def aerobic_intensity(bounds: Bounds) -> Intensity:
    """The intensity of aerobic work: moderate, or light where a condition asks for it."""
    return light_intensity(bounds.limits.caps)


def may_superset(bounds: Bounds) -> bool:
    """Whether lifts may be paired to save time: for adults up to 64 whom nothing holds back."""
    person = bounds.profile
    is_young = person.age_band in (AgeBand.YOUNG, AgeBand.MIDDLE)
    return is_young and not person.conditions and bounds.state is ScreeningState.CLEAR


def warm_up_minutes(bounds: Bounds) -> int:
    """Warm-up minutes by session length, or more where a condition asks for it."""
    rule = load_splits().warm_up_min
    short = bounds.profile.session_minutes <= rule.short_until_minutes
    return max(rule.short if short else rule.long, bounds.limits.caps.warm_up_min)
