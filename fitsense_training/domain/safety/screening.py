"""Screening: whether a person may be given a plan at all, and under which limits.

Informed by the ACSM pre-participation algorithm and PAR-Q+; it is our own screener, no clinician
has reviewed it, and it does not replace either form.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from fitsense_training.domain.conditions import (
    CombinedLimits,
    blocking_count,
    load_conditions,
)
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.vocabulary import AgeBand, ScreeningState


@dataclass(frozen=True)
class Screening:
    """The state, the limits all conditions and the age together set, and why."""

    state: ScreeningState
    limits: CombinedLimits
    reasons: tuple[str, ...]


@functools.lru_cache(maxsize=8192)
def screen(profile: Profile) -> Screening:
    """Screen a person; the strictest of all reasons holds."""
    limits = _limits(profile.conditions, profile.age_band)
    symptoms = ScreeningState.BLOCKED if profile.has_symptoms else ScreeningState.CLEAR
    state = max(limits.gate, symptoms, key=lambda s: s.rank)
    return Screening(state, limits, tuple(_reasons(profile, state)))


@functools.lru_cache(maxsize=8192)
def _limits(conditions: tuple[ConditionRecord, ...], age_band: AgeBand) -> CombinedLimits:
    """Few people are sick in ways of their own: the same conditions set the same limits."""
    return load_conditions().limits_of(conditions, age_band)


def _reasons(profile: Profile, state: ScreeningState) -> Iterator[str]:
    if state is ScreeningState.CLEAR:
        return
    if profile.has_symptoms:
        yield "A warning sign needs a clinician's look before any training."
    if len(profile.conditions) >= blocking_count():
        yield f"{len(profile.conditions)} conditions together need individual care."
    book = load_conditions()
    for record in profile.conditions:
        rule = book.conditions[record.condition]
        if rule.as_reported(record).gate.rank >= ScreeningState.CLEAR_LIGHT.rank:
            yield f"{rule.name} ({record.severity})."
