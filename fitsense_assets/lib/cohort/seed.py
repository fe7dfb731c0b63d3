"""The people of a cohort as records, one by one: what fills a service's database."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.record import DayRecord, PersonRecord, SetRecord, WorkoutRecord
from fitsense_training.domain.vocabulary import DoseKind

TABLES = ("profiles", "plans", "workouts", "daily_logs")
Rows = dict[str, list[dict[str, Any]]]


def count_people(lake: Lake, key: str) -> int:
    """How many people a cohort holds; BadInput where it is not built."""
    missing = [table for table in TABLES if not lake.exists(table, key)]
    if missing:
        raise BadInput(
            f"cohort {key} has no {missing[0]} yet: build it with `fitsense cohort add --build`"
        )
    return lake.read_frame("profiles", key, ["user_id"]).height


def read_people(lake: Lake, key: str, chunk: int = 200) -> Iterator[PersonRecord]:
    """Every person of a cohort, `chunk` of them in memory at a time."""
    count_people(lake, key)
    profiles = lake.read_frame("profiles", key)
    for begin in range(0, profiles.height, chunk):
        group = profiles.slice(begin, chunk)
        logged = {
            table: _by_person(lake, table, key, group["user_id"])
            for table in ("plans", "workouts", "daily_logs")
        }
        for row in group.iter_rows(named=True):
            name = row["user_id"]
            yield _person(row, {table: rows.get(name, []) for table, rows in logged.items()})


def _by_person(lake: Lake, table: str, key: str, names: pl.Series) -> Rows:
    parts = pl.scan_parquet(f"{lake.folder(table, key)}/*.parquet")
    found = parts.filter(pl.col("user_id").is_in(names.implode())).collect()
    groups: Rows = {}
    for row in found.iter_rows(named=True):
        groups.setdefault(row["user_id"], []).append(row)
    return groups


def _person(row: dict[str, Any], logged: Rows) -> PersonRecord:
    answers = json.loads(row["screening_json"])
    screened_on = date.fromisoformat(answers["answered_on"])
    plans = [plan["plan_json"] for plan in logged["plans"] if plan["plan_json"]]
    return PersonRecord(
        person_id=row["user_id"],
        # A cohort knows ages; the birthday that gives this age on the day of the screening.
        date_of_birth=screened_on.replace(year=screened_on.year - row["age"], day=1),
        profile=Profile.model_validate_json(row["profile_json"]),
        medications=tuple(row["medications"]),
        allergies=tuple(row["allergies"]),
        injuries=tuple(row["injuries"]),
        has_guardian_consent=bool(row["has_guardian_consent"]),
        screening_state=row["screening_state"],
        screened_on=screened_on,
        screening_answers=answers,
        plan=WorkoutPlan.model_validate_json(plans[0]) if plans else None,
        workouts=tuple(_workouts(logged["workouts"])),
        days=tuple(_day(day) for day in logged["daily_logs"]),
    )


def _workouts(rows: list[dict[str, Any]]) -> Iterator[WorkoutRecord]:
    sessions: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        sessions.setdefault(row["session_index"], []).append(row)
    for sets in sessions.values():
        yield WorkoutRecord(
            started_at=sets[0]["session_at"], sets=tuple(_set(entry) for entry in sets)
        )


_DOSES = (
    (DoseKind.SECONDS, "duration_s"),
    (DoseKind.DISTANCE, "distance_m"),
    (DoseKind.REPS, "reps"),
)


def _set(row: dict[str, Any]) -> SetRecord:
    kind, column = next(
        (entry for entry in _DOSES if row[entry[1]] is not None), (DoseKind.REPS, "reps")
    )
    return SetRecord(
        exercise_id=row["exercise_id"],
        position=row["exercise_position"],
        set_number=row["set_number"],
        is_warm_up=row["is_warm_up"],
        dose_kind=kind,
        target_dose=row["target_reps_low"],
        dose=row[column],
        target_load_kg=row["target_load_kg"],
        load_kg=row["load_kg"],
        entered_unit=row["entered_unit"],
        target_rir=row["target_rir"],
        rir=row["rir"],
        rest_s=row["target_rest_s"],
        has_pain=(row["pain_level"] or 0) > 0,
    )


def _day(row: dict[str, Any]) -> DayRecord:
    return DayRecord(
        day=row["day"],
        calories_kcal=row["calories"],
        sleep_hours=None if row["sleep_hours"] is None else round(row["sleep_hours"], 1),
        weight_kg=row["weight_kg"],
    )
