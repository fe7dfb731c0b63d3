"""From sets as another app wrote them to workouts of ours, and the account of what was left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from fitsense_api.db.models.workouts import SetKind
from fitsense_api.imports.foreign import ForeignSet
from fitsense_api.imports.names import exercise_id_of
from fitsense_api.imports.schemas import LeftOut
from fitsense_api.workouts.schemas import KG_PER_LB, why_impossible
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import DoseKind

NAMESPACE: Final = UUID("6f0c1c1e-5d55-4b5e-9d0a-1f2b6f3a7c11")
NOTES_MAX: Final = 2000
SECONDS_MAX: Final = 7200
SETS_MAX: Final = 100


@dataclass(frozen=True)
class Setting:
    """What a file does not say of itself: where its times are from, the unit, and the moment."""

    source: str
    unit: str
    zone: ZoneInfo
    now: datetime


@dataclass
class Workbook:
    """Workouts as columns of our tables, and what became of the lines."""

    workouts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    matched: dict[str, str] = field(default_factory=dict[str, str])
    unmatched: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])

    def leave_out(self, line: int, why: str) -> None:
        """Say why a line, or a part of it, is not taken."""
        self.left_out.append(LeftOut(line=line, why=why))


def workbook_of(sets: Iterable[ForeignSet], setting: Setting) -> Workbook:
    """Every workout of a file. The same file gives the same client ids, whoever imports it when."""
    book = Workbook()
    by_workout: dict[tuple[datetime, str], list[ForeignSet]] = {}
    for each in sets:
        by_workout.setdefault((each.started_at, each.title), []).append(each)
    for whole in by_workout.values():
        workout = _workout(whole, setting, book)
        if workout["exercises"]:
            book.workouts.append(workout)
    return book


def _workout(sets: list[ForeignSet], setting: Setting, book: Workbook) -> dict[str, Any]:
    first = sets[0]
    name = f"{setting.source}/{first.started_at.isoformat()}/{first.title}"
    notes = [first.title, first.workout_notes]
    started_at, ended_at = _utc(first.started_at, setting), _utc(first.ended_at, setting)
    workout: dict[str, Any] = {
        "client_id": uuid5(NAMESPACE, name),
        "started_at": started_at,
        "ended_at": ended_at,
        "notes": _joined(notes),
        "exercises": [],
    }
    if started_at is None or started_at > setting.now + timedelta(days=1):
        for each in sets:
            book.leave_out(each.line, "the workout lies in the future")
        return workout
    # The same exercise twice in a workout stays twice.
    for exercise, done in groupby(sets, key=lambda each: each.exercise):
        line = _exercise(exercise, list(done), setting, book)
        if line is not None:
            place = len(workout["exercises"])
            line["client_id"] = uuid5(NAMESPACE, f"{name}/{place}")
            workout["exercises"].append({**line, "position": place})
    return workout


def _exercise(
    name: str, sets: list[ForeignSet], setting: Setting, book: Workbook
) -> dict[str, Any] | None:
    exercise_id = exercise_id_of(name)
    if exercise_id is None:
        book.unmatched.setdefault(name, []).extend(each.line for each in sets)
        return None
    book.matched[name] = exercise_id
    rows = [row for each in sets if (row := _set(each, exercise_id, setting, book))]
    for extra in rows[SETS_MAX:]:
        book.leave_out(extra["line"], f"an exercise has more than {SETS_MAX} sets")
    numbered = [{**row, "set_number": n} for n, row in enumerate(rows[:SETS_MAX], start=1)]
    notes = _joined(dict.fromkeys(each.notes for each in sets))
    return {"exercise_id": exercise_id, "notes": notes, "sets": numbered} if numbered else None


def _set(
    each: ForeignSet, exercise_id: str, setting: Setting, book: Workbook
) -> dict[str, Any] | None:
    dose = _dose(each, exercise_id)
    if dose is None:
        book.leave_out(each.line, "neither reps nor seconds nor a distance were done")
        return None
    kind, count = dose
    kilos = _kilos(each, exercise_id, setting)
    if refused := _refusal(kind, count, kilos):
        book.leave_out(each.line, refused)
        return None
    return {
        "line": each.line,
        "kind": each.kind,
        "is_warmup": each.kind is SetKind.WARM_UP,
        "dose_kind": kind,
        "reps": count,
        "weight_kg": kilos,
        "entered_unit": each.unit or setting.unit,
        "rir": _rir(each, book),
        "rest_seconds": each.rest_s if each.rest_s is None else min(each.rest_s, SECONDS_MAX),
    }


def _dose(each: ForeignSet, exercise_id: str) -> tuple[DoseKind, int] | None:
    """What was counted: as the exercise is dosed where that was told, else whatever was told."""
    told: Mapping[DoseKind, float | None] = {
        DoseKind.REPS: each.reps,
        DoseKind.SECONDS: each.seconds,
        DoseKind.DISTANCE: each.distance_m,
    }
    usual = load_catalogue().by_id(exercise_id).dose_kind
    order = (usual, *(kind for kind in told if kind is not usual))
    return next(((kind, round(told[kind] or 0)) for kind in order if told[kind]), None)


def _kilos(each: ForeignSet, exercise_id: str, setting: Setting) -> float | None:
    """The load in kg; what takes weight off is no load, and 0 without one is nothing told."""
    exercise = load_catalogue().by_id(exercise_id)
    if each.weight is None or (not each.weight and not exercise.is_loadable):
        return None
    if "assisted" in exercise_id:
        return None
    return round(each.weight * (KG_PER_LB if (each.unit or setting.unit) == "lb" else 1), 2)


def _refusal(kind: DoseKind, count: int, kilos: float | None) -> str | None:
    """Why a set cannot be as it stands."""
    if kind is not DoseKind.REPS and count > SECONDS_MAX:
        return f"{kind.value} {count} are more than {SECONDS_MAX}"
    return why_impossible(kind, count, kilos)


def _rir(each: ForeignSet, book: Workbook) -> int | None:
    """Reps in reserve are ten less the RPE; half a rep is left out, so no estimate grows by it."""
    if each.rpe is None:
        return None
    if not 1 <= each.rpe <= 10:
        book.leave_out(each.line, f"RPE {each.rpe:g} lies not between 1 and 10: kept without it")
        return None
    return int(10 - each.rpe)


def _utc(moment: datetime | None, setting: Setting) -> datetime | None:
    utc = setting.now.tzinfo
    return None if moment is None else moment.replace(tzinfo=setting.zone).astimezone(utc)


def _joined(notes: Iterable[str]) -> str | None:
    """Notes in one; control characters but line ends have no place in a text."""
    text = "\n".join(note for note in notes if note)
    kept = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    return kept[:NOTES_MAX] or None
