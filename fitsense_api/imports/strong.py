"""The CSV of the Strong app, in the three forms it has written over the years.

    Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,...,RPE
    Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;...
    Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;...

Set Order is a number, or W for a warm-up, D for a drop set, F for a set to failure; lines of
"Rest Timer" and "Note" tell of the set before them. The first form does not say its unit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from fitsense_api.db.models.workouts import SetKind
from fitsense_api.imports.foreign import ForeignSet, Header, Line

SOURCE: Final = "strong"
_NEEDED: Final = {"Date", "Exercise Name", "Set Order", "Reps"}
_KINDS: Final = {"W": SetKind.WARM_UP, "D": SetKind.DROP, "F": SetKind.FAILURE}
_FORMS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d")
_DAY: Final = timedelta(days=1)
_DURATION: Final = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?")
_METRES: Final = {"km": 1000.0, "kilometers": 1000.0, "mi": 1609.344, "miles": 1609.344}
_UNITS: Final = {"kg": "kg", "kgs": "kg", "lb": "lb", "lbs": "lb"}


def is_strong(header: Header) -> bool:
    """Whether the columns are those of this app."""
    return set(header.columns) >= _NEEDED


def strong_sets(lines: Iterable[Line]) -> Iterator[ForeignSet]:
    """The sets of a file, each with the rest and the note that were told after it."""
    last: ForeignSet | None = None
    for line in lines:
        order = line.text("Set Order")
        if order in ("Rest Timer", "Note"):
            last = last and _with_aside(last, order, line)
            continue
        if last is not None:
            yield last
        last = _set(line, order)
    if last is not None:
        yield last


def _with_aside(before: ForeignSet, order: str, line: Line) -> ForeignSet:
    if order == "Rest Timer":
        seconds = line.number_in("Seconds")
        return before if seconds is None else replace(before, rest_s=int(seconds))
    notes = [each for each in (before.notes, line.text("Notes")) if each]
    return replace(before, notes=" ".join(notes))


def _set(line: Line, order: str) -> ForeignSet:
    if order not in _KINDS and not order.isdecimal():
        raise line.wrong(f"Set Order holds {order[:40]!r}, neither a number nor W, D or F")
    started_at = line.moment("Date", line.text("Date"), _FORMS, "2026-03-02 18:30:00")
    lasted = _duration(line)
    return ForeignSet(
        line=line.number,
        started_at=started_at,
        ended_at=started_at + lasted if lasted else None,
        title=line.text("Workout Name"),
        exercise=line.text("Exercise Name"),
        kind=_KINDS.get(order, SetKind.WORKING),
        reps=line.number_in("Reps"),
        weight=line.number_in("Weight", "Weight (kg)", "Weight (lbs)", "Weight (lb)"),
        unit=_unit(line),
        seconds=line.number_in("Seconds"),
        distance_m=_metres(line),
        rpe=line.number_in("RPE"),
        notes=line.text("Notes"),
        workout_notes=line.text("Workout Notes"),
    )


def _duration(line: Line) -> timedelta | None:
    if "Duration (sec)" in line.cells:
        told = line.number_in("Duration (sec)")
        return None if told is None else min(timedelta(seconds=told), _DAY)
    found = _DURATION.fullmatch(line.text("Duration", "Workout Duration"))
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int((part or "0")[:4]) for part in found.groups())
    return min(timedelta(hours=hours, minutes=minutes, seconds=seconds), _DAY)


def _unit(line: Line) -> str | None:
    for unit, *columns in (("kg", "Weight (kg)"), ("lb", "Weight (lbs)", "Weight (lb)")):
        if any(name in line.cells for name in columns):
            return unit
    return _UNITS.get(line.text("Weight Unit").lower())


def _metres(line: Line) -> float | None:
    distance = line.number_in("Distance", "Distance (meters)")
    unit = line.text("Distance Unit").lower()
    return None if distance is None else distance * _METRES.get(unit, 1.0)
