"""The dose of one exercise for one person: what is prescribed, and how far it may be moved.

Repetitions are counted, holds are in seconds, carries in metres, rests in seconds, and reps in
reserve (RIR) go from 0 to 10. Every number stands in `rules/goals.yaml`, `rules/limits.yaml`,
`rules/splits.yaml` or, for conditions, `rules/conditions.yaml`.
"""

import functools
from dataclasses import dataclass

from fitsense_training.domain.catalogue import Exercise
from fitsense_training.domain.conditions import Caps, Inclusion, load_conditions
from fitsense_training.domain.plan.model import RIR_MAX
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import GoalRule, load_rulebook
from fitsense_training.domain.science.landmarks import load_volume_rules
from fitsense_training.domain.science.strength import percent_1rm
from fitsense_training.domain.science.week import load_splits, usable_minutes
from fitsense_training.domain.sourced import LowHigh
from fitsense_training.domain.vocabulary import (
    AgeBand,
    DoseKind,
    ExerciseRole,
    ExperienceLevel,
    Intensity,
)

EFFORT_ROLES = frozenset({ExerciseRole.CONDITIONING, ExerciseRole.BALANCE, ExerciseRole.MOBILITY})
COMPOUND_ROLES = frozenset({ExerciseRole.COMPOUND, ExerciseRole.POWER})


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
    percent_max: int


def dose_bounds(exercise: Exercise, profile: Profile, caps: Caps) -> DoseBounds:
    """The dose of an exercise under goal, level and age, and under the caps of conditions."""
    if exercise.role in EFFORT_ROLES:
        return _effort_dose(exercise, profile, caps)
    book, goal = load_rulebook(), load_rulebook().goals[profile.main_goal]
    rir_min, rir_max = _rir_range(exercise, goal, profile, caps)
    rest_min, rest_max = _rest_range(exercise, goal, caps)
    low, high, low_min, high_max = _size(exercise, goal, (profile, caps), rir_min)
    sets_max = _sets_max(exercise, high, caps)
    roomy = usable_minutes(profile) > book.limits.long_session_min.value
    return DoseBounds(
        kind=exercise.dose_kind,
        low=low,
        high=high,
        low_min=low_min,
        high_max=high_max,
        sets=min(_usual_sets(exercise, profile, is_roomy=roomy), sets_max),
        sets_max=sets_max,
        rir=max(rir_min, min(rir_max, rir_min + 1, _hard_rir_max(profile))),
        rir_min=rir_min,
        rir_max=max(rir_max, rir_min) + int(book.limits.rir_spread.value),
        rest_s=(2 * rest_min + rest_max) // 90 * 30 if roomy else rest_min,
        rest_min_s=rest_min,
        rest_max_s=rest_max,
        percent_max=_percent_max(exercise, goal, (profile, caps)),
    )


def light_intensity(caps: Caps) -> Intensity:
    """The intensity of aerobic work: moderate, or light where a condition asks for it."""
    order = list(Intensity)
    return order[min(order.index(caps.aerobic_intensity_max), order.index(Intensity.MODERATE))]


def _usual_sets(exercise: Exercise, profile: Profile, *, is_roomy: bool) -> int:
    usual = load_rulebook().limits.usual_sets
    is_short = profile.session_minutes <= load_splits().warm_up_min.short_until_minutes
    is_novice = profile.experience_level is ExperienceLevel.NOVICE
    is_compound = exercise.role is ExerciseRole.COMPOUND
    has_time = is_compound and not is_short and (is_roomy or not is_novice)
    return usual.most if has_time else usual.least


def _sets_max(exercise: Exercise, reps: int, caps: Caps) -> int:
    most = caps.sets_max or int(load_rulebook().limits.sets_most.value)
    if exercise.role is ExerciseRole.POWER and exercise.dose_kind is DoseKind.REPS:
        most = min(most, max(1, load_rulebook().power.reps_of_exercise_max // reps))
    return most


def _rir_range(exercise: Exercise, goal: GoalRule, profile: Profile, caps: Caps) -> tuple[int, int]:
    """Least and most reps in reserve of a line.

    One set of an exercise may go to failure at most, and the reserve of a line is that of each of
    its sets: so a line keeps one rep at least (INT02 lets a single set go further).
    """
    low, high = goal.rir[profile.experience_level]
    floor = max(low, caps.rir_min, int(load_rulebook().limits.failure.line_rir_min))
    if profile.experience_level is ExperienceLevel.NOVICE:
        floor = max(floor, int(load_rulebook().limits.rir_novice_min.value))
    if exercise.role is ExerciseRole.POWER:
        floor = max(floor, load_rulebook().power.rir_min)
    return floor, max(high, floor)


def _hard_rir_max(profile: Profile) -> int:
    """Most reserve at which a set still counts as hard; no more is asked for by itself."""
    return load_volume_rules().hard_set_rir_max.at(profile.experience_level)


def _rest_range(exercise: Exercise, goal: GoalRule, caps: Caps) -> tuple[int, int]:
    low, high = goal.rest_isolation_s
    if exercise.role in COMPOUND_ROLES:
        low, high = goal.rest_compound_s
        low = max(low, int(load_rulebook().limits.compound_rest_min_s.value))
    if exercise.role is ExerciseRole.POWER:
        low, high = load_rulebook().power.rest_s
    low = max(low, caps.rest_min_s or 0)
    return low, max(low, high)


def _percent_max(exercise: Exercise, goal: GoalRule, person: tuple[Profile, Caps]) -> int:
    """Most percent of 1RM by goal and level, or of power work, and under the caps."""
    profile, caps = person
    is_power = exercise.role is ExerciseRole.POWER
    span = (
        load_rulebook().power.percent_1rm
        if is_power
        else goal.percent_1rm[profile.experience_level]
    )
    return min(span[1], caps.max_percent_1rm or span[1])


def _size(
    exercise: Exercise, goal: GoalRule, person: tuple[Profile, Caps], rir: int
) -> tuple[int, int, int, int]:
    """Prescribed low and high, allowed lowest and highest, in reps, seconds or metres."""
    profile, caps = person
    splits, rules = load_splits(), load_rulebook().limits
    level = profile.experience_level
    if exercise.dose_kind is DoseKind.SECONDS:
        low, high = splits.holds_s[level]
        return low, high, *_whole(rules.hold_clamp_s)
    if exercise.dose_kind is DoseKind.DISTANCE:
        low, high = splits.distance_m
        return low, high, *_whole(rules.distance_clamp_m)
    low, high, low_min, high_max = _reps(exercise, goal, level)
    low_min = max(low_min, caps.reps_min or 1, _fewest_reps(caps.max_percent_1rm, rir))
    high_max = max(high_max, low_min + int(rules.reps_spread.value))
    high_max = min(high_max, int(rules.reps_clamp.high))
    if caps.reps_max:
        high_max = max(min(high_max, caps.reps_max), low_min)
    low = min(max(low, low_min), high_max)
    return low, min(max(high, low + 2), high_max), low_min, high_max


def _reps(exercise: Exercise, goal: GoalRule, level: ExperienceLevel) -> tuple[int, int, int, int]:
    """Repetitions of a goal before any cap: prescribed low and high, allowed low and high."""
    if exercise.role is ExerciseRole.POWER:
        low, high = load_rulebook().power.reps
        return low, high, 1, high
    reps = goal.reps if exercise.role is ExerciseRole.COMPOUND else goal.reps_isolation
    return *reps[level], *goal.reps_allowed


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


def _effort_dose(exercise: Exercise, profile: Profile, caps: Caps) -> DoseBounds:
    splits, rules = load_splits(), load_rulebook().limits
    light = rules.light_work
    if exercise.role is ExerciseRole.CONDITIONING:
        seconds = splits.conditioning_s[light_intensity(caps)]
        if exercise.id in load_conditions().inclusion_exercises[Inclusion.COOL_DOWN]:
            seconds = 60 * caps.cool_down_min
        most = 60 * min(usable_minutes(profile), light.longest_min)
        sets, low, high, rest, ceiling = 1, seconds, seconds, 0, most
    else:
        low, high = _hold_s(exercise, profile)
        sets, rest, ceiling = light.sets, light.rest_s, int(rules.hold_clamp_s.high)
    if exercise.dose_kind is DoseKind.REPS:
        low, high = _whole(rules.light_reps)
        ceiling = int(rules.reps_clamp.high)
    if exercise.dose_kind is DoseKind.DISTANCE:
        low, high = splits.distance_m
        ceiling = int(rules.distance_clamp_m.high)
    return DoseBounds(
        kind=exercise.dose_kind,
        low=low,
        high=high,
        low_min=1,
        high_max=ceiling,
        sets=sets,
        sets_max=int(rules.sets_most.value),
        rir=None,
        rir_min=0,
        rir_max=RIR_MAX,
        rest_s=rest,
        rest_min_s=0,
        rest_max_s=light.rest_most_s,
        percent_max=100,
    )


def _hold_s(exercise: Exercise, profile: Profile) -> tuple[int, int]:
    """Seconds of a hold for balance or mobility; older people hold a stretch for longer."""
    splits = load_splits()
    if exercise.role is ExerciseRole.BALANCE:
        return splits.balance_s
    is_older = profile.age_band is AgeBand.OLDER
    return splits.mobility_s.older if is_older else splits.mobility_s.adult
