"""Attendance: who came to which session of which week, and which weeks were light."""

from dataclasses import dataclass

import numpy as np

from fitsense_assets.lib.cohort.chance import Bools, Ints
from fitsense_assets.lib.cohort.config import Logs
from fitsense_assets.lib.cohort.habits import LEVELS
from fitsense_assets.lib.cohort.templates import SESSIONS_MAX
from fitsense_training.domain.vocabulary import ExperienceLevel

GAP_DAYS = (8, 40)


@dataclass(frozen=True)
class Attendance:
    """`came` is [person, week, session], `is_deload` [person, week], `day` [person, session].

    Days are weekday orders; `day_number` counts from the first day of the window.
    """

    came: Bools
    is_deload: Bools
    day: Ints
    first_weekday: int

    def day_number(self, person: Ints, week: Ints, session: Ints) -> Ints:
        """Days after the start of the window."""
        return week * 7 + (self.day[person, session] - self.first_weekday) % 7


def draw_attendance(
    rng: np.random.Generator, logs: Logs, day: Ints, level: Ints, window: tuple[int, int]
) -> Attendance:
    """Draw who came when; `window` is its length in days and the weekday it starts on.

    `day` is [person, session], -1 where a person has no such session.
    """
    count_days, first_weekday = window
    count, weeks = len(level), -(-count_days // 7)
    low, high = logs.missed_share
    missed = low + (high - low) * rng.random(count)
    came = rng.random((count, weeks, SESSIONS_MAX)) >= missed[:, None, None]
    came &= (day >= 0)[:, None, :]
    came &= (rng.random((count, weeks)) >= logs.illness_week_share)[:, :, None]
    number = np.arange(weeks)[None, :, None] * 7 + ((day - first_weekday) % 7)[:, None, :]
    stop = rng.integers(*GAP_DAYS, count)
    last = np.where(rng.random(count) < logs.gap_share, count_days - stop, count_days)
    came &= number < last[:, None, None]
    return Attendance(came, _deloads(rng, logs, level, weeks), day, first_weekday)


def _deloads(rng: np.random.Generator, logs: Logs, level: Ints, weeks: int) -> Bools:
    low, high = logs.deload_every_weeks
    every = rng.integers(low, high + 1, len(level))
    phase = rng.integers(0, high, len(level)) % every
    is_due = (np.arange(weeks)[None, :] + phase[:, None]) % every[:, None] == every[:, None] - 1
    return is_due & (level != LEVELS.index(ExperienceLevel.NOVICE))[:, None]
