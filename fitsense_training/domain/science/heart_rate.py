"""Heart rate and effort: zones as ranges in beats per minute, percent of reserve, and Borg.

Maximum after Tanaka, 208 - 0.7 age, with a standard deviation of about 10 beats: always a range.
"""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import LowHigh, Range, Sourced
from fitsense_training.domain.vocabulary import Intensity


class Zone(StrEnum):
    """Aerobic zones of ACSM, easiest first."""

    LIGHT = "light"
    MODERATE = "moderate"
    VIGOROUS = "vigorous"
    NEAR_MAX = "near_max"


class ZoneRow(BaseModel, frozen=True, extra="forbid"):
    """One zone on three scales; ranges are closed."""

    zone: Zone
    reserve_percent: Range
    max_percent: Range
    borg: Range


class ZoneTable(Sourced):
    """All zones, easiest first."""

    table: tuple[ZoneRow, ...]


class HrMax(Sourced):
    """The line of maximal heart rate by age."""

    at_birth: float
    per_year: float
    sd_bpm: float


class MetLimits(Sourced):
    """From how many MET work is moderate, and vigorous."""

    moderate: float
    vigorous: float


class ZoneRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/zones.yaml`, typed."""

    hr_max: HrMax
    heart_rate_rest: LowHigh
    zones: ZoneTable
    met: MetLimits

    def row(self, zone: Zone) -> ZoneRow:
        """The row of a zone."""
        return next(row for row in self.zones.table if row.zone is zone)


@functools.cache
def load_zone_rules() -> ZoneRules:
    """The zones; RuleBookError names the field that breaks them."""
    return read_typed("zones.yaml", ZoneRules)


class MedicineOrRhythm(StrEnum):
    """What makes a heart rate say nothing about effort."""

    BETA_BLOCKER = "beta_blocker"
    ATRIAL_FIBRILLATION = "atrial_fibrillation"
    PACEMAKER = "pacemaker"


@dataclass(frozen=True)
class HeartRateZone:
    """Beats per minute to stay between."""

    low_bpm: int
    high_bpm: int


def hr_max_bpm(age: int) -> float:
    """Maximal heart rate after Tanaka in beats per minute; one in three people is 10 off."""
    rule = load_zone_rules().hr_max
    return rule.at_birth - rule.per_year * age


def karvonen_bpm(share: float, rest_bpm: float, max_bpm: float) -> float:
    """Heart rate at a share (0-1) of the reserve between rest and maximum (Karvonen).

    BadInput for another share, or for a resting rate that nobody has.
    """
    if not 0 <= share <= 1:
        raise BadInput(f"a share of heart-rate reserve lies between 0 and 1, not {share}")
    allowed = load_zone_rules().heart_rate_rest
    if not allowed.low <= rest_bpm <= min(allowed.high, max_bpm):
        raise BadInput(
            f"a resting heart rate lies between {allowed.low:g} and {allowed.high:g}, "
            f"not {rest_bpm:g}: measure it again after five minutes of sitting"
        )
    return rest_bpm + share * (max_bpm - rest_bpm)


def may_target_heart_rate(profile: Profile, affected_by: Collection[MedicineOrRhythm] = ()) -> bool:
    """Whether heart-rate targets mean anything for this person; else use RPE and the talk test."""
    return not affected_by and not load_conditions().limits_for(profile).no_heart_rate_targets


def heart_rate_zone(
    profile: Profile,
    zone: Zone,
    rest_bpm: float | None = None,
    affected_by: Collection[MedicineOrRhythm] = (),
) -> HeartRateZone | None:
    """The zone in beats: of the reserve where the resting rate is known, else of the maximum.

    None for people to whom no heart-rate target may be given.
    """
    if not may_target_heart_rate(profile, affected_by):
        return None
    row, most = load_zone_rules().row(zone), hr_max_bpm(profile.age)
    if rest_bpm is None:
        low, high = (most * percent / 100 for percent in row.max_percent)
    else:
        low, high = (karvonen_bpm(p / 100, rest_bpm, most) for p in row.reserve_percent)
    return HeartRateZone(round(low), round(high))


def zone_of_borg(borg: int) -> Zone | None:
    """The zone of an effort on the scale of 6-20; None below 9, where it is rest.

    BadInput off the scale.
    """
    if not 6 <= borg <= 20:
        raise BadInput(f"Borg's scale goes from 6 to 20, not {borg}")
    rows = (row for row in load_zone_rules().zones.table if row.borg[0] <= borg <= row.borg[1])
    return next((row.zone for row in rows), None)


def intensity_of_met(met: float) -> Intensity:
    """The intensity of an activity by its metabolic equivalent."""
    rule = load_zone_rules().met
    if met < rule.moderate:
        return Intensity.LIGHT
    return Intensity.MODERATE if met < rule.vigorous else Intensity.VIGOROUS
