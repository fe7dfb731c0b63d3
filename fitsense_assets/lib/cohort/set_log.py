"""The rows of a workout log: one a set, for all visits of a chunk of people at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.attendance import Attendance
from fitsense_assets.lib.cohort.chance import Bools, Floats, Ints, pick
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.habits import LEVELS, WEEKDAYS
from fitsense_assets.lib.cohort.strength import Lifts, inventory
from fitsense_assets.lib.cohort.templates import (
    EXERCISES,
    FOCI,
    KINDS,
    NO_RIR,
    SESSIONS_MAX,
    Template,
)
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import DoseKind

POUNDS_PER_KG = 2.20462
WARM_UP_SHARE, WARM_UP_REPS = 0.5, 8
PAIN_LEVELS = (4, 8)
PAIN_DAYS = 14
# When people train: before work, at noon or after it, each about then, give or take on the day.
USUAL_HOUR, USUAL_SHARE = np.array([7.0, 12.5, 18.0]), np.array([0.35, 0.15, 0.5])
USUAL_SD_H, DAY_SD_H = 1.0, 0.35
HOURS = (5.0, 22.0)
MINUTES_STEP = 5


@dataclass(frozen=True)
class Items:
    """One entry per person and line of their week; `lift` is the position among the lifts."""

    user: Ints
    session: Ints
    place: Ints
    sets: Ints
    kind: Ints
    low: Ints
    high: Ints
    rir: Ints
    rest_s: Ints
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
        columns = {
            **self._who_and_when(rng, profiles, templates),
            "exercise_id": _texts(EXERCISES, self._lifts.exercise[lift]),
            "exercise_position": items.place[rows.item].astype(np.int16),
            "set_number": (rows.working_set + items.warm_ups[rows.item] + 1).astype(np.int16),
            "is_warm_up": is_warm_up,
            "is_deload": self._is_deload[rows.visit],
            **self._reps(rng, profiles, possible, is_warm_up),
            **self._loads(rng, profiles, load, is_warm_up),
            **self._holds(rng),
            "target_rest_s": items.rest_s[rows.item].astype(np.int16),
            "pain_level": self._pain(rng),
        }
        return pl.DataFrame(columns)

    def _who_and_when(
        self, rng: np.random.Generator, profiles: pl.DataFrame, templates: list[Template]
    ) -> dict[str, pl.Series]:
        visits, visit = self._visits, self._rows.visit
        midnight = datetime.combine(self._rules.first_day, time(), UTC)
        minutes = visits.day_number * 24 * 60 + _minute_of_day(rng, profiles.height, visits.user)
        started = np.datetime64(midnight.replace(tzinfo=None), "us") + minutes.astype("m8[m]")
        weekday = (midnight.weekday() + visits.day_number) % 7
        focus = np.zeros((len(templates), SESSIONS_MAX), dtype=np.int64)
        for person, template in enumerate(templates):
            focus[person, : len(template.focus)] = template.focus
        when = pl.Series(started[visit]).dt.replace_time_zone("UTC")
        return {
            "user_id": profiles["user_id"].gather(visits.user[visit]),
            "plan_id": profiles["plan_id"].gather(visits.user[visit]),
            "session_at": when,
            "session_index": pl.Series(visits.index[visit].astype(np.int16)),
            "weekday": _texts(WEEKDAYS, weekday[visit]),
            "focus": _texts(FOCI, focus[visits.user, visits.session][visit]),
        }

    def _reps(
        self,
        rng: np.random.Generator,
        profiles: pl.DataFrame,
        possible: Floats,
        is_warm_up: Bools,
    ) -> dict[str, pl.Series]:
        """Reps aimed at and done, and the reps in reserve as people report them."""
        rules, rows = self._rules.logs, self._rows
        items, item = self._items, rows.item
        add = load_rulebook().limits.deload.rir_add
        target = np.maximum(items.rir[item], 0) + add * self._is_deload[rows.visit]
        left = possible - rules.fatigue_reps_per_set * np.maximum(rows.working_set, 0)
        done = np.clip(np.floor(left - target + 0.5), 1, items.high[item])
        done = np.where(is_warm_up, WARM_UP_REPS, done)
        reserve = np.maximum(left - done, 0.0)
        spread = np.array([rules.rir_sd[level] for level in LEVELS])
        level = np.array([LEVELS.index(name) for name in profiles["experience_level"]])
        noise = rng.standard_normal(len(item), dtype=np.float32)
        reported = reserve + rules.rir_bias_above_4 * (reserve > 4)
        reported += spread[level[items.user[item]]] * noise
        is_counted = items.kind[item] == KINDS.index(DoseKind.REPS)
        has_rir = is_counted & ~is_warm_up & (items.rir[item] != NO_RIR)
        return {
            "target_reps_low": _nullable(items.low[item], is_counted),
            "target_reps_high": _nullable(items.high[item], is_counted),
            "target_rir": _nullable(target, has_rir),
            "reps": _nullable(done, is_counted),
            "rir": _nullable(np.clip(np.rint(reported), 0, 10), has_rir),
        }

    def _loads(
        self,
        rng: np.random.Generator,
        profiles: pl.DataFrame,
        load: Floats,
        is_warm_up: Bools,
    ) -> dict[str, pl.Series]:
        """Loads aimed at and entered; some people now and then enter them in the wrong unit."""
        rules, visits, visit = self._rules.logs, self._visits, self._rows.visit
        exercise = self._lifts.exercise[self._items.lift[self._rows.item]]
        target = np.where(is_warm_up, inventory().down(load * WARM_UP_SHARE, exercise), load)
        in_pounds = rng.random(profiles.height) < rules.pounds_share
        careless = rng.random(profiles.height) < rules.unit_mistake_users_share
        mistaken = rng.random(len(visits.user)) < rules.unit_mistake_sessions_share
        mistaken &= careless[visits.user]
        factor = np.where(in_pounds, POUNDS_PER_KG, 1 / POUNDS_PER_KG)[visits.user]
        entered = np.round(target * np.where(mistaken, factor, 1.0)[visit], 2)
        has_kg = load > 0
        return {
            "target_load_kg": _nullable(target, has_kg, pl.Float64),
            "load_kg": _nullable(entered, has_kg, pl.Float64),
            "entered_unit": _texts(("kg", "lb"), in_pounds[visits.user].astype(np.int64)[visit]),
        }

    def _holds(self, rng: np.random.Generator) -> dict[str, pl.Series]:
        """Seconds and metres of sets that are not counted in reps."""
        items, item = self._items, self._rows.item
        kind = items.kind[item]
        span = (items.high - items.low)[item]
        done = items.low[item] + np.rint(span * rng.random(len(item), dtype=np.float32))
        return {
            "duration_s": _nullable(done, kind == KINDS.index(DoseKind.SECONDS)),
            "distance_m": _nullable(done, kind == KINDS.index(DoseKind.DISTANCE)),
        }

    def _pain(self, rng: np.random.Generator) -> pl.Series:
        """Pain from 0 to 10; a few exercises hurt in the last two weeks."""
        lifts, lift = self._lifts, self._items.lift[self._rows.item]
        level = rng.integers(*PAIN_LEVELS, len(lifts.user))
        level *= rng.random(len(lifts.user)) < self._rules.logs.pain_share
        since = self._rules.lookback_days - PAIN_DAYS
        is_late = self._visits.day_number[self._rows.visit] >= since
        return pl.Series((level[lift] * is_late).astype(np.int8))


def _minute_of_day(rng: np.random.Generator, count_users: int, user: Ints) -> Ints:
    """[visit]: when it begins, in minutes after midnight; `user` has the person of each."""
    usual = USUAL_HOUR[pick(rng, USUAL_SHARE, count_users)]
    usual += USUAL_SD_H * rng.standard_normal(count_users)
    hour = usual[user] + DAY_SD_H * rng.standard_normal(len(user))
    steps = np.rint(np.clip(hour, *HOURS) * 60 / MINUTES_STEP)
    return steps.astype(np.int64) * MINUTES_STEP


def _texts(names: Sequence[str], positions: Ints) -> pl.Series:
    return pl.Series([str(name) for name in names], dtype=pl.String).gather(positions)


def _nullable(values: np.ndarray, is_there: Bools, kind: type[pl.DataType] = pl.Int16) -> pl.Series:
    """The values as a column, null where there is none."""
    column = pl.DataFrame({"value": values, "is_there": is_there})
    return column.select(pl.when("is_there").then(pl.col("value").cast(kind)))["value"]
