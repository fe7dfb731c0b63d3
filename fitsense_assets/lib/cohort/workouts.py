"""Workouts: every set people logged over the look-back window, target beside actual.

Written in chunks of people, so that memory stays flat: within a chunk the weeks are simulated
lift by lift, then all rows are made at once.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.attendance import Attendance, draw_attendance
from fitsense_assets.lib.cohort.chance import Bools, Ints, stream
from fitsense_assets.lib.cohort.habits import WEEKDAYS
from fitsense_assets.lib.cohort.set_log import Items, SetLog, visits_of
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_assets.lib.cohort.strength import (
    Lifters,
    Lifting,
    Lifts,
    true_max_kg,
    weekly_gains,
)
from fitsense_assets.lib.cohort.templates import EXERCISES, Template, session_days, template_of

VERSION = "3"


def workout_chunks(
    spec: CohortSpec, chunks: Iterable[tuple[pl.DataFrame, pl.DataFrame]]
) -> Iterator[pl.DataFrame]:
    """The set rows of a cohort in order of person and time; a chunk is profiles and plans."""
    for number, (profiles, plans) in enumerate(chunks):
        yield _simulate(spec, number, profiles, plans)


def _simulate(
    spec: CohortSpec, number: int, profiles: pl.DataFrame, plans: pl.DataFrame
) -> pl.DataFrame:
    templates = [template_of(text) for text in plans["plan_json"]]
    rules, rng = spec.config, stream(spec, "workouts", number)
    lifters = Lifters.of(profiles)
    items, lifts = _items(templates)
    first_day = rules.first_day
    attendance = draw_attendance(
        rng,
        rules.logs,
        _days(profiles, templates),
        lifters.level,
        (rules.lookback_days, first_day.weekday()),
    )
    true_max = true_max_kg(rng, rules.strength, lifters, lifts)
    gain = weekly_gains(rng, rules.strength, rules.logs, lifters)[lifts.user]
    lifting = Lifting(rng, rules.logs, lifts, true_max, gain)
    is_trained = _trained(items, lifts, attendance)
    weeks = [
        lifting.week(is_trained[:, week], attendance.is_deload[lifts.user, week])
        for week in range(is_trained.shape[1])
    ]
    log = SetLog(rules, items, lifts, attendance, visits_of(attendance, rules.lookback_days))
    people = profiles.select("user_id", "experience_level").with_columns(plans["plan_id"])
    return log.frame(rng, people, templates, weeks)


def _items(templates: list[Template]) -> tuple[Items, Lifts]:
    """The lines of everybody's week side by side, and each person's distinct exercises."""

    def column(name: str) -> Ints:
        return np.concatenate([getattr(template, name) for template in templates])

    user = np.repeat(np.arange(len(templates)), [len(t.session) for t in templates])
    exercise = column("exercise")
    _, first, lift = np.unique(
        user * len(EXERCISES) + exercise, return_index=True, return_inverse=True
    )
    names = ("session", "place", "sets", "kind", "low", "high", "rir", "rest_s", "warm_ups")
    items = Items(user=user, lift=lift.reshape(-1), **{name: column(name) for name in names})
    lifts = Lifts(
        user=user[first],
        exercise=exercise[first],
        low=items.low[first],
        high=items.high[first],
        rir=items.rir[first],
        sets=items.sets[first],
    )
    return items, lifts


def _days(profiles: pl.DataFrame, templates: list[Template]) -> Ints:
    """[person, session] -> weekday order, -1 where there is no such session."""
    order = {str(day): day.order for day in WEEKDAYS}
    masks = [sum(1 << order[day] for day in days) for days in profiles["weekdays"].to_list()]
    return session_days()[masks, [len(template.focus) for template in templates]]


def _trained(items: Items, lifts: Lifts, attendance: Attendance) -> Bools:
    """[lift, week]: whether the exercise was done."""
    if not len(lifts.user):
        return np.zeros((0, attendance.came.shape[1]), dtype=np.bool_)
    came = attendance.came[items.user, :, items.session]
    order = np.argsort(items.lift, kind="stable")
    starts = np.searchsorted(items.lift[order], np.arange(len(lifts.user)))
    return np.logical_or.reduceat(came[order], starts, axis=0)
