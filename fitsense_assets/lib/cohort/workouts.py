"""Workouts: every set people logged over the look-back window, target beside actual.

Written in chunks of people. Within a chunk the weeks are simulated lift by lift, then all rows
are made at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.archetypes import (
    EXERCISES,
    FOCI,
    KINDS,
    NO_RIR,
    SESSIONS_MAX,
    Archetypes,
    PlanSource,
    Template,
    session_days,
)
from fitsense_assets.lib.cohort.attendance import Attendance, draw_attendance
from fitsense_assets.lib.cohort.chance import Bools, Floats, Ints, stream
from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.habits import LEVELS, WEEKDAYS
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_assets.lib.cohort.strength import (
    Lifters,
    Lifting,
    Lifts,
    inventory,
    true_max_kg,
    weekly_gains,
)
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.vocabulary import DoseKind

VERSION = "1"
CHUNK_USERS = 500
POUNDS_PER_KG = 2.20462
WARM_UP_SHARE, WARM_UP_REPS = 0.5, 8
PAINFUL_LEVELS = (4, 7)
_KIND = {kind: KINDS.index(kind) for kind in DoseKind}


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
class Rows:
    """Which set each row is: positions of its item, its visit, and its number (-1: warm-up)."""

    item: Ints
    visit: Ints
    set_number: Ints
    working_set: Ints


@dataclass(frozen=True)
class Visits:
    """One entry per session somebody came to, in order of person and time."""

    user: Ints
    week: Ints
    session: Ints
    day_number: Ints
    index: Ints


def workout_chunks(
    spec: CohortSpec, profiles: Iterator[pl.DataFrame], plan_source: PlanSource
) -> Iterator[pl.DataFrame]:
    """The set rows of a cohort, CHUNK_USERS people at a time, in order of person and time."""
    archetypes = Archetypes(plan_source)
    number = 0
    for part in profiles:
        for start in range(0, part.height, CHUNK_USERS):
            chunk = part.slice(start, CHUNK_USERS)
            codes = archetypes.codes(chunk)
            templates = [archetypes.templates[code] for code in codes]
            yield _simulate(spec, number, chunk, templates)
            number += 1


def _simulate(
    spec: CohortSpec, number: int, profiles: pl.DataFrame, templates: list[Template]
) -> pl.DataFrame:
    config, rng = spec.config, stream(spec, "workouts", number)
    lifters = Lifters.of(profiles)
    items, lifts = _items(templates)
    attendance = _attendance(rng, config, profiles, templates, lifters)
    visits = _visits(attendance, config.lookback_days)
    true_max = true_max_kg(rng, config.strength, lifters, lifts)
    gain = weekly_gains(rng, config.strength, config.logs, lifters)[lifts.user]
    lifting = Lifting(rng, config.logs, lifts, true_max, gain)
    trained = _trained(items, lifts, attendance)
    weeks = [
        lifting.week(trained[:, week], attendance.is_deload[lifts.user, week])
        for week in range(trained.shape[1])
    ]
    load_kg = np.stack([load for load, _ in weeks], axis=1)
    possible = np.stack([reps for _, reps in weeks], axis=1)
    rows = _rows(items, visits, attendance, len(templates))
    log = _Log(rng, config, lifters, items, visits, rows)
    return log.frame(profiles, templates, attendance, load_kg, possible)
