"""How a week is laid out: which days, what each is about, which movement patterns fill it."""

import functools
import itertools
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import load_rulebook, read_rules
from fitsense_training.domain.sourced import Sourced
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    ExperienceLevel,
    Goal,
    Intensity,
    Muscle,
    Pattern,
    SessionFocus,
    Weekday,
    smallest_gap,
)


class WarmUp(BaseModel):
    """Warm-up minutes by session length."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    short: int
    long: int
    short_until_minutes: int


class Supersets(Sourced):
    """Which lifts are antagonists: pairs of movements, and of muscles for isolation work."""

    movements: tuple[frozenset[Pattern], ...]
    isolated_muscles: tuple[frozenset[Muscle], ...]


class LightDay(Sourced):
    """What the lighter of two days of somebody advanced changes: RIR, and the share of a load."""

    rir_add: int
    load_share: float


class HoldsByAge(BaseModel):
    """Seconds a stretch is held, by age."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adult: tuple[int, int]
    older: tuple[int, int]


class SplitRules(BaseModel):
    """`rules/splits.yaml`, typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    tag: str
    resistance: dict[ExperienceLevel, dict[int, tuple[SessionFocus, ...]]]
    resistance_of_days: dict[ExperienceLevel, dict[int, int]]
    full_body_below_minutes: int
    other_days: dict[Goal, tuple[SessionFocus, ...]]
    resistance_days_max: dict[Goal, int]
    slots: dict[SessionFocus, tuple[tuple[Pattern, ...], ...]]
    exercises_by_minutes: tuple[tuple[int, int], ...]
    exercises_least_by_minutes: tuple[tuple[int, int], ...]
    supersets: Supersets
    light_day: LightDay
    warm_up_min: WarmUp
    aerobic_start_min: dict[ActivityLevel, int]
    holds_s: dict[ExperienceLevel, tuple[int, int]]
    distance_m: tuple[int, int]
    mobility_s: HoldsByAge
    balance_s: tuple[int, int]
    conditioning_s: dict[Intensity, int]
    conditioning_rpe: dict[Intensity, int]
    gentle_rpe: int
    major_patterns: tuple[tuple[Pattern, ...], ...]


@dataclass(frozen=True)
class Day:
    """One day of the week to come: its focus and the patterns to fill it with."""

    weekday: Weekday
    focus: SessionFocus
    slots: tuple[Pattern, ...]


@functools.cache
def load_splits() -> SplitRules:
    """The split rules; RuleBookError names the field that breaks them."""
    try:
        return SplitRules.model_validate(read_rules("splits.yaml"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RuleBookError(f"rules/splits.yaml breaks at {place}: {first['msg']}") from error


def resistance_days_max(profile: Profile) -> int:
    """Most resistance days a week for goal and level; at most 3 for 65+ and minors."""
    rules, splits = load_rulebook(), load_splits()
    most = rules.goals[profile.main_goal].days[profile.experience_level][1]
    most = min(most, splits.resistance_days_max.get(profile.main_goal, most))
    if profile.age_band in (AgeBand.MINOR, AgeBand.OLDER):
        most = min(most, int(rules.limits.older_sessions_max.value))
    return most


def resistance_days_min(profile: Profile) -> int:
    """Fewest resistance days a week for goal and level, as far as the person's days go."""
    least = load_rulebook().goals[profile.main_goal].days[profile.experience_level][0]
    return min(least, len(resistance_weekdays(profile)))


def resistance_weekdays(profile: Profile) -> tuple[Weekday, ...]:
    """The days a person lifts on, as far apart as their days allow; those of minors never touch."""
    return _resistance_weekdays(session_weekdays(profile), profile)


def session_weekdays(profile: Profile) -> tuple[Weekday, ...]:
    """The days a person trains on: theirs, less the rest days their level needs."""
    return spread(profile.weekdays, sessions_max(profile))


def _resistance_weekdays(days: tuple[Weekday, ...], profile: Profile) -> tuple[Weekday, ...]:
    of_days = load_splits().resistance_of_days[profile.experience_level]
    count = min(len(days), resistance_days_max(profile), of_days.get(len(days), len(days)))
    chosen = spread(days, count)
    gap = int(load_rulebook().limits.minor_gap_days.value)
    while profile.age_band is AgeBand.MINOR and len(chosen) > 1 and smallest_gap(chosen) < gap:
        chosen = spread(days, len(chosen) - 1)
    return chosen


def usable_minutes(profile: Profile) -> int:
    """Minutes of a session to plan for: the person's time, and 90 at most."""
    return min(profile.session_minutes, int(load_rulebook().limits.session_min.high))


def sessions_max(profile: Profile) -> int:
    """Most sessions a week: the days a person has, less the rest days their level needs."""
    rest = load_rulebook().limits.rest_days_min.at(profile.experience_level)
    return min(len(profile.weekdays), 7 - rest)


@functools.lru_cache(maxsize=4096)
def spread(weekdays: tuple[Weekday, ...], count: int) -> tuple[Weekday, ...]:
    """The `count` days that lie furthest apart in a repeating week; earliest on a tie."""
    return max(itertools.combinations(weekdays, count), key=smallest_gap)


def lay_out_week(profile: Profile) -> tuple[Day, ...]:
    """The days of a person's week, Monday first; the same profile gives the same week."""
    splits = load_splits()
    days = session_weekdays(profile)
    resistance = _resistance_weekdays(days, profile)
    foci = iter(_resistance_foci(profile, len(resistance)))
    others = itertools.cycle(splits.other_days[profile.main_goal])
    seen: dict[SessionFocus, int] = {}
    week: list[Day] = []
    for day in days:
        focus = next(foci) if day in resistance else next(others)
        variants = splits.slots[focus]
        week.append(Day(day, focus, variants[seen.get(focus, 0) % len(variants)]))
        seen[focus] = seen.get(focus, 0) + 1
    return tuple(week)


def _resistance_foci(profile: Profile, count: int) -> tuple[SessionFocus, ...]:
    splits = load_splits()
    if profile.session_minutes < splits.full_body_below_minutes:
        return (SessionFocus.FULL_BODY,) * count
    return splits.resistance[profile.experience_level][count]


def exercises_max(minutes: int) -> int:
    """Most exercises in a session of so many minutes."""
    return next(count for until, count in load_splits().exercises_by_minutes if minutes <= until)


def exercises_least(minutes: int) -> int:
    """Fewest exercises a session of so many minutes should have (domain notes F7)."""
    rule = load_splits().exercises_least_by_minutes
    return next(count for until, count in rule if minutes <= until)


@functools.cache
def major_patterns() -> frozenset[Pattern]:
    """The patterns of the movements that every week holds."""
    return frozenset(itertools.chain.from_iterable(load_splits().major_patterns))


def is_resistance(focus: SessionFocus) -> bool:
    """Whether a session of this focus lifts."""
    return focus.lifts
