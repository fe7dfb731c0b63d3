"""The thresholds of `rules/goals.yaml` and `rules/limits.yaml` as typed, frozen values.

Every number a rule uses stands in those files with its source and evidence tag. No clinician has
reviewed them.
"""

import functools
import hashlib
import importlib.resources
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.sourced import ByLevel, LowHigh, Range, Sourced, Value
from fitsense_training.domain.vocabulary import (
    BodyRegion,
    ExperienceLevel,
    Goal,
    Pattern,
    RiskTag,
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalRule(_Frozen):
    """What one goal asks for; ranges are (low, high), days and sets are per week.

    `reps` are the range of one line, within what the load of the level (`percent_1rm`) leaves.
    """

    days: dict[ExperienceLevel, Range]
    sets_per_muscle: dict[ExperienceLevel, Range]
    reps: dict[ExperienceLevel, Range]
    reps_isolation: dict[ExperienceLevel, Range]
    reps_allowed: Range
    percent_1rm: dict[ExperienceLevel, Range]
    rir: dict[ExperienceLevel, Range]
    rest_compound_s: Range
    rest_isolation_s: Range
    aerobic_min: Range


class PowerRule(Sourced):
    """Doses of power exercises, whatever the goal: few fast reps, never near failure."""

    reps: Range
    percent_1rm: Range
    rir_min: int
    rest_s: Range
    reps_of_exercise_max: int


class Failure(Sourced):
    """Failure is never required: sets of an exercise that may reach it, and where none may.

    `line_rir_min` is the least reserve of a line of several sets.
    """

    sets_max: int
    line_rir_min: int
    never_tags: frozenset[RiskTag]


class RepsTable(Sourced):
    """Percent of one-rep max by reps to failure, from 1 on."""

    table: tuple[float, ...]

    def percent(self, reps_to_failure: int) -> float | None:
        """Percent of 1RM one can lift this often, or None beyond the table (15 reps)."""
        if 1 <= reps_to_failure <= len(self.table):
            return self.table[reps_to_failure - 1]
        return None


class GapStep(_Frozen):
    """What to keep of load and sets after a pause of days_min to days_max."""

    days_min: int
    days_max: int
    load_share: float
    sets_share: float


class ReturnAfterGap(Sourced):
    """Steps of coming back after a pause."""

    steps: tuple[GapStep, ...]

    def step(self, gap_days: int) -> GapStep | None:
        """The step for a pause, or None when it is too short to matter."""
        return next((s for s in self.steps if s.days_min <= gap_days <= s.days_max), None)


class Deload(Sourced):
    """Some lighter days: shares of load and sets to keep, reps in reserve to add, their floor."""

    load_share: float
    sets_share: float
    rir_add: int
    rir_min: int
    days: Range


class PainRule(Sourced):
    """Pain levels (0-10) up to which one goes on, or regresses; above, the exercise stops.

    What hurts stays eased for `eased_weeks`, is looked at again after `review_days`, and belongs
    before a clinician where it is no better after `see_clinician_weeks`.
    """

    ok_max: int
    regress_max: int
    regress_load_share: float
    eased_weeks: Range
    review_days: Range
    see_clinician_weeks: Range

    def is_eased(self, level: int) -> bool:
        """Whether an exercise goes on with less at a level of pain, 0-10."""
        return self.ok_max < level <= self.regress_max


class PainRegion(_Frozen):
    """What a painful region rules out."""

    tags: frozenset[RiskTag]
    patterns: frozenset[Pattern]

    def concerns(self, pattern: Pattern, tags: frozenset[RiskTag]) -> bool:
        """Whether an exercise of this pattern and these tags loads the region."""
        return pattern in self.patterns or bool(tags & self.tags)


class PainRegions(Sourced):
    """What each painful region rules out."""

    regions: dict[BodyRegion, PainRegion]


class LightWork(Sourced):
    """Usual sets and rest of balance and mobility work, most rest, and the longest conditioning."""

    sets: int
    rest_s: int
    rest_most_s: int
    longest_min: int


class UsualSets(Sourced):
    """Sets of a lift with and without time for more."""

    most: int
    least: int


class RoomForLifts(Sourced):
    """What a compound takes: sets, seconds of each, rest as a share of the shortest allowed."""

    sets: int
    set_s: int
    rest_share: float
    inclusion_min: int


class Limits(_Frozen):
    """Caps and constants for every goal."""

    weekly_sets_cap: ByLevel
    session_sets_cap: ByLevel
    session_muscle_sets_cap: Value
    hard_day_sets: Value
    hard_day_gap_days: Value
    novice_free_weight_share: Value
    rest_days_min: ByLevel
    push_pull_ratio: LowHigh
    seconds_per_rep: Value
    setup_s_per_exercise: Value
    duration_slack_share: Value
    rir_novice_min: Value
    failure: Failure
    session_min: LowHigh
    minor_gap_days: Value
    load_step_share: Value
    load_step_special_share: Value
    reps_clamp: LowHigh
    hold_clamp_s: LowHigh
    percent_1rm_tolerance: Value
    compound_rest_min_s: Value
    balance_days: Value
    sets_to_judge: Value
    blocking_condition_count: Value
    sets_most: Value
    rir_spread: Value
    reps_spread: Value
    long_session_min: Value
    distance_clamp_m: LowHigh
    light_reps: LowHigh
    light_work: LightWork
    usual_sets: UsualSets
    room_for_lifts: RoomForLifts
    light_hold_least_s: Value
    exercises_min: Value
    seconds_to_halve: Value
    older_sessions_max: Value
    percent_of_1rm_by_reps_to_failure: RepsTable
    return_after_gap: ReturnAfterGap
    deload: Deload
    stall_load_share: Value
    pain: PainRule
    pain_regions: PainRegions


Rules = TypeVar("Rules", bound=BaseModel)


class RuleBook(_Frozen):
    """Goals and limits together."""

    goals: dict[Goal, GoalRule]
    power: PowerRule
    limits: Limits


def read_rules(name: str) -> Any:
    """The parsed YAML of `rules/<name>`; RuleBookError when it is not YAML."""
    text = (
        importlib.resources.files("fitsense_training.domain")
        .joinpath("rules", name)
        .read_text("utf-8")
    )
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise RuleBookError(f"rules/{name} is not valid YAML: {error}") from error


def read_typed(name: str, rules: type[Rules]) -> Rules:
    """`rules/<name>` as a typed, frozen value; RuleBookError names the field that breaks it."""
    try:
        return rules.model_validate(read_rules(name))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RuleBookError(f"rules/{name} breaks at {place}: {first['msg']}") from error


@functools.cache
def load_rulebook() -> RuleBook:
    """The rule book; RuleBookError names the field that breaks it."""
    try:
        return RuleBook.model_validate(
            {
                "goals": read_rules("goals.yaml")["goals"],
                "power": read_rules("goals.yaml")["power"],
                "limits": read_rules("limits.yaml"),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RuleBookError(f"the rule book breaks at {place}: {first['msg']}") from error


@functools.cache
def rules_version() -> str:
    """Ten hex digits that change with the content of any rules file."""
    digest = hashlib.blake2b(digest_size=5)
    folder = importlib.resources.files("fitsense_training.domain").joinpath("rules")
    stack = sorted(folder.iterdir(), key=lambda entry: entry.name)
    while stack:
        entry = stack.pop(0)
        if entry.is_dir():
            stack = sorted(entry.iterdir(), key=lambda child: child.name) + stack
        elif entry.name.endswith(".yaml"):
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
    return digest.hexdigest()
