"""How training eases: readiness, deloads, and the way back after a pause.

Readiness may hold or reduce, and never accelerates. Sleep in hours, pain 0-10, soreness 0-5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.strength import round_down
from fitsense_training.domain.vocabulary import AgeBand, ExperienceLevel, Readiness


class Illness(StrEnum):
    """How ill somebody says they are."""

    NONE = "none"
    ABOVE_NECK = "above_neck"
    SYSTEMIC = "systemic"


class Ease(StrEnum):
    """What the day's readiness asks for, mildest first."""

    NOTHING = "nothing"
    HOLD = "hold"  # no load is raised, one accessory set less, one more rep in reserve
    EASY = "easy"
    STOP_EXERCISE = "stop_exercise"
    NO_TRAINING = "no_training"


@dataclass(frozen=True)
class Today:
    """What a person reports before a session; `nights_h` are the last nights, newest last."""

    nights_h: tuple[float, ...] = ()
    soreness: int = 0
    pain: int = 0
    illness: Illness = Illness.NONE


def ease_for(today: Today) -> Ease:
    """The gravest step that any report asks for."""
    rules = load_progression_rules()
    if today.illness is Illness.SYSTEMIC:
        return Ease.NO_TRAINING
    if today.pain >= rules.readiness_pain.value:
        return Ease.STOP_EXERCISE
    if today.illness is Illness.ABOVE_NECK:
        return Ease.EASY
    is_sore = today.soreness >= rules.readiness_soreness.value
    return Ease.HOLD if is_sore or is_short_of_sleep(today.nights_h) else Ease.NOTHING


def is_short_of_sleep(nights_h: Sequence[float]) -> bool:
    """Whether the last night was under 5 h, or the mean of the last three under 6 h."""
    rules = load_progression_rules()
    if not nights_h:
        return False
    recent = nights_h[-3:]
    is_mean_low = len(recent) == 3 and sum(recent) / 3 < rules.readiness_sleep_mean_h.value
    return is_mean_low or nights_h[-1] < rules.readiness_sleep_last_h.value


def sleep_least_h(age: int) -> float:
    """Hours of sleep a night to aim for at least, by age in years: 7, or 8 under 18 (AASM)."""
    rules = load_progression_rules()
    is_minor = AgeBand.of(age) is AgeBand.MINOR
    return rules.sleep_minor_h.low if is_minor else rules.sleep_adult_h.value


def readiness(today: Today) -> Readiness:
    """Poor as soon as anything asks to ease."""
    return Readiness.OK if ease_for(today) is Ease.NOTHING else Readiness.POOR


@dataclass(frozen=True)
class FatigueSigns:
    """What speaks for a lighter week; shares 0-1, ratings 0-10."""

    drops_1rm_share: tuple[float, ...] = ()  # per lift, over its last two exposures
    rpe_rise: float = 0.0
    mean_sleep_h: float | None = None
    joint_ache: int = 0
    sessions_with_missed_reps: int = 0

    def count(self) -> int:
        """How many of the five signs there are."""
        rules = load_progression_rules()
        down = [d for d in self.drops_1rm_share if d >= rules.deload_1rm_drop_share.value - 1e-9]
        sleep = self.mean_sleep_h
        return sum(
            (
                len(down) >= rules.deload_lifts_down.value,
                self.rpe_rise >= rules.deload_rpe_rise.value,
                sleep is not None and sleep < rules.deload_sleep_h.value,
                self.joint_ache >= rules.deload_joint_ache.value,
                self.sessions_with_missed_reps >= rules.deload_missed_sessions.value,
            )
        )


class DeloadAdvice(StrEnum):
    """Whether a lighter week is due, may be taken, or neither."""

    NONE = "none"
    OFFER = "offer"
    DUE = "due"


def deload_advice(weeks: float, level: ExperienceLevel, signs: FatigueSigns) -> DeloadAdvice:
    """Offer from four loading weeks on (novices eight), due at eight or with two signs.

    Novices are never told that one is due by the calendar alone.
    """
    rules = load_progression_rules()
    if signs.count() >= rules.deload_signs_needed.value:
        return DeloadAdvice.DUE
    if level is ExperienceLevel.NOVICE:
        is_offered = weeks >= rules.deload_weeks_novice.value
        return DeloadAdvice.OFFER if is_offered else DeloadAdvice.NONE
    if weeks >= rules.deload_weeks_trained.high:
        return DeloadAdvice.DUE
    return DeloadAdvice.OFFER if weeks >= rules.deload_weeks_trained.low else DeloadAdvice.NONE


def load_after_gap_kg(load_kg: float, gap_days: int, step_kg: float) -> float:
    """The load to come back with after a pause of so many days, rounded down to the inventory.

    BadInput for a negative pause.
    """
    if gap_days < 0:
        raise BadInput("a pause cannot be shorter than no days")
    step = load_rulebook().limits.return_after_gap.step(gap_days)
    share = 1.0 if step is None else step.load_share
    return max(round_down(load_kg * share, step_kg), min(load_kg, step_kg))


def sets_after_gap(sets: int, gap_days: int) -> int:
    """The sets to come back with after a pause of so many days; at least one."""
    step = load_rulebook().limits.return_after_gap.step(gap_days)
    return sets if step is None else max(1, round(sets * step.sets_share))


def load_after_fever_kg(load_kg: float, step_kg: float) -> float:
    """The load to come back with once a day has passed without fever: half, rounded down."""
    share = load_progression_rules().fever_return_share.value
    return max(round_down(load_kg * share, step_kg), min(load_kg, step_kg))


def is_gentle_first_week(sets_of_region: int, rir: int) -> bool:
    """Whether a session of a first-ever week is gentle enough: eight hard sets a region, RIR 3."""
    rules = load_progression_rules()
    is_short = sets_of_region <= rules.first_week_region_sets.value
    return is_short and rir >= rules.first_week_rir.value


class AdherenceStep(StrEnum):
    """What the share of sessions done in two weeks asks for."""

    SIMPLIFY = "simplify"
    KEEP = "keep"
    MAY_PROGRESS = "may_progress"


def adherence_step(share: float) -> AdherenceStep:
    """Fewer or shorter sessions below 60 percent; growth is open from 90 percent on.

    The share of sessions done is 0-1; BadInput otherwise.
    """
    if not 0 <= share <= 1:
        raise BadInput(f"a share lies between 0 and 1, not {share}")
    rules = load_progression_rules()
    if share < rules.adherence_simplify_share.value:
        return AdherenceStep.SIMPLIFY
    is_full = share >= rules.adherence_progress_share.value
    return AdherenceStep.MAY_PROGRESS if is_full else AdherenceStep.KEEP
