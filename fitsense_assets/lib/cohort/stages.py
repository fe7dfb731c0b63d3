"""The stages of a cohort: read what came before from the lake, write one whole partition.

A cohort is a pure function of its spec: the same spec, rules and code give the same bytes.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
from tqdm import tqdm

from fitsense_assets.lib.cohort import (
    daily_logs,
    history,
    plans,
    profiles,
    queries,
    spec,
    workouts,
)
from fitsense_assets.lib.cohort.archetypes import PlanSource
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version

BAR_SECONDS = 1.0


def write_profiles(lake: Lake, key: str) -> Manifest:
    """Draw the people of a cohort."""
    cohort = read_cohort(lake, key)
    chunks = _shown(profiles.profile_chunks(cohort), f"{key} profiles", cohort.config.users)
    return _write(lake, ("profiles", key), chunks, {"code_version": profiles.VERSION})


def write_workouts(lake: Lake, key: str, plan_source: PlanSource) -> Manifest:
    """Give everybody a plan, and simulate the sets they logged of it."""
    cohort = read_cohort(lake, key)
    users = cohort.config.users
    asked = _shown(plans.plan_chunks(lake.read_parts("profiles", key), plan_source), "plans", users)
    _write(lake, ("plans", key), asked, {"code_version": plans.VERSION})
    chunks = tqdm(
        workouts.workout_chunks(cohort, _planned(lake, key)),
        desc=f"{key} workouts",
        total=-(-users // plans.CHUNK_USERS),
        unit="chunk",
        mininterval=BAR_SECONDS,
    )
    return _write(lake, ("workouts", key), chunks, {"code_version": workouts.VERSION})


def write_daily_logs(lake: Lake, key: str) -> Manifest:
    """Simulate what they ate, how they slept and what they weighed."""
    cohort = read_cohort(lake, key)
    people = lake.read_parts("profiles", key, daily_logs.PROFILE_COLUMNS)
    chunks = daily_logs.daily_log_chunks(cohort, people)
    return _write(lake, ("daily_logs", key), chunks, {"code_version": daily_logs.VERSION})


def write_queries(lake: Lake, key: str) -> Manifest:
    """Let them ask."""
    cohort = read_cohort(lake, key)
    chunks = queries.query_chunks(cohort, _aligned(lake, key))
    bar = tqdm(
        total=cohort.config.users, desc=f"{key} queries", unit="user", mininterval=BAR_SECONDS
    )

    def counted() -> Iterator[pl.DataFrame]:
        for frame in chunks:
            bar.update(frame["user_id"].n_unique())
            yield frame

    with bar:
        return _write(lake, ("queries", key), counted(), {"code_version": queries.VERSION})


def _planned(lake: Lake, key: str) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """People and their plans, one part of the plans at a time."""
    found = lake.read_parts("plans", key)
    for people in lake.read_parts("profiles", key):
        for start in range(0, people.height, plans.CHUNK_USERS):
            yield people.slice(start, plans.CHUNK_USERS), next(found)


def _aligned(lake: Lake, key: str) -> Iterator[queries.Chunk]:
    """People, their plans, their workouts and their daily logs, one part of the plans at a time."""
    logs = lake.read_parts("daily_logs", key, history.DAY_COLUMNS)
    held = next(logs)
    sets = lake.read_parts("workouts", key, history.SET_COLUMNS)
    for people, followed in _planned(lake, key):
        users = people.select("user_id")
        found = held.join(users, on="user_id", how="semi")
        if found.is_empty():
            held = next(logs)
            found = held.join(users, on="user_id", how="semi")
        yield people, followed, next(sets), found


def _shown(chunks: Iterable[pl.DataFrame], name: str, count: int) -> Iterator[pl.DataFrame]:
    """The chunks, with a bar that counts rows."""
    with tqdm(total=count, desc=name, unit="user", mininterval=BAR_SECONDS) as bar:
        for frame in chunks:
            bar.update(frame.height)
            yield frame


def _write(
    lake: Lake, place: tuple[str, str], chunks: Iterable[pl.DataFrame], facts: dict[str, Any]
) -> Manifest:
    table, key = place
    with lake.write(table, key) as draft:
        draft.facts.update(facts)
        draft.facts.update(
            spec=lake.manifest(spec.TABLE, key).version,
            catalogue_version=catalogue_version(),
            rules_version=rules_version(),
        )
        for number, frame in enumerate(chunks):
            draft.write_frame(f"part-{number:05d}.parquet", frame)
    return draft.sealed
