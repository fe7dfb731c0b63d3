"""The rows of a workout log: one a set, for all visits of a chunk of people at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.archetypes import (
    EXERCISES,
    FOCI,
    KINDS,
    NO_RIR,
    SESSIONS_MAX,
    Template,
)
from fitsense_assets.lib.cohort.attendance import Attendance
from fitsense_assets.lib.cohort.chance import Bools, Floats, Ints
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.habits import LEVELS, WEEKDAYS
from fitsense_assets.lib.cohort.strength import Lifts, inventory
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import DoseKind

POUNDS_PER_KG = 2.20462
WARM_UP_SHARE, WARM_UP_REPS = 0.5, 8
PAIN_LEVELS = (4, 8)
PAIN_DAYS = 14
HOURS = (6, 21)


@dataclass(frozen=True)
class Items:
    """One entry per person and line of their week; `lift` is the position among the lifts."""

    user: Ints
    session: Ints
    sets: Ints
    kind: Ints
    low: Ints
    high: Ints
    rir: Ints
    warm_ups: Ints
    lift: Ints


@dataclass(frozen=True)
class Visits:
    """One entry per session somebody came to, in order of person and time."""

    user: Ints
    week: Ints
    session: Ints
    day_number: Ints
    index: Ints


@dataclass(frozen=True)
class Rows:
    """Which set each row is: its visit, its item, and its number, -1 for a warm-up set."""

    visit: Ints
    item: Ints
    working_set: Ints


def visits_of(attendance: Attendance, count_days: int) -> Visits:
    """The visits within the window."""
    user, week, session = np.nonzero(attendance.came)
    number = attendance.day_number(user, week, session)
    order = np.lexsort((number, user))
    order = order[number[order] < count_days]
    user = user[order]
    first = np.searchsorted(user, user, side="left")
    return Visits(user, week[order], session[order], number[order], np.arange(len(user)) - first)


class SetLog:
    """Everything the rows of one chunk are made from."""

    def __init__(
        self,
        rules: CohortConfig,
        items: Items,
        lifts: Lifts,
        attendance: Attendance,
        visits: Visits,
    ) -> None:
        """Lay the rows out; nothing is drawn yet."""
        self._rules, self._items, self._lifts, self._visits = rules, items, lifts, visits
        self._is_deload = attendance.is_deload[visits.user, visits.week]
        self._rows = self._lay_out(len(attendance.came))

    def _lay_out(self, count_users: int) -> Rows:
        """One block of rows a visit: all sets of that session, fewer in a light week."""
        items, visits = self._items, self._visits
        sets = items.sets + items.warm_ups
        row_item = np.repeat(np.arange(len(sets)), sets)
        row_number = np.arange(len(row_item)) - np.repeat(np.cumsum(sets) - sets, sets)
        session = items.user * SESSIONS_MAX + items.session
        length = np.bincount(session, sets, count_users * SESSIONS_MAX).astype(np.int64)
        start = np.cumsum(length) - length
        block = visits.user * SESSIONS_MAX + visits.session
        count = length[block]
        visit = np.repeat(np.arange(len(block)), count)
        offset = np.arange(len(visit)) - np.repeat(np.cumsum(count) - count, count)
        row = start[block][visit] + offset
        item, working = row_item[row], row_number[row] - items.warm_ups[row_item[row]]
        kept_sets = np.ceil(items.sets * load_rulebook().limits.deload.sets_share)
        kept = ~(self._is_deload[visit] & (working >= kept_sets[item]))
        return Rows(visit[kept], item[kept], working[kept])

    def frame(
        self,
        rng: np.random.Generator,
        profiles: pl.DataFrame,
        templates: list[Template],
        weeks: list[tuple[Floats, Floats]],
    ) -> pl.DataFrame:
        """The rows as a table; `weeks` holds (load, possible reps) of every lift, by week."""
        items, rows = self._items, self._rows
        visits, lift = self._visits, items.lift[rows.item]
        week = visits.week[rows.visit]
        load = np.stack([load for load, _ in weeks])[week, lift]
        possible = np.stack([reps for _, reps in weeks])[week, lift]
        is_warm_up = rows.working_set < 0
        is_counted = items.kind[rows.item] == KINDS.index(DoseKind.REPS)
        columns = {
            **self._who_and_when(rng, profiles, templates),
            "exercise_id": _texts(EXERCISES, self._lifts.exercise[lift]),
            "set_number": (rows.working_set + items.warm_ups[rows.item] + 1).astype(np.int16),
            "is_warm_up": is_warm_up,
            "is_deload": self._is_deload[rows.visit],
            **self._reps(rng, profiles, possible, is_warm_up, is_counted),
            **self._loads(rng, profiles, load, is_warm_up),
            **self._holds(rng),
            "pain_level": self._pain(rng)[0],
        }
        return pl.DataFrame(columns)
