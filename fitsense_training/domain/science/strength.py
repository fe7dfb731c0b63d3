"""One-rep max, and what share of it a set of reps at some reps in reserve asks for.

Estimates carry an error of about 10-13 percent even close to the maximum (Hutchins and Gearhart
2010), so the cautious one is prescribed from and the median is shown.
"""

import functools
import math
import statistics
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import load_rulebook, read_typed
from fitsense_training.domain.sourced import LowHigh, Sourced, Value
from fitsense_training.domain.vocabulary import AgeBand, Condition, ExperienceLevel


class NoMaxTest(Sourced):
    """Conditions that rule a maximal test out."""

    conditions: frozenset[Condition]


class StrengthRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/strength.yaml`, typed."""

    reps_to_failure_ok_max: Value
    reps_to_failure_low_max: Value
    error_share: LowHigh
    record_share: Value
    brzycki_reps_max: Value
    max_test_reps_to_failure: Value
    max_test_percent: Value
    max_test_older_age: Value
    no_max_test: NoMaxTest


@functools.cache
def load_strength_rules() -> StrengthRules:
    """The rules of one-rep max; RuleBookError names the field that breaks them."""
    return read_typed("strength.yaml", StrengthRules)


class Confidence(StrEnum):
    """How far an estimate of one-rep max may be trusted."""

    NONE = "none"
    LOW = "low"
    OK = "ok"


@dataclass(frozen=True)
class OneRepMax:
    """An estimate: what to prescribe from, what to show, and how far to trust it."""

    cautious_kg: float
    shown_kg: float
    confidence: Confidence


def epley_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Epley: w(1 + r/30); one rep is the load itself."""
    _check(load_kg, reps)
    return load_kg if reps == 1 else load_kg * (1 + reps / 30)


def brzycki_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Brzycki: 36w/(37 - r), for fewer than 37 reps; BadInput from there on."""
    _check(load_kg, reps)
    if reps > load_strength_rules().brzycki_reps_max.value:
        raise BadInput("Brzycki's formula holds below 37 reps: log a heavier set")
    return 36 * load_kg / (37 - reps)


def wathan_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Wathan: 100w/(48.8 + 53.8 e^(-0.075 r))."""
    _check(load_kg, reps)
    return 100 * load_kg / (48.8 + 53.8 * math.exp(-0.075 * reps))


def lombardi_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Lombardi: w r^0.10."""
    _check(load_kg, reps)
    return load_kg * reps**0.10


def _check(load_kg: float, reps: int) -> None:
    if not math.isfinite(load_kg) or load_kg <= 0:
        raise BadInput(f"a one-rep max needs a load above 0 kg, not {load_kg}")
    if reps < 1:
        raise BadInput(f"a one-rep max needs at least one rep, not {reps}")


def confidence(reps: int, rir: int) -> Confidence:
    """Trust in an estimate from `reps` with `rir` in reserve: ok to 10 together, low to 12."""
    rules, to_failure = load_strength_rules(), reps + rir
    if reps < 1 or rir < 0 or to_failure > rules.reps_to_failure_low_max.value:
        return Confidence.NONE
    return Confidence.OK if to_failure <= rules.reps_to_failure_ok_max.value else Confidence.LOW


def estimate_1rm(load_kg: float, reps: int, rir: int) -> OneRepMax | None:
    """The estimate from one set; None above 12 reps to failure, where there is no confidence."""
    trust, to_failure = confidence(reps, rir), reps + rir
    if trust is Confidence.NONE:
        return None
    epley, brzycki = epley_kg(load_kg, to_failure), brzycki_kg(load_kg, to_failure)
    others = (wathan_kg(load_kg, to_failure), lombardi_kg(load_kg, to_failure))
    return OneRepMax(min(epley, brzycki), statistics.median((epley, brzycki, *others)), trust)


def estimate_1rm_kg(load_kg: float, reps: int, rir: int) -> float | None:
    """The cautious estimate, min(Epley, Brzycki) at reps + RIR; None above 12 (no confidence)."""
    found = estimate_1rm(load_kg, reps, rir)
    return None if found is None else found.cautious_kg


def is_record(estimate_kg: float, best_earlier_kg: float | None) -> bool:
    """Whether an estimate is a personal record: 2 percent above the best of earlier sessions.

    `best_earlier_kg` is None where the exercise was never done before: then nothing is a record.
    """
    if best_earlier_kg is None:
        return False
    return estimate_kg >= best_earlier_kg * (1 + load_strength_rules().record_share.value) - 1e-9


def may_test_max(profile: Profile, *, is_in_pain: bool = False) -> bool:
    """Whether a person may be sent to a maximal test at all.

    Not novices, minors, people of 65 and over, with pain or a symptom, with an uncleared condition,
    or with one that rules a test out even when cleared.
    """
    rules = load_strength_rules()
    held = profile.conditions
    is_barred = any(
        not record.is_cleared or record.condition in rules.no_max_test.conditions for record in held
    )
    return not (
        is_barred
        or is_in_pain
        or profile.has_symptoms
        or profile.experience_level is ExperienceLevel.NOVICE
        or profile.age_band is AgeBand.MINOR
        or profile.age >= rules.max_test_older_age.value
    )


def effective_load_kg(
    load_kg: float, bodyweight_kg: float, bodyweight_share: float, assist_kg: float = 0.0
) -> float:
    """What is really lifted: added load plus a share of body weight (0-1), less the assistance.

    The share is 1 for pull-ups and dips and about 0.64 for push-ups; 0 where none is lifted.
    BadInput for a share beyond that.
    """
    if not 0 <= bodyweight_share <= 1:
        raise BadInput(f"a share of body weight lies between 0 and 1, not {bodyweight_share}")
    return max(0.0, load_kg + bodyweight_kg * bodyweight_share - assist_kg)


def percent_1rm(reps: int, rir: int) -> float | None:
    """Percent of 1RM that `reps` with `rir` in reserve ask for; None beyond 15 to failure."""
    return load_rulebook().limits.percent_of_1rm_by_reps_to_failure.percent(reps + rir)


def round_down(load_kg: float, step_kg: float) -> float:
    """The heaviest load of the inventory at or below `load_kg`; without a step the load itself."""
    if step_kg <= 0:
        return round(load_kg, 2)
    return round(int(load_kg / step_kg + 1e-9) * step_kg, 2)
