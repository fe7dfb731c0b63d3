"""Sanity of what people log: accept it, ask back, or refuse it, with a sentence for the person.

A very low intake on several days asks for a check-in, whose sentence holds no number.
"""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import Sourced, Value


class LogRange(Sourced):
    """What may be entered, and what is usual."""

    range: tuple[float, float]
    usual: tuple[float, float] | None = None


class DailyLogRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/daily_log.yaml`, typed."""

    age: LogRange
    height_cm: LogRange
    weight_kg: LogRange
    sleep_h: LogRange
    kcal: LogRange
    load_kg: LogRange
    reps: LogRange
    rir: LogRange
    systolic: LogRange
    diastolic: LogRange
    weight_jump_share: Value
    load_above_1rm_share: Value
    low_intake_kcal: Value
    low_intake_days: Value


@functools.cache
def load_daily_log_rules() -> DailyLogRules:
    """The ranges of logs; RuleBookError names the field that breaks them."""
    return read_typed("daily_log.yaml", DailyLogRules)


class Field(StrEnum):
    """What can be logged, with its unit."""

    AGE = "age"
    HEIGHT_CM = "height_cm"
    WEIGHT_KG = "weight_kg"
    SLEEP_H = "sleep_h"
    KCAL = "kcal"
    LOAD_KG = "load_kg"
    REPS = "reps"
    RIR = "rir"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"


class LogVerdict(StrEnum):
    """What to do with an entry; a check-in is a question to the person, not about the number."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    CHECK_IN = "check_in"
    REFUSE = "refuse"


@dataclass(frozen=True)
class LogFinding:
    """What is to be said of one logged value."""

    field: Field
    verdict: LogVerdict
    sentence: str


CHECK_IN = LogFinding(
    Field.KCAL,
    LogVerdict.CHECK_IN,
    "You have logged very little food on several days. How are you? We can hide the numbers.",
)


@dataclass(frozen=True)
class Known:
    """What is known of the person when they log; None where it is not."""

    trend_weight_kg: float | None = None
    estimate_1rm_kg: float | None = None
    kcal_of_last_days: Sequence[float] = ()  # the six days before this one


NOTHING_KNOWN = Known()


def check_log(entry: Mapping[Field, float], known: Known = NOTHING_KNOWN) -> tuple[LogFinding, ...]:
    """Every finding on an entry, in the order of its fields; none means it is accepted.

    Next to a check-in no sentence about the intake stands, so that no number is shown.
    """
    found = tuple(
        finding for name, value in entry.items() for finding in _check(name, value, known)
    )
    if CHECK_IN not in found:
        return found
    return tuple(f for f in found if f.field is not Field.KCAL or f is CHECK_IN)


def verdict(findings: Sequence[LogFinding]) -> LogVerdict:
    """The gravest of all findings: refuse, check in, confirm, or accept."""
    order = list(LogVerdict)
    return max((f.verdict for f in findings), key=order.index, default=LogVerdict.ACCEPT)


def _check(name: Field, value: float, known: Known) -> Iterator[LogFinding]:
    rule: LogRange = getattr(load_daily_log_rules(), name.value)
    low, high = rule.range
    words = name.replace("_", " ")
    if not math.isfinite(value) or not low <= value <= high:
        sentence = f"{words} lies between {low:g} and {high:g}: check the number and its unit."
        yield LogFinding(name, LogVerdict.REFUSE, sentence)
        return
    if rule.usual and not rule.usual[0] <= value <= rule.usual[1]:
        yield LogFinding(name, LogVerdict.CONFIRM, f"{words} {value:g} is unusual. Is that right?")
    yield from _against_what_is_known(name, value, known)


def _against_what_is_known(name: Field, value: float, known: Known) -> Iterator[LogFinding]:
    rules = load_daily_log_rules()
    if name is Field.WEIGHT_KG and known.trend_weight_kg:
        jump = abs(value - known.trend_weight_kg) / known.trend_weight_kg
        if jump > rules.weight_jump_share.value + 1e-9:
            sentence = f"{value:g} kg is far from your trend. Is the unit right?"
            yield LogFinding(name, LogVerdict.CONFIRM, sentence)
    most_kg = (known.estimate_1rm_kg or math.inf) * rules.load_above_1rm_share.value
    if name is Field.LOAD_KG and value > most_kg + 1e-9:
        sentence = f"{value:g} kg is more than your best would suggest. Is the unit right?"
        yield LogFinding(name, LogVerdict.CONFIRM, sentence)
    if name is Field.KCAL:
        week = (*known.kcal_of_last_days[-6:], value)
        low = [kcal for kcal in week if kcal < rules.low_intake_kcal.value]
        if len(low) >= rules.low_intake_days.value:
            yield CHECK_IN
